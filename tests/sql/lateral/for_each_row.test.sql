-- LATERAL: what belongs to each left row. Compared otherwise than by equality, the first few of an order, and
-- from elements of the row itself.

sql
CREATE TABLE orders (id INT, k STRING, v INT, tags ARRAY<STRING>)
WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE items (k STRING, name STRING, pop INT) WITH ('connector' = 'kafka', 'topic' = 'items', 'format' = 'json');
CREATE TABLE larger (id INT, name STRING, gap INT) WITH ('connector' = 'print');
CREATE TABLE best (id INT, name STRING, pop INT) WITH ('connector' = 'print');
CREATE TABLE counted (id INT, n BIGINT, total INT) WITH ('connector' = 'print');
CREATE TABLE words (id INT, word STRING, both_of STRING) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO larger SELECT id, x.name, x.gap FROM orders CROSS JOIN LATERAL (
  SELECT name, pop - orders.v AS gap FROM items WHERE items.k = orders.k AND items.pop > orders.v) AS x;
INSERT INTO best SELECT id, x.name, x.pop FROM orders AS o LEFT JOIN LATERAL (
  SELECT name, pop FROM items WHERE items.k = o.k ORDER BY pop DESC LIMIT 2) AS x ON TRUE;
INSERT INTO counted SELECT id, x.n, x.total FROM orders LEFT JOIN LATERAL (
  SELECT COUNT(*), SUM(pop) FROM items WHERE items.k = orders.k) AS x (n, total) ON x.n < 3;
INSERT INTO words SELECT id, x.w, x.b FROM orders, LATERAL (
  SELECT UPPER(tag) AS w, tag || k AS b FROM UNNEST(orders.tags) AS u (tag) WHERE tag <> k) AS x;
END;

feed orders
{"id": 1, "k": "a", "v": 5, "tags": ["p", "a"]}
{"id": 2, "k": "b", "v": 1}

feed items
{"k": "a", "name": "x", "pop": 4}
{"k": "a", "name": "y", "pop": 9}

changes larger: id | name | gap
+I 1 | y | 4

changes words: id | word | both_of
+I 1 | P | pa

changes counted: id | n | total
+I 1 | 0 | NULL
+I 2 | 0 | NULL
-D 1 | 0 | NULL
+I 1 | 1 | 4
-U 1 | 1 | 4
+I 1 | 0 | NULL
-D 1 | 0 | NULL
+I 1 | 2 | 13

changes best: id | name | pop
+I 1 | NULL | NULL
+I 2 | NULL | NULL
-D 1 | NULL | NULL
+I 1 | x | 4
+I 1 | y | 9

kill

feed items
{"k": "a", "name": "z", "pop": 7}
{"k": "b", "name": "w", "pop": 1}

changes larger: id | name | gap
+I 1 | z | 2

changes best: id | name | pop
-D 1 | x | 4
+I 1 | z | 7
-D 2 | NULL | NULL
+I 2 | w | 1
