-- Sessions by key: they grow, merge, end, and what comes too late for one may still belong to another.

sql
CREATE TABLE clicks (who STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE sessions (who STRING, c BIGINT, s INT, w_start TIMESTAMP(3), w_end TIMESTAMP(3)) WITH ('connector' = 'print');
INSERT INTO sessions
SELECT who, COUNT(*), SUM(n), window_start, window_end
FROM TABLE(SESSION(TABLE clicks PARTITION BY who, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY who, window_start, window_end;

feed clicks: who | n | ts
ann | 1 | 2026-01-01 10:00:00
ann | 2 | 2026-01-01 10:00:10
bob | 4 | 2026-01-01 10:00:05
ann | 8 | 2026-01-01 10:00:25

changes sessions: who | c | s | w_start | w_end
+I bob | 1 | 4 | 2026-01-01 10:00:05.000 | 2026-01-01 10:00:15.000
+I ann | 2 | 3 | 2026-01-01 10:00:00.000 | 2026-01-01 10:00:20.000

kill

feed clicks: who | n | ts
ann | 16 | 2026-01-01 10:00:16
ann | 32 | 2026-01-01 10:00:12
ann | 99 | 2026-01-01 10:00:01
bob | 32 | 2026-01-01 10:00:40

changes sessions: who | c | s | w_start | w_end
+I ann | 3 | 56 | 2026-01-01 10:00:12.000 | 2026-01-01 10:00:35.000
