-- OVER takes the rows of a key in the order of time; what the watermark has passed is late.

sql
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE sums (id INT, s INT, m INT) WITH ('connector' = 'print');
CREATE TABLE two (id INT, s INT, m INT) WITH ('connector' = 'print');
CREATE TABLE near (id INT, n BIGINT) WITH ('connector' = 'print');
CREATE TABLE before (id INT, v INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO sums SELECT id, SUM(v) OVER w, MAX(v) OVER w FROM t WINDOW w AS (PARTITION BY k ORDER BY ts);
INSERT INTO two SELECT id, SUM(v) OVER w, MAX(v) OVER w FROM t
  WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
INSERT INTO near SELECT id, COUNT(*) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '2' SECOND PRECEDING AND CURRENT ROW) FROM t;
INSERT INTO before SELECT id, LAG(v, 1, 0) OVER (PARTITION BY k ORDER BY ts) FROM t;
END;

feed t: id | k | v | ts
1 | a | 5 | 2026-01-01 00:00:03
2 | a | 6 | 2026-01-01 00:00:01
3 | b | 7 | 2026-01-01 00:00:02
4 | a | 8 | 2026-01-01 00:00:03
5 | a | 9 | 2026-01-01 00:00:05

kill

feed t: id | k | v | ts
6 | a | 2 | 2026-01-01 00:00:02
7 | a | 1 | 2026-01-01 00:00:04
8 | a | 4 | 2026-01-01 00:00:08

changes sums: id | s | m
+I 3 | 7 | 7
+I 1 | 13 | 8
+I 4 | 13 | 8
+I 7 | 14 | 8
+I 5 | 23 | 9

changes two: id | s | m
+I 2 | 6 | 6
+I 3 | 7 | 7
+I 1 | 11 | 6
+I 4 | 13 | 8
+I 7 | 9 | 8
+I 5 | 10 | 9

changes near: id | n
+I 2 | 1
+I 3 | 1
+I 1 | 3
+I 4 | 3
+I 7 | 3
+I 5 | 4

changes before: id | v
+I 3 | 0
+I 1 | 5
+I 4 | 5
+I 7 | 8
+I 5 | 1
