-- Fleet: sensor samples of cars, enriched with what is known of the car, watched for dangerous
-- driving, counted in windows.
--
--   sensors-sample (topic, JSON)  ->  samples-enriched (topic)
--   dims/*.csv                    ->  alert-data (topic), and the console
--                                 ->  alert_windows, alert_colors (15-minute windows)
--                                 ->  rejected_samples (what could not be used, with its position)
--
-- The dialect is Flink SQL; all times are UTC.

SET 'pipeline.name' = 'fleet';
SET 'table.local-time-zone' = 'UTC';
SET 'execution.checkpointing.interval' = '5 s';
SET 'millrace.dead-letter.table' = 'rejected_samples';

CREATE TABLE sensors (
  event_id    STRING,
  event_time  TIMESTAMP_LTZ(3),
  car_id      INT,
  speed       INT,
  rpm         INT,
  gear        INT,
  `partition` INT METADATA VIRTUAL,
  `offset`    BIGINT METADATA VIRTUAL,
  WATERMARK FOR event_time AS event_time - INTERVAL '10' SECONDS
) WITH (
  'connector' = 'kafka',
  'topic' = 'sensors-sample',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'fleet',
  'scan.startup.mode' = 'latest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

-- A car may change hands or colour: each line holds from its time on.
CREATE TABLE cars (
  car_id     INT,
  driver_id  BIGINT,
  model_id   INT,
  color_id   INT,
  valid_from TIMESTAMP_LTZ(3),
  PRIMARY KEY (car_id) NOT ENFORCED,
  WATERMARK FOR valid_from AS valid_from
) WITH ('connector' = 'filesystem', 'path' = 'dims/cars', 'format' = 'csv');

CREATE TABLE car_models (
  model_id   INT,
  car_brand  STRING,
  car_model  STRING,
  valid_from AS TO_TIMESTAMP_LTZ(0, 3),
  PRIMARY KEY (model_id) NOT ENFORCED,
  WATERMARK FOR valid_from AS valid_from
) WITH ('connector' = 'filesystem', 'path' = 'dims/car_models', 'format' = 'csv');

CREATE TABLE car_colors (
  color_id   INT,
  color_name STRING,
  valid_from AS TO_TIMESTAMP_LTZ(0, 3),
  PRIMARY KEY (color_id) NOT ENFORCED,
  WATERMARK FOR valid_from AS valid_from
) WITH ('connector' = 'filesystem', 'path' = 'dims/car_colors', 'format' = 'csv');

CREATE TABLE samples_enriched (
  event_id      STRING,
  event_time    TIMESTAMP_LTZ(3),
  car_id        INT,
  speed         INT,
  rpm           INT,
  gear          INT,
  driver_id     BIGINT,
  brand_name    STRING,
  model_name    STRING,
  color_name    STRING,
  expected_gear INT
) WITH (
  'connector' = 'kafka',
  'topic' = 'samples-enriched',
  'properties.bootstrap.servers' = 'localhost:9092',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE alert_data (
  event_id      STRING,
  event_time    TIMESTAMP_LTZ(3),
  car_id        INT,
  speed         INT,
  rpm           INT,
  gear          INT,
  driver_id     BIGINT,
  brand_name    STRING,
  model_name    STRING,
  color_name    STRING,
  expected_gear INT,
  reason        STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'alert-data',
  'properties.bootstrap.servers' = 'localhost:9092',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE alert_console (
  event_time TIMESTAMP_LTZ(3),
  car_id     INT,
  color_name STRING,
  reason     STRING
) WITH ('connector' = 'print', 'print-identifier' = 'alert');

CREATE TABLE alert_windows (
  window_start  TIMESTAMP(3),
  window_end    TIMESTAMP(3),
  alerts        BIGINT,
  cars          BIGINT,
  maximum_speed INT,
  maximum_rpm   INT
) WITH ('connector' = 'delta');

CREATE TABLE alert_colors (
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  color_name   STRING,
  alerts       BIGINT
) WITH ('connector' = 'delta');

CREATE TABLE rejected_samples (
  event_data       STRING,
  reason           STRING,
  source_partition INT,
  source_offset    BIGINT,
  created_at       TIMESTAMP_LTZ(3)
) WITH ('connector' = 'delta');

CREATE VIEW checked_samples AS
SELECT *,
  CASE
    WHEN car_id IS NULL THEN 'car_id is missing'
    WHEN speed IS NULL OR speed < 0 THEN 'speed is missing or negative'
    WHEN rpm IS NULL OR rpm < 0 THEN 'rpm is missing or negative'
    WHEN gear IS NULL OR gear < 1 OR gear > 7 THEN 'gear is none of 1 to 7'
  END AS reason
FROM sensors;

-- The gear that fits the speed: one for each 30 km/h, the seventh from 180 on. Samples of a car
-- that is not known stay, without what would be known of it.
CREATE VIEW enriched AS
SELECT s.event_id, s.event_time, s.car_id, s.speed, s.rpm, s.gear,
  c.driver_id, m.car_brand AS brand_name, m.car_model AS model_name, k.color_name,
  LEAST(s.speed / 30 + 1, 7) AS expected_gear
FROM checked_samples AS s
LEFT JOIN cars FOR SYSTEM_TIME AS OF s.event_time AS c ON s.car_id = c.car_id
LEFT JOIN car_models FOR SYSTEM_TIME AS OF s.event_time AS m ON c.model_id = m.model_id
LEFT JOIN car_colors FOR SYSTEM_TIME AS OF s.event_time AS k ON c.color_id = k.color_id
WHERE s.reason IS NULL;

CREATE VIEW alerts AS
SELECT *,
  CASE
    WHEN speed > 120 THEN 'speed over 120'
    WHEN rpm > 6000 THEN 'rpm over 6000'
    ELSE 'another gear than expected'
  END AS reason
FROM enriched
WHERE speed > 120 OR rpm > 6000 OR gear <> expected_gear;

EXECUTE STATEMENT SET BEGIN

INSERT INTO samples_enriched SELECT * FROM enriched;

INSERT INTO alert_data SELECT * FROM alerts;

INSERT INTO alert_console SELECT event_time, car_id, color_name, reason FROM alerts;

INSERT INTO alert_windows
SELECT window_start, window_end, COUNT(*), COUNT(DISTINCT car_id), MAX(speed), MAX(rpm)
FROM TABLE(TUMBLE(TABLE alerts, DESCRIPTOR(event_time), INTERVAL '15' MINUTES))
GROUP BY window_start, window_end;

INSERT INTO alert_colors
SELECT window_start, window_end, color_name, COUNT(*)
FROM TABLE(TUMBLE(TABLE alerts, DESCRIPTOR(event_time), INTERVAL '15' MINUTES))
GROUP BY window_start, window_end, color_name;

INSERT INTO rejected_samples
SELECT
  JSON_OBJECT(
    'event_id' VALUE event_id,
    'event_time' VALUE CAST(event_time AS STRING),
    'car_id' VALUE car_id,
    'speed' VALUE speed,
    'rpm' VALUE rpm,
    'gear' VALUE gear
    NULL ON NULL),
  reason,
  `partition`,
  `offset`,
  CURRENT_TIMESTAMP
FROM checked_samples
WHERE reason IS NOT NULL;

END;
