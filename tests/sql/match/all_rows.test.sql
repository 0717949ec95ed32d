-- Of the standard's MATCH_RECOGNIZE what Flink has not: every row of a match, each with what the match
-- had come to when it was at that row (RUNNING, the default) or with what it came to in the end
-- (FINAL); rows that {- -} leaves out, which count all the same; a SUBSET of variables.
--
-- Row by row: 1 (12) is top, 2 (9) and 3 (7) are down, 4 (10) is up. So the lowest price so far is of
-- no row, then 9, then 7, and 7 still at the row behind; the prices of the fall, with its top, come to
-- 28. 5 (12), 6 (8), 7 (15) match as well.

sql
CREATE TABLE ticks (id INT, price INT, note STRING, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json');
CREATE TABLE each_row (seen TIMESTAMP(3), role STRING, low INT, low_of_all INT, falls BIGINT, id INT, price INT, note STRING)
WITH ('connector' = 'print');
CREATE TABLE ends (id INT, n BIGINT) WITH ('connector' = 'print');
CREATE TABLE averages (first_id INT, sum_of_fall INT, last_id INT, role STRING) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO each_row SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES CLASSIFIER() AS role, LAST(down.price) AS low, FINAL LAST(down.price) AS low_of_all,
    RUNNING COUNT(down.price) AS falls
  ALL ROWS PER MATCH AFTER MATCH SKIP PAST LAST ROW
  PATTERN (top down+ up)
  DEFINE down AS down.price < top.price AND (LAST(down.price, 1) IS NULL OR down.price < LAST(down.price, 1)),
    up AS up.price > LAST(down.price));
INSERT INTO ends SELECT id, n FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES COUNT(*) AS n
  ALL ROWS PER MATCH AFTER MATCH SKIP PAST LAST ROW
  PATTERN (top {- down+ -} up)
  DEFINE down AS down.price < top.price AND (LAST(down.price, 1) IS NULL OR down.price < LAST(down.price, 1)),
    up AS up.price > LAST(down.price));
INSERT INTO averages SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES FIRST(fall.id) AS first_id, SUM(fall.price) AS sum_of_fall, LAST(rise.id) AS last_id,
    CLASSIFIER() AS role
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (top down+ up)
  SUBSET fall = (down, top), rise = (up)
  DEFINE down AS down.price < LAST(fall.price, 1), up AS up.price > LAST(down.price));
END;

feed ticks: id | price | note | seen
1 | 12 | a | 2026-01-01 00:00:01
2 | 9 | b | 2026-01-01 00:00:02
3 | 7 | c | 2026-01-01 00:00:03
4 | 10 | d | 2026-01-01 00:00:04

crash

feed ticks: id | price | note | seen
5 | 12 | e | 2026-01-01 00:00:05
6 | 8 | f | 2026-01-01 00:00:06
7 | 15 | g | 2026-01-01 00:00:07

expect each_row: seen | role | low | low_of_all | falls | id | price | note
2026-01-01 00:00:01.000 | top | null | 7 | 0 | 1 | 12 | a
2026-01-01 00:00:02.000 | down | 9 | 7 | 1 | 2 | 9 | b
2026-01-01 00:00:03.000 | down | 7 | 7 | 2 | 3 | 7 | c
2026-01-01 00:00:04.000 | up | 7 | 7 | 2 | 4 | 10 | d
2026-01-01 00:00:05.000 | top | null | 8 | 0 | 5 | 12 | e
2026-01-01 00:00:06.000 | down | 8 | 8 | 1 | 6 | 8 | f
2026-01-01 00:00:07.000 | up | 8 | 8 | 1 | 7 | 15 | g

expect ends: id | n
1 | 1
4 | 4
5 | 1
7 | 3

expect averages: first_id | sum_of_fall | last_id | role
1 | 28 | 4 | up
5 | 20 | 7 | up
