-- A key of a join with versions is kept for four seconds of the clock from its last use, and up to
-- half as long again; then its version is gone, and so are rows of it that still wait.

sql
SET 'table.exec.state.ttl' = '4 s';
CREATE TABLE orders (id INT, currency STRING, at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE rates (currency STRING, rate INT, at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time, PRIMARY KEY (currency) NOT ENFORCED)
  WITH ('connector' = 'kafka', 'topic' = 'rates', 'format' = 'json');
CREATE TABLE paid (id INT, rate INT) WITH ('connector' = 'print');
INSERT INTO paid SELECT o.id, r.rate FROM orders AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.at_time AS r ON o.currency = r.currency;

feed rates: currency | rate | at_time
eur | 10 | 2026-01-31 10:00:00
usd | 20 | 2026-01-31 10:00:00
jpy | 30 | 2026-01-31 10:00:05

feed orders: id | currency | at_time
1 | eur | 2026-01-31 10:00:04
2 | usd | 2026-01-31 10:00:04
3 | jpy | 2026-01-31 10:00:05

changes paid: id | rate
+I 1 | 10
+I 2 | 20
+I 3 | 30

wait 3 s

-- The euro is put off until 9 s.
feed orders: id | currency | at_time
4 | eur | 2026-01-31 10:00:08

feed rates: currency | rate | at_time
jpy | 31 | 2026-01-31 10:00:08

crash

wait 3 s

-- At 6 s the dollar is over. Order 7 waits.
feed orders: id | currency | at_time
5 | eur | 2026-01-31 10:00:11
6 | usd | 2026-01-31 10:00:11
7 | cad | 2026-01-31 10:00:50

feed rates: currency | rate | at_time
jpy | 32 | 2026-01-31 10:00:11

changes paid: id | rate
+I 4 | 10
+I 5 | 10
+I 6 | null

kill

wait 3 s

feed rates: currency | rate | at_time
eur | 11 | 2026-01-31 10:00:14

feed orders: id | currency | at_time
8 | jpy | 2026-01-31 10:00:14

wait 3 s

-- At 12 s order 7 is over, unmet; the euro, which came at 9 s, is not.
feed orders: id | currency | at_time
9 | eur | 2026-01-31 10:01:00

feed rates: currency | rate | at_time
jpy | 34 | 2026-01-31 10:01:00

changes paid: id | rate
+I 8 | 32
+I 9 | 11
