-- PARTITION (k = 'v') gives columns their values, and the query the others, in their order.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE seen (who STRING, place STRING, day_of DATE, n INT) PARTITIONED BY (place, day_of) WITH ('connector' = 'delta');
SET 'pipeline.name' = 'first';
INSERT INTO seen PARTITION (place = 'north', day_of = '2026-01-31') SELECT who, n FROM clicks;
SET 'pipeline.name' = 'second';
INSERT INTO seen PARTITION (day_of = '2026-02-01') (n, who, place) SELECT n * 10, UPPER(who), 'south' FROM clicks;

feed clicks: who | n
ann | 1

expect seen: who | place | day_of | n
ann | north | 2026-01-31 | 1
ANN | south | 2026-02-01 | 10
