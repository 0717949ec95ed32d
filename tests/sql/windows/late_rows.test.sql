-- Rows that come when their window has gone are kept in a table, once, with the time that had come.

sql
CREATE TABLE bid (ts TIMESTAMP(3), auction INT, WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'bid', 'format' = 'json');
CREATE TABLE too_late (event_data STRING, reason STRING, stage STRING, source STRING, source_offset BIGINT) WITH ('connector' = 'delta');
CREATE TABLE o (w TIMESTAMP(3), bids BIGINT) WITH ('connector' = 'print');
SET 'millrace.late-row.table' = 'too_late';
INSERT INTO o SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;

feed bid: ts | auction
2026-01-01 00:00:01 | 1
2026-01-01 00:00:07 | 2
2026-01-01 00:00:02 | 3

crash

feed bid: ts | auction
2026-01-01 00:00:06 | 4
2026-01-01 00:00:11 | 5
2026-01-01 00:00:04 | 6

changes o: w | bids
+I 2026-01-01 00:00:05.000 | 1
+I 2026-01-01 00:00:10.000 | 2

expect too_late: event_data | reason | source_offset
{"ts":"2026-01-01 00:00:02","auction":3} | late: time had come to 2026-01-01T00:00:07.000Z | 2
{"ts":"2026-01-01 00:00:04","auction":6} | late: time had come to 2026-01-01T00:00:11.000Z | 5
