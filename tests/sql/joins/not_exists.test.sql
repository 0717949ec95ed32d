-- A row goes out while nothing matches it, and is taken back when something does.

sql
CREATE TABLE orders (id INT, customer INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE found (id INT, customer INT) WITH ('connector' = 'print');
INSERT INTO found SELECT id, customer FROM orders AS o WHERE NOT EXISTS (SELECT * FROM customers AS c WHERE c.id = o.customer);

feed orders: id | customer
1 | 7
2 | null

changes found: id | customer
+I 1 | 7
+I 2 | null

crash

feed customers: id | name
7 | ann
7 | amy

feed orders: id | customer
3 | 7

changes found: id | customer
-D 1 | 7
