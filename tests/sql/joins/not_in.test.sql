-- NOT IN of a query with a NULL is never true: the NULL takes everything back.

sql
CREATE TABLE orders (id INT, customer INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE found (id INT, customer INT) WITH ('connector' = 'print');
INSERT INTO found SELECT id, customer FROM orders WHERE customer NOT IN (SELECT id FROM customers);

feed orders: id | customer
1 | 7
2 | 8
3 | null

changes found: id | customer
+I 1 | 7
+I 2 | 8
+I 3 | null

feed customers: id | name
7 | ann

changes found: id | customer
-D 1 | 7
-D 3 | null

kill

feed customers: id | name
null | nobody

changes found: id | customer
-D 2 | 8

expect found: id
(none)
