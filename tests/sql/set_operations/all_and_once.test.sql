-- INTERSECT and EXCEPT over two streams: once a row, or with ALL as often as counting says.

sql
CREATE TABLE l (k STRING) WITH ('connector' = 'kafka', 'topic' = 'l', 'format' = 'json');
CREATE TABLE r (k STRING) WITH ('connector' = 'kafka', 'topic' = 'r', 'format' = 'json');
CREATE TABLE either (k STRING) WITH ('connector' = 'print');
CREATE TABLE shared (k STRING) WITH ('connector' = 'print');
CREATE TABLE remaining (k STRING) WITH ('connector' = 'print');
CREATE TABLE less (k STRING) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO either SELECT k FROM l UNION SELECT k FROM r;
INSERT INTO shared SELECT k FROM l INTERSECT SELECT k FROM r;
INSERT INTO remaining SELECT k FROM l EXCEPT SELECT k FROM r;
INSERT INTO less SELECT k FROM l EXCEPT ALL SELECT k FROM r;
END;

feed l: k
a
a
b

changes either: k
+I a
+I b

changes remaining: k
+I a
+I b

changes less: k
+I a
-U a
+U a
+U a
+I b

crash

feed r: k
a
c

changes either: k
+I c

changes shared: k
+I a

changes remaining: k
-D a

changes less: k
-U a
-U a
+U a
