-- De-duplication by event time: the first leaves when no earlier one can follow, the last replaces.

sql
CREATE TABLE t (id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE firsts (id INT, k STRING) WITH ('connector' = 'print');
CREATE TABLE lasts (id INT, k STRING) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO firsts SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM t) WHERE rn = 1;
INSERT INTO lasts SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM t) WHERE rn = 1;
END;

feed t: id | k | ts
1 | a | 2026-01-01 00:00:03
2 | a | 2026-01-01 00:00:02
3 | b | 2026-01-01 00:00:03
4 | a | 2026-01-01 00:00:03
5 | a | 2026-01-01 00:00:05

changes firsts: id | k
+I 2 | a
+I 3 | b

changes lasts: id | k
+I 1 | a
+I 3 | b
-U 1 | a
+U 4 | a
-U 4 | a
+U 5 | a

kill

feed t: id | k | ts
6 | c | 2026-01-01 00:00:02
7 | c | 2026-01-01 00:00:03
8 | a | 2026-01-01 00:00:09

changes firsts: id | k
+I 7 | c

changes lasts: id | k
+I 6 | c
-U 6 | c
+U 7 | c
-U 5 | a
+U 8 | a
