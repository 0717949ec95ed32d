-- Records of a transaction that its producer aborts are no rows: neither they nor their times count.

sql
CREATE TABLE clicks (who STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE sums (who STRING, s INT, w_end TIMESTAMP(3)) WITH ('connector' = 'delta');
INSERT INTO sums
SELECT who, SUM(n), window_end
FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY who, window_start, window_end;

abort clicks: who | n | ts
ann | 100 | 2026-01-01 10:00:01
ann | 100 | 2026-01-01 11:00:00

feed clicks: who | n | ts
ann | 1 | 2026-01-01 10:00:02
bob | 2 | 2026-01-01 10:00:03

abort clicks: who | n | ts
bob | 100 | 2026-01-01 10:00:04
bob | 100 | 2026-01-01 12:00:00

kill

feed clicks: who | n | ts
ann | 4 | 2026-01-01 10:00:05
cid | 8 | 2026-01-01 10:00:12

abort clicks: who | n | ts
cid | 100 | 2026-01-01 10:00:13

crash

feed clicks: who | n | ts
cid | 16 | 2026-01-01 10:00:14
dan | 0 | 2026-01-01 10:00:20

expect sums: who | s | w_end
ann | 5 | 2026-01-01 10:00:10.000
bob | 2 | 2026-01-01 10:00:10.000
cid | 24 | 2026-01-01 10:00:20.000
