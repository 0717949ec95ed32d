-- A row waits ten seconds for matches. Meeting one does not keep it; where rows without a match are
-- padded, its number of matches is written, and that does.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE orders (id INT, customer INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE met (id INT, name STRING) WITH ('connector' = 'print');
CREATE TABLE padded (id INT, name STRING) WITH ('connector' = 'print');
CREATE TABLE served (id INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO met SELECT o.id, c.name FROM orders AS o JOIN customers AS c ON o.customer = c.id;
INSERT INTO padded SELECT o.id, c.name FROM orders AS o LEFT JOIN customers AS c ON o.customer = c.id;
INSERT INTO served SELECT id FROM orders WHERE customer IN (SELECT id FROM customers);
END;

feed orders: id | customer
1 | 7

wait 6 s

feed customers: id | name
7 | ann

crash

wait 5 s

feed customers: id | name
7 | amy

feed orders: id | customer
2 | 7

changes met: id | name
+I 1 | ann
+I 2 | ann
+I 2 | amy

changes padded: id | name
+I 1 | null
-D 1 | null
+I 1 | ann
+I 1 | amy
+I 2 | ann
+I 2 | amy

changes served: id
+I 1
+I 2

wait 10 s

feed orders: id | customer
3 | 7

changes met: id | name
(none)

changes padded: id | name
+I 3 | null
