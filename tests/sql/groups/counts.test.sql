-- A group's row goes out when it begins and whenever its result has changed: here a count changes
-- with every row, a maximum only with some.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE counts (who STRING, c BIGINT, s INT) WITH ('connector' = 'print');
CREATE TABLE best (who STRING, m INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO counts SELECT who, COUNT(*), SUM(n) FROM clicks GROUP BY who;
INSERT INTO best SELECT who, MAX(n) FROM clicks GROUP BY who;
END;

feed clicks: who | n
ann | 3
bob | 1
ann | 2
ann | null
null | 7

changes counts: who | c | s
+I ann | 1 | 3
+I bob | 1 | 1
-U ann | 1 | 3
+U ann | 2 | 5
-U ann | 2 | 5
+U ann | 3 | 5
+I NULL | 1 | 7

changes best: who | m
+I ann | 3
+I bob | 1
+I NULL | 7

kill

feed clicks: who | n
ann | 4
null | 8

changes counts: who | c | s
-U ann | 3 | 5
+U ann | 4 | 9
-U NULL | 1 | 7
+U NULL | 2 | 15

changes best: who | m
-U ann | 3
+U ann | 4
-U NULL | 7
+U NULL | 8

expect counts: who | c | s
ann  | 4 | 9
bob  | 1 | 1
NULL | 2 | 15
