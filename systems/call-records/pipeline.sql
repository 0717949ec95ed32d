-- Call records: checks every call, keeps the good ones once each, the bad ones with their reason.
--
--   telecom-data (topic, JSON)  ->  telecom_data       (what the warehouse holds)
--                               ->  provider_calls     (5-minute windows by network provider)
--                               ->  rejected_calls     (what was wrong, with its position)
--
-- The dialect is Flink SQL; the records' times have no zone and are taken as they are.

SET 'pipeline.name' = 'call-records';
SET 'execution.checkpointing.interval' = '5 s';
-- A call that comes again within a day is known.
SET 'table.exec.state.ttl' = '1 d';
-- Records that are no JSON, or JSON of the wrong types, are rejected calls too.
SET 'millrace.dead-letter.table' = 'rejected_calls';

CREATE TABLE calls (
  caller_name      STRING,
  receiver_name    STRING,
  caller_id        STRING,
  receiver_id      STRING,
  start_datetime   TIMESTAMP(3),
  end_datetime     TIMESTAMP(3),
  call_duration    INT,
  network_provider STRING,
  total_amount     DECIMAL(5, 2),
  `partition`      INT METADATA VIRTUAL,
  `offset`         BIGINT METADATA VIRTUAL,
  arrived_at       AS PROCTIME(),
  WATERMARK FOR start_datetime AS start_datetime - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'kafka',
  'topic' = 'telecom-data',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'call-records',
  'scan.startup.mode' = 'latest-offset',
  'format' = 'json'
);

CREATE TABLE telecom_data (
  caller_name      VARCHAR(256),
  receiver_name    VARCHAR(256),
  caller_id        VARCHAR(20),
  receiver_id      VARCHAR(20),
  start_datetime   TIMESTAMP(6),
  end_datetime     TIMESTAMP(6),
  call_duration    INTEGER,
  network_provider VARCHAR(50),
  total_amount     DECIMAL(5, 2)
) WITH ('connector' = 'delta');

CREATE TABLE provider_calls (
  window_start     TIMESTAMP(3),
  window_end       TIMESTAMP(3),
  network_provider STRING,
  calls            BIGINT,
  callers          BIGINT,
  call_seconds     BIGINT,
  total_amount     DECIMAL(38, 2)
) WITH ('connector' = 'delta');

CREATE TABLE rejected_calls (
  event_data       STRING,
  reason           STRING,
  source_partition INT,
  source_offset    BIGINT,
  created_at       TIMESTAMP_LTZ(3)
) WITH ('connector' = 'delta');

-- The first rule that a call breaks is its reason; a good call has none. A receiver may be a short
-- number such as 911.
CREATE VIEW checked_calls AS
SELECT *,
  CASE
    WHEN caller_id IS NULL OR NOT REGEXP(caller_id, '^\+1\d{10}$') THEN 'caller_id is no +1 number'
    WHEN receiver_id IS NULL OR receiver_id = '' THEN 'receiver_id is missing'
    WHEN call_duration IS NULL THEN 'call_duration is missing'
    WHEN call_duration <= 0 THEN 'call_duration is not positive'
    WHEN end_datetime IS NULL THEN 'end_datetime is missing'
    WHEN end_datetime <= start_datetime THEN 'the call ends before it starts'
    WHEN total_amount < 0 THEN 'total_amount is negative'
  END AS reason
FROM calls;

-- A producer that tries again sends a call twice: the first copy counts.
CREATE VIEW good_calls AS
SELECT caller_name, receiver_name, caller_id, receiver_id, start_datetime, end_datetime,
  call_duration, network_provider, total_amount
FROM (
  SELECT *,
    ROW_NUMBER() OVER (
      PARTITION BY caller_id, receiver_id, start_datetime ORDER BY arrived_at) AS copy
  FROM checked_calls
  WHERE reason IS NULL
)
WHERE copy = 1;

EXECUTE STATEMENT SET BEGIN

INSERT INTO telecom_data
SELECT
  CAST(caller_name AS VARCHAR(256)),
  CAST(receiver_name AS VARCHAR(256)),
  CAST(caller_id AS VARCHAR(20)),
  CAST(receiver_id AS VARCHAR(20)),
  CAST(start_datetime AS TIMESTAMP(6)),
  CAST(end_datetime AS TIMESTAMP(6)),
  call_duration,
  CAST(network_provider AS VARCHAR(50)),
  total_amount
FROM good_calls;

INSERT INTO provider_calls
SELECT window_start, window_end, network_provider, COUNT(*), COUNT(DISTINCT caller_id),
  SUM(CAST(call_duration AS BIGINT)), SUM(total_amount)
FROM TABLE(TUMBLE(TABLE good_calls, DESCRIPTOR(start_datetime), INTERVAL '5' MINUTES))
GROUP BY window_start, window_end, network_provider;

INSERT INTO rejected_calls
SELECT
  JSON_OBJECT(
    'caller_name' VALUE caller_name,
    'receiver_name' VALUE receiver_name,
    'caller_id' VALUE caller_id,
    'receiver_id' VALUE receiver_id,
    'start_datetime' VALUE CAST(start_datetime AS STRING),
    'end_datetime' VALUE CAST(end_datetime AS STRING),
    'call_duration' VALUE call_duration,
    'network_provider' VALUE network_provider,
    'total_amount' VALUE total_amount
    NULL ON NULL),
  reason,
  `partition`,
  `offset`,
  CURRENT_TIMESTAMP
FROM checked_calls
WHERE reason IS NOT NULL;

END;
