-- Top-N with its number: each row that moves is updated at its place; and without: one leaves, one enters.

sql
CREATE TABLE t (id INT, k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE numbered (id INT, k STRING, v INT, rn BIGINT) WITH ('connector' = 'print');
CREATE TABLE plain (id INT, k STRING, v INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO numbered SELECT id, k, v, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
INSERT INTO plain SELECT id, k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
END;

feed t: id | k | v
1 | a | 5
2 | a | 3
3 | b | 9
4 | a | 8

changes numbered: id | k | v | rn
+I 1 | a | 5 | 1
+I 2 | a | 3 | 2
+I 3 | b | 9 | 1
-U 1 | a | 5 | 1
+U 4 | a | 8 | 1
-U 2 | a | 3 | 2
+U 1 | a | 5 | 2

changes plain: id | k | v
+I 1 | a | 5
+I 2 | a | 3
+I 3 | b | 9
-D 2 | a | 3
+I 4 | a | 8

kill

feed t: id | k | v
5 | a | 4
6 | a | 8

changes numbered: id | k | v | rn
-U 1 | a | 5 | 2
+U 6 | a | 8 | 2

changes plain: id | k | v
-D 1 | a | 5
+I 6 | a | 8
