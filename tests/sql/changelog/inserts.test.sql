-- A query over inserts alone sends inserts alone, in their order, each once.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE out1 (who STRING, n INT) WITH ('connector' = 'print');
INSERT INTO out1 SELECT who, n FROM clicks WHERE n > 1;

feed clicks: who | n
ann | 3
bob | 1
ann | 2

changes out1: who | n
+I ann | 3
+I ann | 2

kill

feed clicks: who | n
cid | 9

changes out1: n | who
+I 9 | cid

expect out1: who | n
ann | 2
ann | 3
cid | 9
