-- The rows of a key of OVER by a value are kept for ten seconds from the last of them.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE sums (who STRING, n INT, total INT) WITH ('connector' = 'print');
INSERT INTO sums SELECT who, n, SUM(n) OVER (PARTITION BY who ORDER BY n) FROM clicks;

feed clicks: who | n
ann | 2
bob | 2

wait 6 s

feed clicks: who | n
ann | 5

crash

wait 4 s

feed clicks: who | n
ann | 1
bob | 1

changes sums: who | n | total
+I ann | 2 | 2
+I bob | 2 | 2
+I ann | 5 | 7
+I ann | 1 | 1
-U ann | 2 | 2
+U ann | 2 | 3
-U ann | 5 | 7
+U ann | 5 | 8
+I bob | 1 | 1

wait 10 s

feed clicks: who | n
ann | 9

changes sums: who | n | total
+I ann | 9 | 9
