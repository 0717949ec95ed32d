-- Where the input ends, in batch mode, it is known which row of a key is the last. $ in a PATTERN stands
-- behind it: rows 1 and 2 of x rise, too, but row 3 is behind them; rows 3, 5 and 6 rise until the end.
-- Between ^ and $ all rows of a key are one match, however reluctant the pattern is. NEXT of the last
-- row is NULL, and rows that waited for the one behind them go on. A match that NEXT makes wait is told
-- by all that has come, WITHIN and all: rows 4 and 7, the last ones of y, are too far from each other.

sql
CREATE TABLE ticks (id INT, k STRING, price INT, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE risen (k STRING, first_id INT, last_id INT) WITH ('connector' = 'print');
CREATE TABLE whole (k STRING, n BIGINT) WITH ('connector' = 'print');
CREATE TABLE each_row (k STRING, id INT, behind_id INT) WITH ('connector' = 'print');
CREATE TABLE ends (k STRING, first_id INT, last_id INT) WITH ('connector' = 'print');
SET 'execution.runtime-mode' = 'batch';
INSERT INTO risen SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY k ORDER BY seen
  MEASURES FIRST(low.id) AS first_id, LAST(id) AS last_id
  ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW
  PATTERN (low up+ $)
  DEFINE up AS up.price > PREV(up.price));
INSERT INTO whole SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY k ORDER BY seen
  MEASURES COUNT(*) AS n
  PATTERN (^ any_row+? $)
  DEFINE any_row AS TRUE);
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
2 | x | 5 | 2026-01-01 00:00:02
3 | x | 4 | 2026-01-01 00:00:03
4 | y | 1 | 2026-01-01 00:00:04
5 | x | 6 | 2026-01-01 00:00:05
6 | x | 7 | 2026-01-01 00:00:06
7 | y | 0 | 2026-01-01 00:00:07

restart

expect risen: k | first_id | last_id
x | 3 | 6

expect whole: k | n
x | 5
y | 2

expect each_row: k | id | behind_id
x | 1 | 2
x | 2 | 3
x | 3 | 5
x | 5 | 6
x | 6 | null
y | 4 | 7
y | 7 | null

expect ends: k | first_id | last_id
x | 5 | 6
