-- Each order meets the customers that the lake's table has when it is processed, and what is added
-- to the table later changes nothing.

sql
CREATE TABLE changes (id INT, name STRING, since TIMESTAMP(3))
WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING, since TIMESTAMP(3)) WITH ('connector' = 'delta');
CREATE TABLE orders (n INT, customer INT, pt AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE shown (n INT, name STRING, since TIMESTAMP(3)) WITH ('connector' = 'print');
INSERT INTO customers SELECT id, name, since FROM changes;
INSERT INTO shown SELECT o.n, c.name, c.since
FROM orders o LEFT JOIN customers FOR SYSTEM_TIME AS OF o.pt AS c ON o.customer = c.id;

feed changes: id | name | since
1 | ann | 2026-01-01 00:00:00.5
2 | bob | 2026-01-01 00:00:01

wait 5 s

feed orders: n | customer
1 | 1
2 | 3
3 | null

expect shown: n | name | since
1 | ann | 2026-01-01 00:00:00.500
2 | null | null
3 | null | null

feed changes: id | name | since
3 | cyd | 2026-01-02 00:00:00

wait 5 s

crash

feed orders: n | customer
4 | 3
5 | 1

expect shown: n | name | since
1 | ann | 2026-01-01 00:00:00.500
2 | null | null
3 | null | null
4 | cyd | 2026-01-02 00:00:00.000
5 | ann | 2026-01-01 00:00:00.500
