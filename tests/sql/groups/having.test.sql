-- HAVING drops changes one by one, so that a group which enters it later enters with +U, as in
-- Flink, and one that leaves it leaves with -U.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE sums (who STRING, s INT) WITH ('connector' = 'print');
INSERT INTO sums SELECT who, SUM(n) FROM clicks GROUP BY who HAVING SUM(n) > 2;

feed clicks: who | n
ann | 1
ann | 2
ann | 1
ann | -3
bob | 5

changes sums: who | s
+U ann | 3
-U ann | 3
+U ann | 4
-U ann | 4
+I bob | 5
