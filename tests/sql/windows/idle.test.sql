-- A table to which nothing comes holds the watermark of a window back until its time is over.

sql
SET 'table.exec.source.idle-timeout' = '20 s';
CREATE TABLE busy (who STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'busy', 'format' = 'json');
CREATE TABLE quiet (who STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'quiet', 'format' = 'json');
CREATE TABLE silent (who STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'quiet', 'format' = 'json', 'scan.watermark.idle-timeout' = '0 s');
CREATE TABLE counts (w TIMESTAMP(3), n BIGINT) WITH ('connector' = 'delta');
CREATE TABLE never (w TIMESTAMP(3), n BIGINT) WITH ('connector' = 'delta');
CREATE VIEW both_of AS SELECT ts FROM busy UNION ALL SELECT ts FROM quiet;
CREATE VIEW with_silent AS SELECT ts FROM busy UNION ALL SELECT ts FROM silent;
INSERT INTO counts SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE both_of, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
INSERT INTO never SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE with_silent, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;

feed busy: who | ts
ann | 2026-01-01 10:00:10
bob | 2026-01-01 10:01:10

wait 10 s

expect counts: w | n
(none)

wait 25 s
wait 25 s
wait 25 s
wait 25 s
wait 25 s
wait 25 s

expect counts: w | n
2026-01-01 10:01:00.000 | 1

wait 60 s

expect never: w | n
(none)
