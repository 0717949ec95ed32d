-- A suspended pipeline does not run; the statements of a file say what is so in the end.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE MATERIALIZED TABLE kept FRESHNESS = INTERVAL '1' SECOND AS SELECT who, n FROM clicks;
CREATE MATERIALIZED TABLE still FRESHNESS = INTERVAL '1' SECOND AS SELECT who, n FROM clicks;
CREATE MATERIALIZED TABLE changed FRESHNESS = INTERVAL '1' SECOND AS SELECT who FROM clicks;
ALTER MATERIALIZED TABLE still SUSPEND;
ALTER MATERIALIZED TABLE changed AS SELECT who, n + 1 AS m FROM clicks;

feed clicks: who | n
ann | 1
bob | 2

expect kept: who | n
ann | 1
bob | 2

expect still: who | n
(none)

kill

expect changed: who | m
ann | 2
bob | 3
