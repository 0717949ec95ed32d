-- A falling price that rises again: conditions that look back, one that is reluctant, and where the
-- search goes on.

sql
CREATE TABLE ticks (id INT, price INT, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json');
CREATE TABLE falls (first_id INT, low INT, last_id INT) WITH ('connector' = 'print');
CREATE TABLE every_fall (first_id INT, low INT, last_id INT) WITH ('connector' = 'print');
CREATE TABLE bottoms (first_id INT, last_id INT) WITH ('connector' = 'print');
CREATE TABLE pairs (a INT, b INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO falls SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES top.id AS first_id, LAST(down.price) AS low, up.id AS last_id
  ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW
  PATTERN (top down+ up)
  DEFINE down AS (LAST(down.price, 1) IS NULL AND down.price < top.price) OR down.price < LAST(down.price, 1),
    up AS up.price > LAST(down.price));
INSERT INTO every_fall SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES top.id AS first_id, LAST(down.price) AS low, up.id AS last_id
  PATTERN (top down+ up)
  DEFINE down AS (LAST(down.price, 1) IS NULL AND down.price < top.price) OR down.price < LAST(down.price, 1),
    up AS up.price > LAST(down.price));
INSERT INTO bottoms SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES FIRST(low.id) AS first_id, LAST(low.id) AS last_id
  AFTER MATCH SKIP TO LAST low
  PATTERN (up low+? high)
  DEFINE up AS up.price > 10, low AS low.price <= 10, high AS high.price >= 10);
INSERT INTO pairs SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES a.id AS a, b.id AS b
  AFTER MATCH SKIP TO NEXT ROW
  PATTERN (a x? b)
  DEFINE a AS a.price = 12, b AS b.price < AVG(a.price) - 4);
END;

feed ticks: id | price | seen
1 | 12 | 2026-01-01 00:00:01
2 | 9 | 2026-01-01 00:00:02
3 | 7 | 2026-01-01 00:00:03
4 | 10 | 2026-01-01 00:00:04

crash

feed ticks: id | price | seen
5 | 12 | 2026-01-01 00:00:05
6 | 11 | 2026-01-01 00:00:06
7 | 11 | 2026-01-01 00:00:07
8 | 8 | 2026-01-01 00:00:08
9 | 15 | 2026-01-01 00:00:09

expect falls: first_id | low | last_id
1 | 7 | 4
7 | 8 | 9

expect every_fall: first_id | low | last_id
1 | 7 | 4
2 | 7 | 4
7 | 8 | 9

expect bottoms: first_id | last_id
2 | 3
8 | 8

expect pairs: a | b
1 | 3
