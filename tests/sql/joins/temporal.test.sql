-- Each order meets the price that held when it was made, whichever came first.

sql
CREATE TABLE orders (id INT, item STRING, made TIMESTAMP(3), WATERMARK FOR made AS made - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
CREATE TABLE prices (item STRING, price INT, since TIMESTAMP(3), PRIMARY KEY (item) NOT ENFORCED, WATERMARK FOR since AS since)
WITH ('connector' = 'kafka', 'topic' = 'prices', 'format' = 'json');
CREATE TABLE changes_of_name (item STRING, name STRING, since TIMESTAMP(3), WATERMARK FOR since AS since)
WITH ('connector' = 'kafka', 'topic' = 'names', 'format' = 'json');
CREATE TABLE priced (id INT, price INT) WITH ('connector' = 'print');
CREATE TABLE named (id INT, price INT, name STRING) WITH ('connector' = 'print');
CREATE TABLE sums (window_end TIMESTAMP(3), price INT) WITH ('connector' = 'print');
CREATE VIEW names AS
SELECT item, name, since FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY item ORDER BY since DESC) AS n FROM changes_of_name) WHERE n = 1;
CREATE VIEW bought AS
SELECT o.id, o.item, o.made, p.price FROM orders o JOIN prices FOR SYSTEM_TIME AS OF o.made AS p ON o.item = p.item;
EXECUTE STATEMENT SET BEGIN
INSERT INTO priced SELECT id, price FROM bought;
INSERT INTO named SELECT o.id, p.price, n.name FROM orders o
  LEFT JOIN prices FOR SYSTEM_TIME AS OF o.made AS p ON p.item = o.item AND p.price > 5
  LEFT JOIN names FOR SYSTEM_TIME AS OF o.made AS n ON n.item = o.item;
INSERT INTO sums SELECT window_end, SUM(price) FROM TABLE(TUMBLE(TABLE bought, DESCRIPTOR(made), INTERVAL '10' SECOND))
  GROUP BY window_start, window_end;
END;

feed orders: id | item | made
1 | tea | 2026-01-01 00:00:05
2 | tea | 2026-01-01 00:00:03
3 | jam | 2026-01-01 00:00:04
4 | null | 2026-01-01 00:00:04

feed prices: item | price | since
tea | 4 | 2026-01-01 00:00:01

crash

feed prices: item | price | since
tea | 7 | 2026-01-01 00:00:05
jam | 9 | 2026-01-01 00:00:20

feed changes_of_name: item | name | since
tea | Tee | 2026-01-01 00:00:00
jam | Saft | 2026-01-01 00:00:01
jam | Mus | 2026-01-01 00:00:20

feed orders: id | item | made
5 | jam | 2026-01-01 00:00:22

expect priced: id | price
1 | 7
2 | 4

kill

feed orders: id | item | made
6 | jam | 2026-01-01 00:00:20
7 | tea | 2026-01-01 00:00:30

feed prices: item | price | since
fig | 1 | 2026-01-01 00:00:25

feed changes_of_name: item | name | since
fig | Feige | 2026-01-01 00:00:25

expect priced: id | price
1 | 7
2 | 4
5 | 9
6 | 9

expect named: id | price | name
1 | 7 | Tee
2 | null | Tee
3 | null | Saft
4 | null | null
5 | 9 | Mus
6 | 9 | Mus

expect sums: window_end | price
2026-01-01 00:00:10.000 | 11
