-- Selection: bids for some auctions.

CREATE TABLE answer (auction BIGINT, price BIGINT)
WITH (${RESULT});

INSERT INTO answer SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0;
