-- A batch job over a topic that ends: the groups as they are in the end, in the order that is asked
-- for, once, whatever crashes; and a row that would be late in a stream counts.

sql
CREATE TABLE calls (caller STRING, minutes INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'calls', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE totals (caller STRING, minutes BIGINT) WITH ('connector' = 'print');
CREATE TABLE hours (w TIMESTAMP(3), calls BIGINT) WITH ('connector' = 'delta');
SET 'execution.runtime-mode' = 'batch';
INSERT INTO totals SELECT caller, SUM(minutes) AS m FROM calls GROUP BY caller ORDER BY m DESC;
INSERT INTO hours SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE calls, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY window_start, window_end;

feed calls: caller | minutes | ts
ann | 1 | 2026-01-01 08:00:01
bob | 5 | 2026-01-01 10:00:02
cid | 2 | 2026-01-01 08:30:00
ann | 3 | 2026-01-01 10:30:00

restart

changes totals: caller | minutes
+I bob | 5
+I ann | 4
+I cid | 2

expect hours: w | calls
2026-01-01 09:00:00.000 | 2
2026-01-01 11:00:00.000 | 2
