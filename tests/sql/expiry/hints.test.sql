-- STATE_TTL says how long the rows of each side of a join live; the setting is for what it does not
-- name.

sql
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE orders (id INT, customer INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE customers (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'customers', 'format' = 'json');
CREATE TABLE both_sides (id INT, name STRING) WITH ('connector' = 'print');
CREATE TABLE one_side (id INT, name STRING) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO both_sides SELECT /*+ STATE_TTL('o' = '4 s', 'c' = '20 s') */ o.id, c.name FROM orders AS o JOIN customers AS c ON o.customer = c.id;
INSERT INTO one_side SELECT /*+ STATE_TTL('c' = '4 s') */ o.id, c.name FROM orders AS o JOIN customers AS c ON o.customer = c.id;
END;

feed orders: id | customer
1 | 7

feed customers: id | name
7 | ann

wait 6 s

feed customers: id | name
7 | amy

crash

feed orders: id | customer
2 | 7

changes both_sides: id | name
+I 1 | ann
+I 2 | ann
+I 2 | amy

changes one_side: id | name
+I 1 | ann
+I 1 | amy
+I 2 | amy

wait 16 s

-- Ann is over after 20 s, Amy is not.
feed orders: id | customer
3 | 7

changes both_sides: id | name
+I 3 | amy

changes one_side: id | name
(none)
