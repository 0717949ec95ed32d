-- Rows join as they come, whichever side comes first; NULL keys join nothing.

sql
CREATE TABLE orders (id INT, customer INT, amount INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE joined (id INT, name STRING, amount INT) WITH ('connector' = 'print');
INSERT INTO joined SELECT o.id, c.name, o.amount FROM orders AS o JOIN customers AS c ON o.customer = c.id;

feed orders: id | customer | amount
1 | 7 | 10
2 | 8 | 20
3 | null | 30

changes joined: id | name | amount
(none)

feed customers: id | name
7 | a customer with a long name
null | nobody

changes joined: id | name | amount
+I 1 | a customer with a long name | 10

kill

feed orders: id | customer | amount
4 | 7 | 40

feed customers: id | name
7 | second of this number
8 | bob

changes joined: id | name | amount
+I 4 | a customer with a long name | 40
+I 1 | second of this number | 10
+I 4 | second of this number | 40
+I 2 | bob | 20
