-- Both sides are padded; the row that was, goes just ahead of the first that joins.

sql
CREATE TABLE orders (id INT, customer INT, amount INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE joined (id INT, name STRING) WITH ('connector' = 'print');
INSERT INTO joined SELECT o.id, c.name FROM orders AS o FULL JOIN customers AS c ON o.customer = c.id;

feed orders: id | customer | amount
1 | 7 | 10
2 | 7 | 20

feed customers: id | name
8 | bob

changes joined: id | name
+I 1 | null
+I 2 | null
+I null | bob

kill

feed customers: id | name
7 | ann

feed orders: id | customer | amount
3 | 8 | 30

changes joined: id | name
-D 1 | null
+I 1 | ann
-D 2 | null
+I 2 | ann
-D null | bob
+I 3 | bob
