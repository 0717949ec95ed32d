-- The rows of a key that ON CONFLICT DO DEDUPLICATE keeps go ten seconds after the last change of
-- any of them; what is taken back then is passed over.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE order_changes (id INT, product STRING, amount INT)
WITH ('connector' = 'kafka', 'topic' = 'order_changes', 'format' = 'debezium-json');
CREATE TABLE last_order (product STRING, id INT, amount INT, PRIMARY KEY (product) NOT ENFORCED)
WITH ('connector' = 'upsert-kafka', 'topic' = 'last_order', 'key.format' = 'json', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY');
CREATE TABLE records (record STRING) WITH ('connector' = 'kafka', 'topic' = 'last_order', 'format' = 'raw');
CREATE TABLE seen (v STRING) WITH ('connector' = 'print');
SET 'pipeline.name' = 'last';
INSERT INTO last_order SELECT product, id, amount FROM order_changes ON CONFLICT DO DEDUPLICATE;
SET 'pipeline.name' = 'seen';
INSERT INTO seen SELECT record FROM records;

feed order_changes
{"op": "c", "after": {"id": 1, "product": "phone", "amount": 5}}
{"op": "c", "after": {"id": 2, "product": "phone", "amount": 6}}

wait 6 s

feed order_changes
{"op": "d", "before": {"id": 1, "product": "phone", "amount": 5}}

crash

wait 6 s

-- At 12 s the second one, which came at first, is there still.
feed order_changes
{"op": "c", "after": {"id": 3, "product": "phone", "amount": 7}}
{"op": "d", "before": {"id": 3, "product": "phone", "amount": 7}}

changes seen: v
+I {"id":1,"amount":5}
+I {"id":2,"amount":6}
+I {"id":3,"amount":7}
+I {"id":2,"amount":6}

wait 10 s

feed order_changes
{"op": "c", "after": {"id": 4, "product": "phone", "amount": 8}}
{"op": "c", "after": {"id": 5, "product": "phone", "amount": 9}}
{"op": "d", "before": {"id": 5, "product": "phone", "amount": 9}}
{"op": "d", "before": {"id": 2, "product": "phone", "amount": 6}}

changes seen: v
+I {"id":4,"amount":8}
+I {"id":5,"amount":9}
+I {"id":4,"amount":8}
