-- What bench/broker/stream.py has the engine do with the stream: all fields decoded, counts and sums
-- in windows into a Delta table, each second exactly once.

SET 'pipeline.name' = 'stream';
SET 'execution.checkpointing.interval' = '1 s';

CREATE TABLE telecom_events (
  event_id         STRING,
  event_type       STRING,
  event_subtype    STRING,
  msisdn           STRING,
  region           STRING,
  `timestamp`      TIMESTAMP_LTZ(3),
  duration_seconds DOUBLE,
  data_mb          DOUBLE,
  amount           DOUBLE,
  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '5' SECONDS
) WITH (
  'connector' = 'kafka',
  'topic' = 'telecom_events',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'stream',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE totals (
  window_start TIMESTAMP(3),
  event_type   STRING,
  event_subtype STRING,
  region       STRING,
  events       BIGINT,
  named        BIGINT,
  seconds      DOUBLE,
  data_mb      DOUBLE,
  amount       DOUBLE
) WITH ('connector' = 'delta');

INSERT INTO totals
SELECT window_start, event_type, event_subtype, region, COUNT(*),
       COUNT(CASE WHEN event_id <> '' AND msisdn <> '' THEN 1 END),
       SUM(duration_seconds), SUM(data_mb), SUM(amount)
FROM TABLE(TUMBLE(TABLE telecom_events, DESCRIPTOR(`timestamp`), INTERVAL '10' SECONDS))
GROUP BY window_start, window_end, event_type, event_subtype, region;
