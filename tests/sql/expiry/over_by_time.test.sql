-- By event time a key of OVER is kept for ten seconds of the clock from each row that comes or
-- leaves, and up to half as long again: its time is only put off where it would be over within ten
-- seconds. It is not forgotten while a row of it waits.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE clicks (who STRING, n INT, at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time - INTERVAL '1' SECOND) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE sums (who STRING, n INT, total INT) WITH ('connector' = 'print');
CREATE TABLE pairs (who STRING, n INT, total INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO sums SELECT who, n, SUM(n) OVER (PARTITION BY who ORDER BY at_time) FROM clicks;
INSERT INTO pairs SELECT who, n, SUM(n) OVER (PARTITION BY who ORDER BY at_time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM clicks;
END;

feed clicks: who | n | at_time
ann | 1 | 2026-01-31 10:00:01
bob | 1 | 2026-01-31 10:00:02
eve | 0 | 2026-01-31 10:00:03

-- Until 15 s, which is long enough.
wait 4 s

feed clicks: who | n | at_time
ann | 2 | 2026-01-31 10:00:04
eve | 0 | 2026-01-31 10:00:06

crash

wait 7 s

-- Both at 11 s: Ann and Bob are put off until 26 s.
feed clicks: who | n | at_time
ann | 3 | 2026-01-31 10:00:11
bob | 2 | 2026-01-31 10:00:11
eve | 0 | 2026-01-31 10:00:13

changes sums: who | n | total
+I ann | 1 | 1
+I bob | 1 | 1
+I eve | 0 | 0
+I ann | 2 | 3
+I eve | 0 | 0
+I ann | 3 | 6
+I bob | 2 | 3

wait 14 s

-- At 25 s.
feed clicks: who | n | at_time
ann | 4 | 2026-01-31 10:00:25
eve | 0 | 2026-01-31 10:00:27

kill

wait 14 s

-- At 39 s: Bob was over at 26 s, Ann is not.
feed clicks: who | n | at_time
bob | 3 | 2026-01-31 10:00:39
ann | 5 | 2026-01-31 10:00:39
eve | 0 | 2026-01-31 10:00:41

changes sums: who | n | total
+I eve | 0 | 0
+I ann | 4 | 10
+I eve | 0 | 0
+I bob | 3 | 3
+I ann | 5 | 15

changes pairs: who | n | total
+I ann | 1 | 1
+I bob | 1 | 1
+I eve | 0 | 0
+I ann | 2 | 3
+I eve | 0 | 0
+I ann | 3 | 5
+I bob | 2 | 3
+I eve | 0 | 0
+I ann | 4 | 7
+I eve | 0 | 0
+I bob | 3 | 3
+I ann | 5 | 9

-- A row of Ann waits, and so do those before it.
feed clicks: who | n | at_time
ann | 6 | 2026-01-31 10:00:55

wait 60 s

feed clicks: who | n | at_time
bob | 4 | 2026-01-31 10:00:56
eve | 0 | 2026-01-31 10:00:58

changes sums: who | n | total
+I eve | 0 | 0
+I ann | 6 | 21
+I bob | 4 | 4

changes pairs: who | n | total
+I eve | 0 | 0
+I ann | 6 | 11
+I bob | 4 | 4
