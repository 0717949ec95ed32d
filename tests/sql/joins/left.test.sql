-- A left row without a match goes out with NULLs, and is taken back when a match comes.

sql
CREATE TABLE orders (id INT, customer INT, amount INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE joined (id INT, name STRING) WITH ('connector' = 'print');
INSERT INTO joined SELECT o.id, c.name FROM orders AS o LEFT JOIN customers AS c ON o.customer = c.id AND o.amount > 5;

feed orders: id | customer | amount
1 | 7 | 10
2 | 7 | 1
3 | null | 30

changes joined: id | name
+I 1 | null
+I 2 | null
+I 3 | null

crash

feed customers: id | name
7 | ann
7 | amy

changes joined: id | name
-D 1 | null
+I 1 | ann
+I 1 | amy

feed orders: id | customer | amount
4 | 7 | 40

changes joined: id | name
+I 4 | ann
+I 4 | amy

expect joined: id | name
1 | amy
1 | ann
2 | null
3 | null
4 | amy
4 | ann
