-- Headers and the time of a record are written, and read.

sql
CREATE TABLE clicks (who STRING, n INT, made TIMESTAMP_LTZ(3)) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE copies (
  h MAP<STRING, BYTES> METADATA FROM 'headers',
  who STRING,
  `timestamp` TIMESTAMP_LTZ(3) METADATA,
  `partition` INT METADATA VIRTUAL
) WITH ('connector' = 'kafka', 'topic' = 'copies', 'format' = 'json');
CREATE TABLE seen (who STRING, n STRING, twice STRING, headers INT, made TIMESTAMP_LTZ(3)) WITH ('connector' = 'delta');
SET 'pipeline.name' = 'copies';
INSERT INTO copies
SELECT MAP['n', CAST(CAST(n AS STRING) AS BYTES), 'twice', CAST(CAST(n * 2 AS STRING) AS BYTES)], who, made FROM clicks;
SET 'pipeline.name' = 'seen';
INSERT INTO seen
SELECT who, CAST(h['n'] AS STRING), CAST(h['twice'] AS STRING), CARDINALITY(h), `timestamp` FROM copies;

feed clicks: who | n | made
ann | 1 | 2025-12-30 10:00:00Z
bob | 2 | 2025-12-30 11:00:00.125Z

crash

feed clicks: who | n | made
cy | 3 | 2025-12-31 23:59:59Z

expect seen: who | n | twice | headers | made
ann | 1 | 2 | 2 | 2025-12-30 10:00:00.000
bob | 2 | 4 | 2 | 2025-12-30 11:00:00.125
cy | 3 | 6 | 2 | 2025-12-31 23:59:59.000
