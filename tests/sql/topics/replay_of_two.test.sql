-- Two pipelines read one topic, and each has letters of its own: of a record that both refuse, and of one that
-- only the first cannot compute. A letter that is played again with the name of its pipeline in a header is
-- for that one alone.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE letters (event_data STRING, reason STRING, pipeline STRING)
WITH ('connector' = 'kafka', 'topic' = 'letters', 'format' = 'json');
CREATE TABLE again (record STRING, headers MAP<STRING, BYTES> METADATA)
WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'raw');
CREATE TABLE seen (who STRING, n INT) WITH ('connector' = 'delta');
CREATE TABLE names (who STRING) WITH ('connector' = 'delta');
SET 'millrace.dead-letter.table' = 'letters';
INSERT INTO seen SELECT who, 100 / n FROM clicks;
INSERT INTO names SELECT who FROM clicks;
RESET 'millrace.dead-letter.table';
SET 'pipeline.name' = 'replay';
INSERT INTO again
SELECT REPLACE(REPLACE(event_data, '"n": 0', '"n": 1'), 'broken', ''), MAP['millrace.pipeline', CAST(pipeline AS BYTES)]
FROM letters;

feed clicks
{"who": "ann", "n": 1}
{"who": "bob", "n": 0}
{"who": "cy", "n": 10}broken

kill

expect seen: who | n
ann | 100
bob | 100
cy | 10

expect names: who
ann
bob
cy
