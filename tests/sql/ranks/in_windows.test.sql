-- The best two of each window leave when it ends.

sql
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE best (id INT, v INT, rn BIGINT) WITH ('connector' = 'print');
INSERT INTO best
SELECT id, v, rn FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS rn
  FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)))
WHERE rn <= 2;

feed t: id | k | v | ts
1 | a | 5 | 2026-01-01 00:00:03
2 | a | 7 | 2026-01-01 00:00:09
3 | b | 6 | 2026-01-01 00:00:08
4 | b | 9 | 2026-01-01 00:00:11

kill

feed t: id | k | v | ts
5 | a | 7 | 2026-01-01 00:00:05
6 | a | 1 | 2026-01-01 00:00:12
7 | a | 8 | 2026-01-01 00:00:09

changes best: id | v | rn
+I 2 | 7 | 1
+I 5 | 7 | 2
