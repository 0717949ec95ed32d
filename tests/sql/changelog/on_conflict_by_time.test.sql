-- DO NOTHING and DO ERROR wait until the watermark rises: what has come by then is kept over kills.

sql
CREATE TABLE orders (id INT, product STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'debezium-json');
CREATE TABLE first_order (product STRING, id INT, PRIMARY KEY (product) NOT ENFORCED)
WITH ('connector' = 'upsert-kafka', 'topic' = 'first_order', 'key.format' = 'json', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY');
CREATE TABLE records (record STRING) WITH ('connector' = 'kafka', 'topic' = 'first_order', 'format' = 'raw');
CREATE TABLE seen (v STRING) WITH ('connector' = 'delta');
SET 'pipeline.name' = 'first';
INSERT INTO first_order SELECT product, id FROM orders ON CONFLICT DO NOTHING;
SET 'pipeline.name' = 'seen';
INSERT INTO seen SELECT record FROM records;

feed orders
{"op": "c", "after": {"id": 1, "product": "phone", "ts": "2026-01-01 00:00:01"}}
{"op": "c", "after": {"id": 9, "product": "watch", "ts": "2026-01-01 00:00:02"}}

expect seen: v
{"id":1}
{"id":9}

kill

feed orders
{"op": "d", "before": {"id": 1, "product": "phone", "ts": "2026-01-01 00:00:01"}}

kill

feed orders
{"op": "c", "after": {"id": 3, "product": "phone", "ts": "2026-01-01 00:00:02"}}

kill

feed orders
{"op": "c", "after": {"id": 10, "product": "pen", "ts": "2026-01-01 00:00:05"}}

expect seen: v
{"id":1}
{"id":9}
{"id":3}
{"id":10}

feed orders
{"op": "c", "after": {"id": 2, "product": "phone", "ts": "2026-01-01 00:00:05"}}

crash

feed orders
{"op": "c", "after": {"id": 11, "product": "cup", "ts": "2026-01-01 00:00:06"}}

expect seen: v
{"id":1}
{"id":9}
{"id":3}
{"id":10}
{"id":11}
