-- What a batch of a topic says of all of its records: the leader that took them, and whose time they have.

sql
CREATE TABLE clicks (who STRING) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE read_again (
  who STRING,
  epoch INT METADATA FROM 'leader-epoch' VIRTUAL,
  `timestamp-type` STRING METADATA VIRTUAL
) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE seen (who STRING, epoch INT, kind STRING) WITH ('connector' = 'delta');
INSERT INTO seen SELECT * FROM read_again;

feed clicks
{"who": "ann"}
{"who": "bob"}

crash

feed clicks
{"who": "cy"}

expect seen: who | epoch | kind
ann | 0 | CreateTime
bob | 0 | CreateTime
cy | 0 | CreateTime
