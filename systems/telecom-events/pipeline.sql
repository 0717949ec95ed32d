-- Telecom events: checks every event, counts the good ones in windows, keeps the bad ones.
--
--   telecom_events (topic, JSON)  ->  real_time_metrics (5-minute and 10-minute windows)
--                                 ->  anomalies (what was wrong, with its position)
--
-- The dialect is Flink SQL; all times are UTC.

SET 'pipeline.name' = 'telecom-events';
-- Tables show new rows at every checkpoint. Results may wait 30 s here, anomalies a minute.
SET 'execution.checkpointing.interval' = '5 s';
-- Records that are no JSON, or JSON of the wrong types, are anomalies too.
SET 'millrace.dead-letter.table' = 'anomalies';

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
  `partition`      INT METADATA VIRTUAL,
  `offset`         BIGINT METADATA VIRTUAL,
  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'kafka',
  'topic' = 'telecom_events',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'telecom-events',
  'scan.startup.mode' = 'latest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE real_time_metrics (
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  metric_type  STRING,
  metric_key   STRING,
  metric_value DOUBLE,
  created_at   TIMESTAMP_LTZ(3)
) WITH ('connector' = 'delta');

CREATE TABLE anomalies (
  event_data       STRING,
  reason           STRING,
  source_partition INT,
  source_offset    BIGINT,
  created_at       TIMESTAMP_LTZ(3)
) WITH ('connector' = 'delta');

-- The first rule that an event breaks is its reason; a valid event has none.
CREATE VIEW checked_events AS
SELECT *,
  CASE
    WHEN msisdn IS NULL OR msisdn = '' THEN 'msisdn is missing'
    WHEN event_type IS NULL THEN 'event_type is missing'
    WHEN event_type NOT IN ('call', 'sms', 'data_session', 'balance_recharge')
      THEN CONCAT('unknown event_type: ', event_type)
    WHEN duration_seconds < 0 THEN 'duration_seconds is negative'
    WHEN data_mb < 0 THEN 'data_mb is negative'
    WHEN amount < 0 THEN 'amount is negative'
  END AS reason
FROM telecom_events;

CREATE VIEW valid_events AS
SELECT * FROM checked_events WHERE reason IS NULL;

EXECUTE STATEMENT SET BEGIN

-- By type and subtype: gigabytes for data sessions, money for recharges, a count for the rest.
INSERT INTO real_time_metrics
SELECT
  window_start,
  window_end,
  'event_type_agg',
  CONCAT_WS('/', event_type, event_subtype),
  CASE event_type
    WHEN 'data_session' THEN COALESCE(SUM(data_mb), 0) / 1024
    WHEN 'balance_recharge' THEN COALESCE(SUM(amount), 0)
    ELSE COUNT(*)
  END,
  CURRENT_TIMESTAMP
FROM TABLE(TUMBLE(TABLE valid_events, DESCRIPTOR(`timestamp`), INTERVAL '5' MINUTES))
GROUP BY window_start, window_end, event_type, event_subtype
UNION ALL
SELECT
  window_start,
  window_end,
  'region_agg',
  region,
  COUNT(*),
  CURRENT_TIMESTAMP
FROM TABLE(TUMBLE(TABLE valid_events, DESCRIPTOR(`timestamp`), INTERVAL '10' MINUTES))
GROUP BY window_start, window_end, region;

INSERT INTO anomalies
SELECT
  JSON_OBJECT(
    'event_id' VALUE event_id,
    'event_type' VALUE event_type,
    'event_subtype' VALUE event_subtype,
    'msisdn' VALUE msisdn,
    'region' VALUE region,
    'timestamp' VALUE CAST(`timestamp` AS STRING),
    'duration_seconds' VALUE duration_seconds,
    'data_mb' VALUE data_mb,
    'amount' VALUE amount
    NULL ON NULL),
  reason,
  `partition`,
  `offset`,
  CURRENT_TIMESTAMP
FROM checked_events
WHERE reason IS NOT NULL;

END;
