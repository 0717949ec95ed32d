-- A group is forgotten ten seconds after its last row, without a word; a row that comes later begins
-- it anew. A row that changes nothing keeps it, and says so to what comes behind.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE counts (who STRING, c BIGINT, s INT) WITH ('connector' = 'print');
CREATE TABLE seen (who STRING) WITH ('connector' = 'print');
CREATE TABLE best (who STRING, m INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO counts SELECT who, COUNT(*), SUM(n) FROM clicks GROUP BY who;
INSERT INTO seen SELECT DISTINCT who FROM clicks;
INSERT INTO best SELECT who, MAX(n) FROM clicks GROUP BY who;
END;

feed clicks: who | n
ann | 5
bob | 1

wait 9 s

feed clicks: who | n
ann | 2

changes counts: who | c | s
+I ann | 1 | 5
+I bob | 1 | 1
-U ann | 1 | 5
+U ann | 2 | 7

-- The maximum is the same, and goes out again.
changes best: who | m
+I ann | 5
+I bob | 1
-U ann | 5
+U ann | 5

crash

wait 1 s

-- Bob's ten seconds are over, Ann has nine left: a checkpoint keeps the times.
feed clicks: who | n
ann | 3
bob | 4

changes counts: who | c | s
-U ann | 2 | 7
+U ann | 3 | 10
+I bob | 1 | 4

kill

wait 10 s

feed clicks: who | n
bob | 1
ann | 1

changes counts: who | c | s
+I bob | 1 | 1
+I ann | 1 | 1

changes best: who | m
-U ann | 5
+U ann | 5
+I bob | 4
+I bob | 1
+I ann | 1

changes seen: who
+I ann
+I bob
-U ann
+U ann
-U ann
+U ann
+I bob
+I bob
+I ann
