-- Pass through: what reading and writing cost alone.

CREATE TABLE answer (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra STRING)
WITH (${RESULT});

INSERT INTO answer SELECT auction, bidder, price, `dateTime`, extra FROM bid;
