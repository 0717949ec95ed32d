-- The row of a key that a source of upserts has sent is known for ten seconds from when it last came. One
-- that comes as it was goes on, so that what it keeps alive behind this does not expire first.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE people (who STRING, n INT, PRIMARY KEY (who) NOT ENFORCED)
  WITH ('connector' = 'upsert-kafka', 'topic' = 'people', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE seen (who STRING, n INT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'people';
INSERT INTO people SELECT who, n FROM clicks;
SET 'table.exec.state.ttl' = '10 s';
SET 'pipeline.name' = 'seen';
INSERT INTO seen SELECT who, n FROM people;

feed clicks: who | n
ann | 1
bob | 1

wait 6 s

feed clicks: who | n
ann | 1

crash

wait 4 s

feed clicks: who | n
ann | 2
bob | 2

changes seen: who | n
+I ann | 1
+I bob | 1
-U ann | 1
+U ann | 1
-U ann | 1
+U ann | 2
+I bob | 2
