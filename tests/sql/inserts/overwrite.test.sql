-- INSERT OVERWRITE in a batch job: what it writes takes the place of what is there, once, whatever
-- crashes.

sql
CREATE TABLE before_it (who STRING, place STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'before_it', 'format' = 'json');
CREATE TABLE clicks (who STRING, place STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:3');
CREATE TABLE seen (who STRING, place STRING, n INT) PARTITIONED BY (place) WITH ('connector' = 'delta');
SET 'pipeline.name' = 'adds';
INSERT INTO seen SELECT * FROM before_it;
SET 'execution.runtime-mode' = 'batch';
SET 'pipeline.name' = 'replaces';
INSERT OVERWRITE seen SELECT who, place, SUM(n) FROM clicks GROUP BY who, place;

feed before_it: who | place | n
old | north | 1
old | south | 2

feed clicks: who | place | n
ann | north | 1
ann | north | 2

kill

expect seen: who | place | n
old | north | 1
old | south | 2

feed clicks: who | place | n
ann | north | 4

crash

expect seen: who | place | n
old | south | 2
ann | north | 7

restart

expect seen: who | place | n
old | south | 2
ann | north | 7
