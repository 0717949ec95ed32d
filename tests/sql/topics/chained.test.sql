-- One pipeline reads what another writes. Both have passed an epoch when the machine goes, and the
-- end of the writer's transaction goes with it: the epoch counts all the same.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE totals (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'totals', 'format' = 'json');
CREATE TABLE seen (who STRING, n INT) WITH ('connector' = 'delta');
SET 'pipeline.name' = 'second';
INSERT INTO seen SELECT who, n FROM totals;
SET 'pipeline.name' = 'first';
INSERT INTO totals SELECT who, n FROM clicks;

feed clicks: who | n
ann | 1
bob | 2

expect seen: who | n
ann | 1
bob | 2

feed clicks: who | n
ann | 3

crash

feed clicks: who | n
bob | 4

expect seen: who | n
ann | 1
ann | 3
bob | 2
bob | 4
