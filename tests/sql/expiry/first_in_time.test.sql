-- That a key's first row by event time has left is known for ten seconds of the clock.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE clicks (who STRING, n INT, at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE firsts (who STRING, n INT) WITH ('connector' = 'print');
INSERT INTO firsts SELECT who, n FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY who ORDER BY at_time) AS place FROM clicks) WHERE place = 1;

feed clicks: who | n | at_time
ann | 2 | 2026-01-31 10:00:02
ann | 1 | 2026-01-31 10:00:03

wait 6 s

feed clicks: who | n | at_time
ann | 3 | 2026-01-31 10:00:11
bob | 4 | 2026-01-31 10:00:12

changes firsts: who | n
+I ann | 2
+I bob | 4

crash

wait 4 s

-- Ann is over; Bob, who left later, is not.
feed clicks: who | n | at_time
ann | 7 | 2026-01-31 10:00:20
bob | 8 | 2026-01-31 10:00:21

changes firsts: who | n
+I ann | 7
