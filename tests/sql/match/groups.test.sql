-- Patterns that Flink has not: groups and branches, PERMUTE, a greedy end; and PREV, the row ahead
-- of one, and MATCH_NUMBER. The match is the one that SQL prefers: from its first row on the first
-- branch, and the longest of what is greedy.
--
-- Of the prices 10 8 9 7 11 12 5 4 6 3 8 1, rows 2 to 6 and 7 to 11 fall and rise twice. That a rise
-- is over is known by the row behind it.

sql
CREATE TABLE ticks (id INT, price INT, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json');
CREATE TABLE twice (first_id INT, last_id INT, n BIGINT, m BIGINT) WITH ('connector' = 'print');
CREATE TABLE branches (first_id INT, last_id INT, role STRING) WITH ('connector' = 'print');
CREATE TABLE orders (low INT, middle INT, before_middle INT, role STRING) WITH ('connector' = 'print');
CREATE TABLE rises (first_id INT, n BIGINT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO twice SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES FIRST(down.id) AS first_id, LAST(up.id) AS last_id, COUNT(*) AS n, MATCH_NUMBER() AS m
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN ((down+ up+){2})
  DEFINE down AS down.price < PREV(down.price), up AS up.price > PREV(up.price));
INSERT INTO branches SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES a.id AS first_id, LAST(id) AS last_id, CLASSIFIER() AS role
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (a (b | c d))
  DEFINE a AS a.price >= 10, b AS b.price > 10, c AS c.price < 10, d AS d.price < 10);
INSERT INTO orders SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES low.price AS low, middle.price AS middle, PREV(middle.price) AS before_middle, CLASSIFIER() AS role
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (PERMUTE(low, middle))
  DEFINE low AS low.price < 5, middle AS middle.price BETWEEN 5 AND 8);
INSERT INTO rises SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES FIRST(id) AS first_id, COUNT(up.id) AS n
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN ((any_row up+))
  DEFINE up AS up.price > LAST(price, 1));
END;

feed ticks: id | price | seen
1 | 10 | 2026-01-01 00:00:01
2 | 8 | 2026-01-01 00:00:02
3 | 9 | 2026-01-01 00:00:03
4 | 7 | 2026-01-01 00:00:04
5 | 11 | 2026-01-01 00:00:05

crash

feed ticks: id | price | seen
6 | 12 | 2026-01-01 00:00:06

changes twice: first_id | last_id | n | m
(none)

kill

feed ticks: id | price | seen
7 | 5 | 2026-01-01 00:00:07
8 | 4 | 2026-01-01 00:00:08
9 | 6 | 2026-01-01 00:00:09
10 | 3 | 2026-01-01 00:00:10
11 | 8 | 2026-01-01 00:00:11

changes twice: first_id | last_id | n | m
+I 2 | 6 | 5 | 1

crash

feed ticks: id | price | seen
12 | 1 | 2026-01-01 00:00:12

changes twice: first_id | last_id | n | m
+I 7 | 11 | 5 | 2

changes branches: first_id | last_id | role
+I 1 | 3 | d
+I 5 | 6 | b

changes orders: low | middle | before_middle | role
+I 4 | 5 | 12 | low
+I 3 | 6 | 4 | low
+I 1 | 8 | 3 | low

changes rises: first_id | n
+I 2 | 1
+I 4 | 2
+I 8 | 1
+I 10 | 1
