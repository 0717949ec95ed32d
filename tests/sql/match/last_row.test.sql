-- $ in a PATTERN stands behind the last row of a partition, which there is where the input ends: in
-- batch mode. Rows 1 and 2 rise, too, but row 3 is behind them; of x rows 3, 5 and 6 rise until the end.
-- Of y the row that comes last falls, and (low up* $ | low fall) has it with the one ahead of it.

sql
CREATE TABLE ticks (id INT, k STRING, price INT, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE risen (k STRING, first_id INT, last_id INT) WITH ('connector' = 'print');
CREATE TABLE whole (k STRING, n BIGINT) WITH ('connector' = 'print');
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
