-- Where parse errors are to be ignored, records that are no JSON are passed over: the pipeline needs no
-- dead-letter table for them, and goes on.

sql
CREATE TABLE clicks (who STRING, n INT)
WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
CREATE TABLE seen (who STRING, n INT) WITH ('connector' = 'delta');
INSERT INTO seen SELECT who, n FROM clicks;

feed clicks
{"who": "ann", "n": 1}
not json
{"who": "bob", "n": "many"}

expect seen: who | n
ann | 1
bob | NULL

kill

feed clicks
{"who": "cy",
{"who": "dan", "n": 4}

expect seen: who | n
ann | 1
bob | NULL
dan | 4
