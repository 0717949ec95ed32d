-- UNNEST: a row once an element, and none or one with NULL where there is no element.

sql
CREATE TABLE t (id INT, tags ARRAY<STRING>, lines ARRAY<ROW<sku STRING, n INT>>, m MAP<STRING, INT>)
WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE tags (id INT, tag STRING, nth INT) WITH ('connector' = 'print');
CREATE TABLE kept (id INT, tag STRING, nth INT) WITH ('connector' = 'print');
CREATE TABLE items (id INT, sku STRING, n INT) WITH ('connector' = 'print');
CREATE TABLE pairs (id INT, k STRING, v INT) WITH ('connector' = 'print');
CREATE TABLE counts (tag STRING, n BIGINT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO tags SELECT id, tag, nth FROM t CROSS JOIN UNNEST(tags) WITH ORDINALITY AS u (tag, nth);
INSERT INTO kept SELECT id, tag, nth FROM t LEFT JOIN UNNEST(t.tags) WITH ORDINALITY AS u (tag, nth) ON TRUE;
INSERT INTO items SELECT id, u.* FROM t, UNNEST(lines) AS u (sku, n) WHERE n > 1;
INSERT INTO pairs SELECT id, k, v FROM t JOIN UNNEST(m) AS u (k, v) ON v > id;
INSERT INTO counts SELECT tag, COUNT(*) FROM t CROSS JOIN UNNEST(tags) AS u (tag) GROUP BY tag;
END;

feed t
{"id": 1, "tags": ["a", "b"], "lines": [{"sku": "x", "n": 2}, {"sku": "y", "n": 1}], "m": {"k": 1, "l": 2}}
{"id": 2, "tags": [], "lines": null, "m": {}}
{"id": 3, "tags": ["b", null], "lines": [null, {"sku": "z", "n": 5}]}

changes tags: id | tag | nth
+I 1 | a | 1
+I 1 | b | 2
+I 3 | b | 1
+I 3 | NULL | 2

changes kept: id | tag | nth
+I 1 | a | 1
+I 1 | b | 2
+I 2 | NULL | NULL
+I 3 | b | 1
+I 3 | NULL | 2

changes items: id | sku | n
+I 1 | x | 2
+I 3 | z | 5

changes pairs: id | k | v
+I 1 | l | 2

changes counts: tag | n
+I a | 1
+I b | 1
-U b | 1
+U b | 2
+I NULL | 1

kill

feed t
{"id": 4, "tags": ["a"]}

changes tags: id | tag | nth
+I 4 | a | 1

changes counts: tag | n
-U a | 1
+U a | 2
