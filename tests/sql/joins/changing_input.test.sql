-- A join over a left join, whose rows are taken back: what joined with them is taken back as well.

sql
CREATE TABLE orders (id INT, customer INT, amount INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE cities (name STRING, city STRING) WITH ('connector' = 'kafka', 'topic' = 'cities', 'format' = 'json');
CREATE TABLE joined (id INT, name STRING, city STRING) WITH ('connector' = 'print');
INSERT INTO joined
SELECT n.id, n.name, t.city
FROM (SELECT o.id, COALESCE(c.name, 'unknown') AS name FROM orders AS o LEFT JOIN customers AS c ON o.customer = c.id) AS n
JOIN cities AS t ON n.name = t.name;

feed cities: name | city
unknown | nowhere
ann | Almaty

feed orders: id | customer | amount
1 | 7 | 10

changes joined: id | name | city
+I 1 | unknown | nowhere

kill

feed customers: id | name
7 | ann

changes joined: id | name | city
-D 1 | unknown | nowhere
+I 1 | ann | Almaty
