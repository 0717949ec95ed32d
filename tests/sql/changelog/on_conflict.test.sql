-- Rows of a query that are told apart by something else than the table's key meet in one row of it. ON CONFLICT DO
-- DEDUPLICATE keeps them all: the table has the last one that came, and the one before when that goes, also through
-- kills. Rows that are only inserted win as they come.

sql
CREATE TABLE order_changes (id INT, product STRING, amount INT)
WITH ('connector' = 'kafka', 'topic' = 'order_changes', 'format' = 'debezium-json');
CREATE TABLE last_order (product STRING, id INT, amount INT, PRIMARY KEY (product) NOT ENFORCED)
WITH ('connector' = 'upsert-kafka', 'topic' = 'last_order', 'key.format' = 'json', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY');
CREATE TABLE records (record STRING) WITH ('connector' = 'kafka', 'topic' = 'last_order', 'format' = 'raw');
CREATE TABLE seen (v STRING) WITH ('connector' = 'delta');
SET 'pipeline.name' = 'last';
INSERT INTO last_order SELECT product, id, amount FROM order_changes WHERE product IS NOT NULL ON CONFLICT DO DEDUPLICATE;
SET 'pipeline.name' = 'seen';
INSERT INTO seen SELECT record FROM records;

feed order_changes
{"op": "c", "after": {"id": 1, "product": "phone", "amount": 5}}
{"op": "c", "after": {"id": 2, "product": "phone", "amount": 6}}
{"op": "c", "after": {"id": 3, "product": "phone", "amount": 7}}

expect seen: v
{"id":1,"amount":5}
{"id":2,"amount":6}
{"id":3,"amount":7}

kill

feed order_changes
{"op": "d", "before": {"id": 2, "product": "phone", "amount": 6}}
{"op": "d", "before": {"id": 3, "product": "phone", "amount": 7}}

expect seen: v
{"id":1,"amount":5}
{"id":1,"amount":5}
{"id":2,"amount":6}
{"id":3,"amount":7}

feed order_changes
{"op": "d", "before": {"id": 1, "product": "phone", "amount": 5}}

expect seen: v
NULL
{"id":1,"amount":5}
{"id":1,"amount":5}
{"id":2,"amount":6}
{"id":3,"amount":7}
