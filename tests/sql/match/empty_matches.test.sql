-- Of the standard's MATCH_RECOGNIZE matches of no rows, and rows of no match. Where nothing falls, fall*
-- matches no row, at the row that it might have begun with: that counts as a match, has no rows to
-- measure, and is shown of all rows as well, unless they are to be left out (OMIT EMPTY MATCHES). Of
-- (up down) rows 5 and 6 are the one match; the rows ahead of it are of none, and wait for that to be
-- known.

sql
CREATE TABLE ticks (id INT, price INT, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json');
CREATE TABLE falls (m BIGINT, n BIGINT, first_id INT) WITH ('connector' = 'print');
CREATE TABLE each_row (m BIGINT, role STRING, id INT) WITH ('connector' = 'print');
CREATE TABLE fallen (m BIGINT, role STRING, id INT) WITH ('connector' = 'print');
CREATE TABLE never (m BIGINT, n BIGINT) WITH ('connector' = 'print');
CREATE TABLE turns (m BIGINT, n BIGINT, role STRING, id INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO falls SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES MATCH_NUMBER() AS m, COUNT(fall.id) AS n, FIRST(fall.id) AS first_id
  ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW
  PATTERN (fall*)
  DEFINE fall AS fall.price < PREV(fall.price));
INSERT INTO each_row SELECT m, role, id FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES MATCH_NUMBER() AS m, CLASSIFIER() AS role
  ALL ROWS PER MATCH SHOW EMPTY MATCHES AFTER MATCH SKIP PAST LAST ROW
  PATTERN (fall*)
  DEFINE fall AS fall.price < PREV(fall.price));
INSERT INTO fallen SELECT m, role, id FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES MATCH_NUMBER() AS m, CLASSIFIER() AS role
  ALL ROWS PER MATCH OMIT EMPTY MATCHES AFTER MATCH SKIP PAST LAST ROW
  PATTERN (fall*)
  DEFINE fall AS fall.price < PREV(fall.price));
INSERT INTO never SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES MATCH_NUMBER() AS m, COUNT(fall.id) AS n
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (fall*?)
  DEFINE fall AS fall.price < PREV(fall.price));
INSERT INTO turns SELECT m, n, role, id FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES MATCH_NUMBER() AS m, COUNT(*) AS n, CLASSIFIER() AS role
  ALL ROWS PER MATCH WITH UNMATCHED ROWS AFTER MATCH SKIP PAST LAST ROW
  PATTERN (up down)
  DEFINE up AS up.price > PREV(up.price), down AS down.price < up.price);
END;

feed ticks: id | price | seen
1 | 10 | 2026-01-01 00:00:01
2 | 9 | 2026-01-01 00:00:02

crash

feed ticks: id | price | seen
3 | 8 | 2026-01-01 00:00:03
4 | 12 | 2026-01-01 00:00:04
5 | 13 | 2026-01-01 00:00:05

crash

feed ticks: id | price | seen
6 | 11 | 2026-01-01 00:00:06
7 | 20 | 2026-01-01 00:00:07

expect falls: m | n | first_id
1 | 0 | null
2 | 2 | 2
3 | 0 | null
4 | 0 | null
5 | 1 | 6
6 | 0 | null

expect each_row: m | role | id
1 | null | 1
2 | fall | 2
2 | fall | 3
3 | null | 4
4 | null | 5
5 | fall | 6
6 | null | 7

expect fallen: m | role | id
2 | fall | 2
2 | fall | 3
5 | fall | 6

expect never: m | n
1 | 0
2 | 0
3 | 0
4 | 0
5 | 0
6 | 0
7 | 0

expect turns: m | n | role | id
null | null | null | 1
null | null | null | 2
null | null | null | 3
null | null | null | 4
1 | 1 | up | 5
1 | 2 | down | 6
