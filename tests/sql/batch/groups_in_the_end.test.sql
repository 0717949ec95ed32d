-- In batch mode a group leaves once, when its input has ended, with what all its rows come to: no change is ever taken
-- back, whatever reads it. A group whose rows have all gone again is none; without keys there is one group, even of nothing.

sql
CREATE TABLE calls (id INT, k STRING, minutes INT)
WITH ('connector' = 'kafka', 'topic' = 'calls', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset',
'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:6');
CREATE TABLE phones (k STRING, owner STRING, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'kafka', 'topic' = 'phones', 'format' = 'debezium-json', 'scan.startup.mode' = 'earliest-offset',
'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:5');
CREATE TABLE everything (calls BIGINT, minutes INT, most INT) WITH ('connector' = 'print');
CREATE TABLE nothing (calls BIGINT, minutes INT) WITH ('connector' = 'print');
CREATE TABLE owners (owner STRING, phones BIGINT) WITH ('connector' = 'delta');
CREATE TABLE groups_by_size (n BIGINT, groups_of_it BIGINT, minutes INT) WITH ('connector' = 'delta');
CREATE TABLE longest (k STRING, minutes INT, word STRING) WITH ('connector' = 'print');
CREATE TABLE sets (k STRING, id INT, n BIGINT) WITH ('connector' = 'delta');
CREATE TABLE words (k STRING) WITH ('connector' = 'delta');
SET 'execution.runtime-mode' = 'batch';
CREATE VIEW grouped AS SELECT k, COUNT(*) AS n, SUM(minutes) AS m FROM calls GROUP BY k;
INSERT INTO everything SELECT COUNT(*), SUM(minutes), MAX(minutes) FROM calls;
INSERT INTO nothing SELECT COUNT(*), SUM(minutes) FROM calls WHERE id > 100;
INSERT INTO owners SELECT owner, COUNT(*) FROM phones GROUP BY owner;
INSERT INTO groups_by_size SELECT n, COUNT(*), SUM(m) FROM grouped GROUP BY n HAVING COUNT(*) > 0;
INSERT INTO longest SELECT g.k, g.m, 'long' FROM grouped g WHERE g.m = (SELECT MAX(m) FROM grouped);
INSERT INTO sets SELECT k, id, COUNT(*) FROM calls GROUP BY GROUPING SETS ((k), (id), ());
INSERT INTO words SELECT DISTINCT k FROM calls;

feed calls: id | k | minutes
1 | x | 5
2 | y | 2
3 | x | 7

crash

feed calls: id | k | minutes
1 | z | null
3 | y | 1
1 | w | 11

feed phones
{"op": "c", "before": null, "after": {"k": "x", "owner": "ann"}}
{"op": "c", "before": null, "after": {"k": "y", "owner": "bob"}}
{"op": "c", "before": null, "after": {"k": "z", "owner": "bob"}}
{"op": "u", "before": {"k": "x", "owner": "ann"}, "after": {"k": "x", "owner": "cid"}}
{"op": "d", "before": {"k": "z", "owner": "bob"}, "after": null}

changes everything: calls | minutes | most
+I 6 | 26 | 11

changes nothing: calls | minutes
+I 0 | null

changes longest: k | minutes | word
+I x | 12 | long

expect owners: owner | phones
bob | 1
cid | 1

expect groups_by_size: n | groups_of_it | minutes
2 | 2 | 15
1 | 2 | 11

expect sets: k | id | n
x | null | 2
y | null | 2
z | null | 1
w | null | 1
null | 1 | 3
null | 2 | 1
null | 3 | 2
null | null | 6

expect words: k
x
y
z
w
