-- ORDER BY event time: rows leave in order when the watermark has reached them; one that comes
-- behind what has left is late.

sql
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE o (id INT) WITH ('connector' = 'print');
INSERT INTO o SELECT id FROM t ORDER BY ts, id DESC;

feed t: id | ts
1 | 2026-01-01 00:00:03
2 | 2026-01-01 00:00:01
3 | 2026-01-01 00:00:03
4 | 2026-01-01 00:00:06

changes o: id
+I 2
+I 3
+I 1

crash

feed t: id | ts
5 | 2026-01-01 00:00:02
6 | 2026-01-01 00:00:05
7 | 2026-01-01 00:00:09

changes o: id
+I 6
+I 4
