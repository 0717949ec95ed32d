-- A stream and a table on the side. Files are no table that Flink looks up in, so that this is a
-- regular join with the same rows.

CREATE TABLE side_input (`key` BIGINT, `value` STRING)
WITH ('connector' = 'filesystem', 'path' = '${SIDE}', 'format' = 'json');

CREATE TABLE answer (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), `value` STRING)
WITH (${RESULT});

INSERT INTO answer
SELECT B.auction, B.bidder, B.price, B.`dateTime`, S.`value`
FROM bid B JOIN side_input S ON MOD(B.auction, 10000) = S.`key`;
