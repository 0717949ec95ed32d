-- A topic of upserts: what a query says of a key now is a record, a key that is gone one without a value. Read
-- again it is a table that changes, also through kills, and a topic of changes as Debezium tells them is one too.

sql
CREATE TABLE orders (id INT, who STRING, total INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'debezium-json');
CREATE TABLE totals (who STRING, total INT, n BIGINT NOT NULL, PRIMARY KEY (who) NOT ENFORCED)
WITH ('connector' = 'upsert-kafka', 'topic' = 'totals', 'key.format' = 'json', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY');
CREATE TABLE sizes (total INT, people BIGINT NOT NULL, PRIMARY KEY (total) NOT ENFORCED)
WITH ('connector' = 'upsert-kafka', 'topic' = 'sizes', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE seen (k STRING, v STRING) WITH ('connector' = 'delta');
CREATE TABLE total_records (record STRING) WITH ('connector' = 'kafka', 'topic' = 'totals', 'format' = 'raw');
CREATE TABLE size_records (record STRING) WITH ('connector' = 'kafka', 'topic' = 'sizes', 'format' = 'raw');
SET 'pipeline.name' = 'totals';
INSERT INTO totals SELECT who, SUM(total), COUNT(*) FROM orders GROUP BY who;
SET 'pipeline.name' = 'sizes';
INSERT INTO sizes SELECT total, COUNT(*) FROM totals GROUP BY total;
SET 'pipeline.name' = 'seen';
INSERT INTO seen SELECT 'totals', record FROM total_records UNION ALL SELECT 'sizes', record FROM size_records;

feed orders
{"op": "c", "after": {"id": 1, "who": "ann", "total": 5}}
{"op": "c", "after": {"id": 2, "who": "bob", "total": 5}}

expect seen: k | v
totals | {"total":5,"n":1}
totals | {"total":5,"n":1}
sizes | {"total":5,"people":1}
sizes | {"total":5,"people":2}

kill

feed orders
{"op": "u", "before": {"id": 1, "who": "ann", "total": 5}, "after": {"id": 1, "who": "ann", "total": 7}}
{"op": "d", "before": {"id": 2, "who": "bob", "total": 5}}

expect seen: k | v
sizes | NULL
sizes | {"total":5,"people":1}
sizes | {"total":5,"people":1}
sizes | {"total":5,"people":2}
sizes | {"total":7,"people":1}
totals | NULL
totals | NULL
totals | {"total":5,"n":1}
totals | {"total":5,"n":1}
totals | {"total":7,"n":1}
