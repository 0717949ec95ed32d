-- A row goes out once, when the first row that it is IN comes, or at once where there is one.

sql
CREATE TABLE orders (id INT, customer INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE found (id INT, customer INT) WITH ('connector' = 'print');
INSERT INTO found SELECT id, customer FROM orders WHERE customer IN (SELECT id FROM customers WHERE name <> 'bad');

feed orders: id | customer
1 | 7
2 | 8
3 | null

changes found: id | customer
(none)

kill

feed customers: id | name
7 | ann
7 | amy
8 | bad
null | nobody

feed orders: id | customer
4 | 7

changes found: id | customer
+I 1 | 7
+I 4 | 7
