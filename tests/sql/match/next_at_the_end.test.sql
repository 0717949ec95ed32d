-- Where the input ends, behind the last row of each key there is none: NEXT is NULL, and rows that
-- waited go on. A match that NEXT makes wait is told by all that has come, WITHIN and all.

sql
CREATE TABLE ticks (id INT, k STRING, price INT, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE each_row (k STRING, id INT, behind_id INT) WITH ('connector' = 'print');
CREATE TABLE ends (k STRING, first_id INT, last_id INT) WITH ('connector' = 'print');
SET 'execution.runtime-mode' = 'batch';
INSERT INTO each_row SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY k ORDER BY seen
  MEASURES a.id AS id, NEXT(a.id) AS behind_id
  PATTERN (a) DEFINE a AS TRUE);
INSERT INTO ends SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY k ORDER BY seen
  MEASURES a.id AS first_id, b.id AS last_id
  PATTERN ((a b)) WITHIN INTERVAL '2' SECOND
  DEFINE b AS NEXT(b.id) IS NULL);

feed ticks: id | k | price | seen
1 | x | 3 | 2026-01-01 00:00:01
2 | y | 5 | 2026-01-01 00:00:02
3 | x | 4 | 2026-01-01 00:00:03
4 | x | 4 | 2026-01-01 00:00:04
5 | y | 4 | 2026-01-01 00:00:05

restart

expect each_row: k | id | behind_id
x | 1 | 3
x | 3 | 4
x | 4 | null
y | 2 | 5
y | 5 | null

expect ends: k | first_id | last_id
x | 3 | 4
