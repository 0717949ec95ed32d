-- Dead letters are played again by a pipeline like any other: it reads their bytes, mends them, and
-- writes them to the topic that they came from, each once, whatever is killed and however often it runs.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE letters (event_data STRING, reason STRING, source_offset BIGINT)
WITH ('connector' = 'kafka', 'topic' = 'letters', 'format' = 'json');
CREATE TABLE again (record STRING) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'raw');
CREATE TABLE seen (who STRING, n INT) WITH ('connector' = 'delta');
SET 'pipeline.name' = 'clicks';
SET 'millrace.dead-letter.table' = 'letters';
INSERT INTO seen SELECT who, n FROM clicks;
RESET 'millrace.dead-letter.table';
SET 'pipeline.name' = 'replay';
INSERT INTO again SELECT REPLACE(event_data, '"many"', '100') FROM letters WHERE event_data LIKE '%"many"%';

feed clicks
{"who": "ann", "n": 1}
{"who": "bob", "n": "many"}
{"who": "cy", "n": "none"}

expect seen: who | n
ann | 1
bob | 100

kill

expect seen: who | n
ann | 1
bob | 100

feed clicks
{"who": "dan", "n": "many"}

kill

expect seen: who | n
ann | 1
bob | 100
dan | 100
