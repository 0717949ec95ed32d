-- ^ in a PATTERN stands ahead of the first row of a partition: a match is the one that begins there, or
-- there is none, however much later a row comes. In (^ low up | ^ low) the row alone matches where the
-- one behind it is not above it.

sql
CREATE TABLE ticks (id INT, k STRING, price INT, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json');
CREATE TABLE begun (k STRING, first_id INT, last_id INT) WITH ('connector' = 'print');
CREATE TABLE either (k STRING, first_id INT, last_id INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO begun SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY k ORDER BY seen
  MEASURES low.id AS first_id, up.id AS last_id
  ONE ROW PER MATCH AFTER MATCH SKIP TO NEXT ROW
  PATTERN (^ low up)
  DEFINE up AS up.price > low.price);
INSERT INTO either SELECT * FROM ticks MATCH_RECOGNIZE (
  PARTITION BY k ORDER BY seen
  MEASURES low.id AS first_id, up.id AS last_id
  ONE ROW PER MATCH AFTER MATCH SKIP TO NEXT ROW
  PATTERN (^ low up | ^ low)
  DEFINE up AS up.price > low.price);
END;

feed ticks: id | k | price | seen
1 | x | 5 | 2026-01-01 00:00:01
2 | y | 1 | 2026-01-01 00:00:02

crash

feed ticks: id | k | price | seen
3 | x | 6 | 2026-01-01 00:00:03
4 | x | 7 | 2026-01-01 00:00:04
5 | y | 0 | 2026-01-01 00:00:05

crash

feed ticks: id | k | price | seen
6 | x | 8 | 2026-01-01 00:00:06
7 | y | 9 | 2026-01-01 00:00:07
8 | z | 1 | 2026-01-01 00:00:08
9 | z | 2 | 2026-01-01 00:00:09

expect begun: k | first_id | last_id
x | 1 | 3
z | 8 | 9

expect either: k | first_id | last_id
x | 1 | 3
y | 2 | null
z | 8 | 9
