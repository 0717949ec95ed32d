-- The ten highest bids of each auction. Which of equal prices is first depends on the order of
-- reading, so that only auction, price and rank are compared.

CREATE TABLE answer (
  auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3),
  extra STRING, rank_number BIGINT)
WITH (${RESULT});

INSERT INTO answer
SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rank_number FROM bid
)
WHERE rank_number <= 10;
