-- Telecom lakehouse: call records, customer interactions and network logs go to the lake with
-- personal data made anonymous; calls are watched for fraud while they arrive.
--
--   call-records-stream    (topic, JSON)  ->  raw_call_records, fraud-alerts-stream, fraud_alerts
--   customer-interactions  (topic, JSON)  ->  raw_customer_interactions
--   network-logs           (topic, JSON)  ->  raw_network_logs
--   whatever cannot be used               ->  rejected_records
--
-- The dialect is Flink SQL; all times are UTC.

SET 'pipeline.name' = 'telecom-lakehouse';
SET 'table.local-time-zone' = 'UTC';
SET 'execution.checkpointing.interval' = '5 s';
SET 'millrace.dead-letter.table' = 'rejected_records';

CREATE TABLE call_records (
  call_id          STRING,
  caller           STRING,
  callee           STRING,
  cell_id          STRING,
  latitude         DOUBLE,
  longitude        DOUBLE,
  start_time       TIMESTAMP_LTZ(3),
  duration_seconds INT,
  `partition`      INT METADATA VIRTUAL,
  `offset`         BIGINT METADATA VIRTUAL,
  WATERMARK FOR start_time AS start_time - INTERVAL '30' SECONDS
) WITH (
  'connector' = 'kafka',
  'topic' = 'call-records-stream',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'telecom-lakehouse',
  'scan.startup.mode' = 'latest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE customer_interactions (
  interaction_id STRING,
  msisdn         STRING,
  channel        STRING,
  topic          STRING,
  event_time     TIMESTAMP_LTZ(3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'customer-interactions',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'telecom-lakehouse',
  'scan.startup.mode' = 'latest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE network_logs (
  cell_id    STRING,
  event      STRING,
  latency_ms DOUBLE,
  event_time TIMESTAMP_LTZ(3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'network-logs',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'telecom-lakehouse',
  'scan.startup.mode' = 'latest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

-- Numbers reach the lake as tokens, which still tell one caller from another, and as the prefix
-- that names the operator.
CREATE TABLE raw_call_records (
  call_id          STRING,
  caller_token     STRING,
  caller_prefix    STRING,
  callee_token     STRING,
  callee_prefix    STRING,
  cell_id          STRING,
  start_time       TIMESTAMP_LTZ(3),
  duration_seconds INT,
  call_date        STRING
) PARTITIONED BY (call_date) WITH ('connector' = 'delta');

CREATE TABLE raw_customer_interactions (
  interaction_id STRING,
  customer_token STRING,
  channel        STRING,
  topic          STRING,
  event_time     TIMESTAMP_LTZ(3)
) WITH ('connector' = 'delta');

CREATE TABLE raw_network_logs (
  cell_id    STRING,
  event      STRING,
  latency_ms DOUBLE,
  event_time TIMESTAMP_LTZ(3)
) WITH ('connector' = 'delta');

CREATE TABLE fraud_alerts (
  rule         STRING,
  caller_token STRING,
  event_time   TIMESTAMP_LTZ(3),
  evidence     STRING
) WITH ('connector' = 'delta');

CREATE TABLE fraud_alerts_stream (
  rule         STRING,
  caller_token STRING,
  event_time   TIMESTAMP_LTZ(3),
  evidence     STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'fraud-alerts-stream',
  'properties.bootstrap.servers' = 'localhost:9092',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE rejected_records (
  event_data       STRING,
  reason           STRING,
  source           STRING,
  source_partition INT,
  source_offset    BIGINT,
  created_at       TIMESTAMP_LTZ(3)
) WITH ('connector' = 'delta');

CREATE VIEW checked_calls AS
SELECT *,
  CASE
    WHEN call_id IS NULL OR call_id = '' THEN 'call_id is missing'
    WHEN caller IS NULL OR NOT REGEXP(caller, '^\+\d{8,15}$') THEN 'caller is no number'
    WHEN callee IS NULL OR callee = '' THEN 'callee is missing'
    WHEN duration_seconds IS NULL OR duration_seconds < 0
      THEN 'duration_seconds is missing or negative'
  END AS reason
FROM call_records;

CREATE VIEW calls AS
SELECT call_id, caller, callee, cell_id, latitude, longitude, start_time, duration_seconds,
  SUBSTRING(SHA256(CONCAT('millrace:', caller)), 1, 16) AS caller_token
FROM checked_calls
WHERE reason IS NULL;

-- More than 20 calls within a minute: told once, at the 21st.
CREATE VIEW velocity_alerts AS
SELECT 'velocity' AS rule, caller_token, CAST(start_time AS TIMESTAMP_LTZ(3)) AS event_time,
  CONCAT(CAST(calls AS STRING), ' calls within a minute') AS evidence
FROM (
  SELECT caller_token, start_time,
    COUNT(*) OVER (
      PARTITION BY caller_token ORDER BY start_time
      RANGE BETWEEN INTERVAL '1' MINUTE PRECEDING AND CURRENT ROW) AS calls
  FROM calls
)
WHERE calls = 21;

-- A SIM box: within ten minutes many different callees, all of them briefly.
CREATE VIEW sim_box_alerts AS
SELECT 'sim box' AS rule, caller_token, CAST(window_time AS TIMESTAMP_LTZ(3)) AS event_time,
  CONCAT(CAST(callees AS STRING), ' callees in ten minutes') AS evidence
FROM (
  SELECT caller_token, window_time, COUNT(DISTINCT callee) AS callees,
    AVG(CAST(duration_seconds AS DOUBLE)) AS mean_seconds
  FROM TABLE(TUMBLE(TABLE calls, DESCRIPTOR(start_time), INTERVAL '10' MINUTES))
  GROUP BY window_start, window_end, window_time, caller_token
)
WHERE callees >= 30 AND mean_seconds < 20;

-- Two calls from places that nobody travels between so fast: over 1,000 km/h and 50 km.
CREATE VIEW travel_alerts AS
SELECT 'impossible travel' AS rule, caller_token, CAST(start_time AS TIMESTAMP_LTZ(3)) AS event_time,
  CONCAT(CAST(CAST(km AS INT) AS STRING), ' km in ', CAST(seconds AS STRING), ' s') AS evidence
FROM (
  SELECT caller_token, start_time,
    TIMESTAMPDIFF(SECOND, previous_time, start_time) AS seconds,
    -- The shorter way around a sphere of 6,371 km.
    2 * 6371 * ASIN(SQRT(
      POWER(SIN(RADIANS(latitude - previous_latitude) / 2), 2)
      + COS(RADIANS(previous_latitude)) * COS(RADIANS(latitude))
        * POWER(SIN(RADIANS(longitude - previous_longitude) / 2), 2))) AS km
  FROM (
    SELECT caller_token, start_time, latitude, longitude,
      LAG(start_time) OVER (PARTITION BY caller_token ORDER BY start_time) AS previous_time,
      LAG(latitude) OVER (PARTITION BY caller_token ORDER BY start_time) AS previous_latitude,
      LAG(longitude) OVER (PARTITION BY caller_token ORDER BY start_time) AS previous_longitude
    FROM calls
  )
)
WHERE km > 50 AND km * 3600 > 1000 * CAST(seconds AS DOUBLE);

-- Three or more calls of a few seconds, which find an open line, then a long one to a premium number.
CREATE VIEW probing_alerts AS
SELECT 'probing' AS rule, caller_token, event_time,
  CONCAT(CAST(probes AS STRING), ' probes before ', call_id) AS evidence
FROM calls
MATCH_RECOGNIZE (
  PARTITION BY caller_token
  ORDER BY start_time
  MEASURES
    COUNT(probe.call_id) AS probes,
    premium.call_id AS call_id,
    CAST(premium.start_time AS TIMESTAMP_LTZ(3)) AS event_time
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (probe{3,} premium) WITHIN INTERVAL '10' MINUTE
  DEFINE
    probe AS probe.duration_seconds < 5,
    premium AS premium.duration_seconds > 600 AND premium.callee LIKE '+900%'
);

CREATE VIEW all_alerts AS
SELECT rule, caller_token, event_time, evidence FROM velocity_alerts
UNION ALL SELECT rule, caller_token, event_time, evidence FROM sim_box_alerts
UNION ALL SELECT rule, caller_token, event_time, evidence FROM travel_alerts
UNION ALL SELECT rule, caller_token, event_time, evidence FROM probing_alerts;

EXECUTE STATEMENT SET BEGIN

INSERT INTO raw_call_records
SELECT call_id, caller_token, SUBSTRING(caller, 1, 5),
  SUBSTRING(SHA256(CONCAT('millrace:', callee)), 1, 16), SUBSTRING(callee, 1, 5),
  cell_id, start_time, duration_seconds, DATE_FORMAT(start_time, 'yyyy-MM-dd')
FROM calls;

INSERT INTO raw_customer_interactions
SELECT interaction_id, SUBSTRING(SHA256(CONCAT('millrace:', msisdn)), 1, 16), channel, topic, event_time
FROM customer_interactions;

INSERT INTO raw_network_logs SELECT * FROM network_logs;

INSERT INTO fraud_alerts SELECT * FROM all_alerts;

INSERT INTO fraud_alerts_stream SELECT * FROM all_alerts;

INSERT INTO rejected_records
SELECT
  JSON_OBJECT(
    'call_id' VALUE call_id,
    'caller' VALUE SUBSTRING(SHA256(CONCAT('millrace:', caller)), 1, 16),
    'duration_seconds' VALUE duration_seconds
    NULL ON NULL),
  reason,
  'call_records',
  `partition`,
  `offset`,
  CURRENT_TIMESTAMP
FROM checked_calls
WHERE reason IS NOT NULL;

END;
