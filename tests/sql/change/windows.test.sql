-- The SQL of a running pipeline changes, and changes back: each record counts for the results of
-- exactly one version. A window that is open at the switch has all its records, also those from
-- before, which the new version has read without writing.

sql
CREATE TABLE clicks (ts TIMESTAMP(3), who STRING, n INT, WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE counts (window_end TIMESTAMP(3), who STRING, total BIGINT) WITH ('connector' = 'delta');
CREATE TABLE copies (who STRING, n INT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'counts';
EXECUTE STATEMENT SET BEGIN
INSERT INTO counts SELECT window_end, who, COUNT(*) FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, who;
INSERT INTO copies SELECT who, n FROM clicks WHERE n > 1;
END;

feed clicks: ts | who | n
2026-01-01 10:00:01 | ann | 1
2026-01-01 10:00:09 | ann | 2
2026-01-01 10:00:12 | bob | 3

expect counts: window_end | who | total
2026-01-01 10:00:10.000 | ann | 2

changes copies: who | n
+I ann | 2
+I bob | 3

apply
CREATE TABLE clicks (ts TIMESTAMP(3), who STRING, n INT, WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE counts (window_end TIMESTAMP(3), who STRING, total BIGINT) WITH ('connector' = 'delta');
CREATE TABLE copies (who STRING, n INT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'counts';
EXECUTE STATEMENT SET BEGIN
INSERT INTO counts SELECT window_end, UPPER(who), CAST(SUM(n) AS BIGINT) FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, who;
INSERT INTO copies SELECT who, n * 10 FROM clicks;
END;

expect counts: window_end | who | total
2026-01-01 10:00:10.000 | ann | 2

changes copies: who | n
(none)

feed clicks: ts | who | n
2026-01-01 10:00:13 | bob | 1
2026-01-01 10:00:21 | cid | 5

expect counts: window_end | who | total
2026-01-01 10:00:10.000 | ann | 2
2026-01-01 10:00:20.000 | BOB | 4

changes copies: who | n
+I bob | 10
+I cid | 50

kill

rollback counts

feed clicks: ts | who | n
2026-01-01 10:00:22 | cid | 6
2026-01-01 10:00:31 | dan | 1

expect counts: window_end | who | total
2026-01-01 10:00:10.000 | ann | 2
2026-01-01 10:00:20.000 | BOB | 4
2026-01-01 10:00:30.000 | cid | 2

changes copies: who | n
+I cid | 6

rollback counts

restart

feed clicks: ts | who | n
2026-01-01 10:00:45 | eve | 2

expect counts: window_end | who | total
2026-01-01 10:00:10.000 | ann | 2
2026-01-01 10:00:20.000 | BOB | 4
2026-01-01 10:00:30.000 | cid | 2
2026-01-01 10:00:40.000 | DAN | 1

changes copies: who | n
+I eve | 20
