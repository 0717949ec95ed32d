-- ORDER BY with LIMIT keeps the first rows of all; LIMIT alone those that came first.

sql
CREATE TABLE t (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE most (id INT) WITH ('connector' = 'print');
CREATE TABLE runner_up (id INT) WITH ('connector' = 'print');
CREATE TABLE any_two (id INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO most SELECT id FROM t ORDER BY v DESC LIMIT 2;
INSERT INTO runner_up SELECT id FROM t ORDER BY v DESC LIMIT 1 OFFSET 1;
INSERT INTO any_two SELECT id FROM t LIMIT 2;
END;

feed t: id | v
1 | 5
2 | 3
3 | 9

changes most: id
+I 1
+I 2
-D 2
+I 3

changes runner_up: id
+I 2
-U 2
+U 1

changes any_two: id
+I 1
+I 2

crash

feed t: id | v
4 | 7

changes most: id
-D 1
+I 4

changes runner_up: id
-U 1
+U 4

changes any_two: id
