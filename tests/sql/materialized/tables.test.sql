-- A materialized table is in the lake where nothing else is said, and its pipeline keeps it filled over kills and
-- crashes. Another reads it; one with a key has the result of each group.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE MATERIALIZED TABLE big WITH ('source.monitor-interval' = '1 s') FRESHNESS = INTERVAL '1' SECOND AS SELECT who, n FROM clicks WHERE n > 1;
CREATE MATERIALIZED TABLE twice (n2, who) FRESHNESS = INTERVAL '1' SECOND AS SELECT who, n * 2 AS n2 FROM big;
CREATE MATERIALIZED TABLE sums (who STRING, total INT, PRIMARY KEY (who) NOT ENFORCED)
WITH ('connector' = 'blackhole') FRESHNESS = INTERVAL '1' SECOND AS SELECT who, SUM(n) AS total FROM clicks GROUP BY who;

feed clicks: who | n
ann | 1
bob | 2
ann | 5

expect big: who | n
bob | 2
ann | 5

kill

feed clicks: who | n
bob | 7

wait 5 s

expect twice: n2 | who
4 | bob
10 | ann
14 | bob

crash

feed clicks: who | n
ann | 9

expect big: who | n
bob | 2
ann | 5
bob | 7
ann | 9

expect sums: who | total
ann | 15
bob | 9
