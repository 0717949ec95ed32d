-- Functions written in SQL, wherever an expression stands: a computed column, WHERE, a key and an argument of
-- GROUP BY, HAVING, a join's condition, a view; a row that cannot be computed is a dead letter.

sql
CREATE FUNCTION clean (s STRING) RETURNS STRING RETURN LOWER(TRIM(s));
CREATE FUNCTION per_unit (total INT, n INT) RETURNS INT RETURN total / n;
CREATE FUNCTION is_large (a INT) RETURNS BOOLEAN RETURN a >= 10;
CREATE FUNCTION size_of (a INT) RETURNS STRING RETURN CASE WHEN is_large(a) THEN 'large' ELSE 'small' END;
CREATE TABLE orders (id INT, who STRING, total INT, n INT, name AS clean(who))
WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE people (who STRING, town STRING) WITH ('connector' = 'kafka', 'topic' = 'people', 'format' = 'json');
CREATE TABLE prices (id INT, name STRING, price INT) WITH ('connector' = 'print');
CREATE TABLE sizes (bulk STRING, n BIGINT, most INT) WITH ('connector' = 'print');
CREATE TABLE towns (id INT, town STRING) WITH ('connector' = 'print');
CREATE TABLE dlq (event_data STRING, source_offset BIGINT, reason STRING) WITH ('connector' = 'delta');
CREATE VIEW big AS SELECT * FROM orders WHERE is_large(total);
SET 'millrace.dead-letter.table' = 'dlq';
EXECUTE STATEMENT SET BEGIN
INSERT INTO prices SELECT id, name, per_unit(total, n) FROM orders;
INSERT INTO sizes SELECT size_of(total), COUNT(*), MAX(per_unit(total, 1)) FROM orders GROUP BY size_of(total)
  HAVING is_large(CAST(COUNT(*) * 10 AS INT));
INSERT INTO towns SELECT id, town FROM big JOIN people ON clean(people.who) = clean(big.who);
END;

feed people
{"who": " ANN", "town": "Oslo"}

feed orders
{"id": 1, "who": " Ann ", "total": 20, "n": 4}
{"id": 2, "who": "bob", "total": 5, "n": 2}
{"id": 3, "who": "cy", "total": 30, "n": 0}

changes prices: id | name | price
+I 1 | ann | 5
+I 2 | bob | 2

changes sizes: bulk | n | most
+I large | 1 | 20
+I small | 1 | 5
-U large | 1 | 20
+U large | 2 | 30

changes towns: id | town
+I 1 | Oslo

kill

feed orders
{"id": 4, "who": "ANN", "total": 10, "n": 1}

changes prices: id | name | price
+I 4 | ann | 10

changes towns: id | town
+I 4 | Oslo

expect dlq: source_offset | reason
2 | *
