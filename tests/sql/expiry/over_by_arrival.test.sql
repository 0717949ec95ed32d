-- By arrival, what an OVER without a beginning has gathered of a key is kept for ten seconds from
-- its last row; a frame of some rows up to half as long again, as by event time.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE clicks (who STRING, n INT, came AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE sums (who STRING, n INT, total INT) WITH ('connector' = 'print');
CREATE TABLE pairs (who STRING, n INT, total INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO sums SELECT who, n, SUM(n) OVER (PARTITION BY who ORDER BY came) FROM clicks;
INSERT INTO pairs SELECT who, n, SUM(n) OVER (PARTITION BY who ORDER BY came ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM clicks;
END;

feed clicks: who | n
ann | 1
bob | 1

wait 6 s

feed clicks: who | n
ann | 2

crash

wait 6 s

-- At 12 s: Bob is over for the one, not for the other.
feed clicks: who | n
ann | 3
bob | 2

changes sums: who | n | total
+I ann | 1 | 1
+I bob | 1 | 1
+I ann | 2 | 3
+I ann | 3 | 6
+I bob | 2 | 2

changes pairs: who | n | total
+I ann | 1 | 1
+I bob | 1 | 1
+I ann | 2 | 3
+I ann | 3 | 5
+I bob | 2 | 3

kill

wait 15 s

feed clicks: who | n
ann | 4
bob | 4

changes sums: who | n | total
+I ann | 4 | 4
+I bob | 4 | 4

changes pairs: who | n | total
+I ann | 4 | 4
+I bob | 4 | 4
