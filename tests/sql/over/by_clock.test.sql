-- RANGE by processing time: rows of one millisecond have one result, and leave when it is over.

sql
CREATE TABLE clicks (who STRING, n INT, pt AS PROCTIME())
  WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE sums (who STRING, n INT, total INT, most INT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'sums';
INSERT INTO sums
SELECT who, n, SUM(n) OVER w, MAX(n) OVER w FROM clicks
WINDOW w AS (PARTITION BY who ORDER BY pt RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW);
CREATE TABLE alone (who STRING, n INT, total INT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'alone';
INSERT INTO alone
SELECT who, n, SUM(n) OVER (PARTITION BY who ORDER BY pt RANGE BETWEEN INTERVAL '0' SECOND PRECEDING AND CURRENT ROW)
FROM clicks;

feed clicks: who | n
ann | 5
bob | 1
ann | 2

changes sums: who | n | total | most
(none)

crash

wait 4 s

changes sums: who | n | total | most
+I ann | 5 | 7 | 5
+I bob | 1 | 1 | 1
+I ann | 2 | 7 | 5

changes alone: who | n | total
+I ann | 5 | 7
+I bob | 1 | 1
+I ann | 2 | 7

feed clicks: who | n
ann | 3
bob | 2

kill

feed clicks: who | n
ann | 4

wait 6 s

changes sums: who | n | total | most
+I ann | 3 | 14 | 5
+I bob | 2 | 3 | 2
+I ann | 4 | 14 | 5

changes alone: who | n | total
+I ann | 3 | 7
+I bob | 2 | 2
+I ann | 4 | 7

-- What came ten seconds ago is in the frame, and gone a second later.
feed clicks: who | n
ann | 1

wait 1 s

changes sums: who | n | total | most
+I ann | 1 | 15 | 5

feed clicks: who | n
ann | 1

wait 1 s

changes sums: who | n | total | most
+I ann | 1 | 9 | 4

kill

wait 30 s

feed clicks: who | n
ann | 8
bob | 8

wait 1 s

changes sums: who | n | total | most
+I ann | 8 | 8 | 8
+I bob | 8 | 8 | 8

changes alone: who | n | total
+I ann | 1 | 1
+I ann | 1 | 1
+I ann | 8 | 8
+I bob | 8 | 8
