-- RANGE over times in microseconds ahead of 1970: a distance counts whole milliseconds, rounded down on both sides of it.

sql
CREATE TABLE t (id INT, ts TIMESTAMP(6))
WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE counts (id INT, n BIGINT) WITH ('connector' = 'print');
SET 'execution.runtime-mode' = 'batch';
INSERT INTO counts
SELECT id, COUNT(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '0.001' SECOND PRECEDING AND CURRENT ROW) FROM t;

feed t: id | ts
1 | 1969-12-31 23:59:59.998500
2 | 1969-12-31 23:59:59.999400
3 | 1970-01-01 00:00:00.000100
4 | 1970-01-01 00:00:00.000900
5 | 1970-01-01 00:00:00.001900

restart

expect counts: id | n
1 | 1
2 | 2
3 | 3
4 | 3
5 | 3
