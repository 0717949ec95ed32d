-- The most of the counts of a window: the second aggregation leaves with the same window.

sql
CREATE TABLE bid (ts TIMESTAMP(3), auction INT, WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'bid', 'format' = 'json');
CREATE TABLE o (w TIMESTAMP(3), most BIGINT, auctions BIGINT) WITH ('connector' = 'print');
INSERT INTO o SELECT window_end, MAX(n), COUNT(*) FROM (
  SELECT auction, COUNT(*) AS n, window_start, window_end FROM TABLE(HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end) GROUP BY window_start, window_end;

feed bid: ts | auction
2026-01-01 00:00:01 | 1
2026-01-01 00:00:02 | 1
2026-01-01 00:00:03 | 2
2026-01-01 00:00:07 | 2

changes o: w | most | auctions
+I 2026-01-01 00:00:05.000 | 2 | 2

crash

feed bid: ts | auction
2026-01-01 00:00:12 | 3

changes o: w | most | auctions
+I 2026-01-01 00:00:10.000 | 2 | 2
