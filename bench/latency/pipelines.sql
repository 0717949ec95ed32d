-- A filter, and a fraud rule with state, from one topic into others: each once as soon as a row is
-- there ('immediate') and once with the epoch that made it ('exactly-once').

CREATE TABLE calls (id BIGINT, caller INT, amount INT, sent BIGINT, pt AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = 'calls', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');

-- Calls of a caller whose last ten cost too much.
CREATE VIEW frauds AS
SELECT id, sent
FROM (
  SELECT id, sent, amount,
         SUM(amount) OVER (PARTITION BY caller ORDER BY pt ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS spent
  FROM calls)
WHERE spent > 4000;

CREATE TABLE filtered_now (id BIGINT, sent BIGINT)
WITH ('connector' = 'kafka', 'topic' = 'filtered_now', 'format' = 'json', 'visibility' = 'immediate');
CREATE TABLE frauds_now (id BIGINT, sent BIGINT)
WITH ('connector' = 'kafka', 'topic' = 'frauds_now', 'format' = 'json', 'visibility' = 'immediate');
CREATE TABLE filtered_once (id BIGINT, sent BIGINT)
WITH ('connector' = 'kafka', 'topic' = 'filtered_once', 'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once');
CREATE TABLE frauds_once (id BIGINT, sent BIGINT)
WITH ('connector' = 'kafka', 'topic' = 'frauds_once', 'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once');

SET 'pipeline.name' = 'now';
BEGIN STATEMENT SET;
INSERT INTO filtered_now SELECT id, sent FROM calls WHERE amount > 400;
INSERT INTO frauds_now SELECT id, sent FROM frauds;
END;

SET 'pipeline.name' = 'once';
SET 'execution.checkpointing.interval' = '10 ms';
BEGIN STATEMENT SET;
INSERT INTO filtered_once SELECT id, sent FROM calls WHERE amount > 400;
INSERT INTO frauds_once SELECT id, sent FROM frauds;
END;
