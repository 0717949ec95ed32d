-- ML inference: user events are checked, enriched and turned into the features that a model reads;
-- what fails goes to a dead-letter stream.
--
--   user-events (topic, JSON)  ->  user-features (topic), features (lake)
--   dims/users.csv             ->  user-events-dead-letter (topic), failed_events (lake)
--                              ->  event_quality (1-minute windows: completeness, duplicates, delay)
--
-- The dialect is Flink SQL; all times are UTC.

SET 'pipeline.name' = 'ml-inference';
SET 'table.local-time-zone' = 'UTC';
SET 'execution.checkpointing.interval' = '5 s';
SET 'millrace.dead-letter.table' = 'failed_events';

CREATE TABLE user_events (
  event_id    STRING,
  user_id     STRING,
  event_type  STRING,
  product_id  STRING,
  amount      DOUBLE,
  device      STRING,
  `timestamp` TIMESTAMP_LTZ(3),
  `partition` INT METADATA VIRTUAL,
  `offset`    BIGINT METADATA VIRTUAL,
  sent_at     TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '10' SECONDS
) WITH (
  'connector' = 'kafka',
  'topic' = 'user-events',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'ml-inference',
  'scan.startup.mode' = 'latest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE users (
  user_id    STRING,
  country    STRING,
  segment    STRING,
  valid_from TIMESTAMP_LTZ(3),
  PRIMARY KEY (user_id) NOT ENFORCED,
  WATERMARK FOR valid_from AS valid_from
) WITH ('connector' = 'filesystem', 'path' = 'dims/users', 'format' = 'csv');

CREATE TABLE user_features (
  event_id         STRING,
  user_id          STRING,
  event_time       TIMESTAMP_LTZ(3),
  country          STRING,
  segment          STRING,
  features         ARRAY<DOUBLE>
) WITH (
  'connector' = 'kafka',
  'topic' = 'user-features',
  'properties.bootstrap.servers' = 'localhost:9092',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE features (
  event_id               STRING,
  user_id                STRING,
  event_time             TIMESTAMP_LTZ(3),
  country                STRING,
  segment                STRING,
  is_purchase            DOUBLE,
  is_mobile              DOUBLE,
  events_last_hour       BIGINT,
  purchases_last_hour    BIGINT,
  spent_last_hour        DOUBLE,
  seconds_since_previous BIGINT
) WITH ('connector' = 'delta');

CREATE TABLE dead_letters (
  event_id    STRING,
  user_id     STRING,
  event_type  STRING,
  amount      DOUBLE,
  reason      STRING,
  `partition` INT,
  `offset`    BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = 'user-events-dead-letter',
  'properties.bootstrap.servers' = 'localhost:9092',
  'format' = 'json'
);

CREATE TABLE failed_events (
  event_data       STRING,
  reason           STRING,
  stage            STRING,
  source_partition INT,
  source_offset    BIGINT,
  created_at       TIMESTAMP_LTZ(3)
) WITH ('connector' = 'delta');

CREATE TABLE event_quality (
  window_start     TIMESTAMP(3),
  window_end       TIMESTAMP(3),
  events           BIGINT,
  without_user     BIGINT,
  without_product  BIGINT,
  different_events BIGINT,
  greatest_delay_s BIGINT
) WITH ('connector' = 'delta');

CREATE VIEW checked_events AS
SELECT *,
  CASE
    WHEN event_id IS NULL OR event_id = '' THEN 'event_id is missing'
    WHEN user_id IS NULL OR user_id = '' THEN 'user_id is missing'
    WHEN event_type IS NULL
      OR event_type NOT IN ('page_view', 'click', 'add_to_cart', 'purchase', 'search')
      THEN CONCAT('unknown event_type: ', COALESCE(event_type, 'none'))
    WHEN amount < 0 THEN 'amount is negative'
    WHEN event_type = 'purchase' AND amount IS NULL THEN 'a purchase without amount'
  END AS reason
FROM user_events;

CREATE VIEW enriched_events AS
SELECT e.event_id, e.user_id, e.event_type, e.amount, e.device, e.`timestamp`,
  COALESCE(u.country, 'unknown') AS country,
  COALESCE(u.segment, 'new') AS segment
FROM checked_events AS e
LEFT JOIN users FOR SYSTEM_TIME AS OF e.`timestamp` AS u ON e.user_id = u.user_id
WHERE e.reason IS NULL;

-- What the user did before this event.
CREATE VIEW with_previous AS
SELECT *,
  LAG(`timestamp`) OVER (PARTITION BY user_id ORDER BY `timestamp`) AS previous
FROM enriched_events;

CREATE VIEW with_history AS
SELECT event_id, user_id, event_type, amount, device, `timestamp`, country, segment, previous,
  COUNT(*) OVER last_hour AS events_last_hour,
  SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) OVER last_hour AS purchases_last_hour,
  SUM(CASE WHEN event_type = 'purchase' THEN amount ELSE 0 END) OVER last_hour AS spent_last_hour
FROM with_previous
WINDOW last_hour AS (
  PARTITION BY user_id ORDER BY `timestamp`
  RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW);

CREATE VIEW raw_features AS
SELECT event_id, user_id, `timestamp` AS event_time, country, segment,
  CASE WHEN event_type = 'purchase' THEN 1e0 ELSE 0e0 END AS is_purchase,
  CASE WHEN device = 'mobile' THEN 1e0 ELSE 0e0 END AS is_mobile,
  events_last_hour,
  CAST(purchases_last_hour AS BIGINT) AS purchases_last_hour,
  spent_last_hour,
  CAST(TIMESTAMPDIFF(SECOND, previous, `timestamp`) AS BIGINT) AS seconds_since_previous
FROM with_history;

EXECUTE STATEMENT SET BEGIN

INSERT INTO features SELECT * FROM raw_features;

-- As the model was trained: everything between 0 and 1.
INSERT INTO user_features
SELECT event_id, user_id, event_time, country, segment,
  ARRAY[
    is_purchase,
    is_mobile,
    LEAST(CAST(events_last_hour AS DOUBLE) / 50, 1e0),
    LEAST(CAST(purchases_last_hour AS DOUBLE) / 5, 1e0),
    LEAST(LN(1 + spent_last_hour) / 10, 1e0),
    LEAST(COALESCE(CAST(seconds_since_previous AS DOUBLE), 3600e0) / 3600, 1e0)]
FROM raw_features;

INSERT INTO dead_letters
SELECT event_id, user_id, event_type, amount, reason, `partition`, `offset`
FROM checked_events
WHERE reason IS NOT NULL;

INSERT INTO event_quality
SELECT window_start, window_end,
  COUNT(*),
  COUNT(*) FILTER (WHERE user_id IS NULL OR user_id = ''),
  COUNT(*) FILTER (WHERE product_id IS NULL),
  COUNT(DISTINCT event_id),
  MAX(CAST(TIMESTAMPDIFF(SECOND, `timestamp`, sent_at) AS BIGINT))
FROM TABLE(TUMBLE(TABLE user_events, DESCRIPTOR(`timestamp`), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;

END;
