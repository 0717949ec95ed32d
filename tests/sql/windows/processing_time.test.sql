-- Windows over PROCTIME(): the clock says which window a row is in, and ends it, though no row comes.

sql
CREATE TABLE clicks (who STRING, n INT, pt AS PROCTIME())
  WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE counts (who STRING, n BIGINT, window_start TIMESTAMP(3), window_end TIMESTAMP(3))
  WITH ('connector' = 'print');
SET 'pipeline.name' = 'counts';
INSERT INTO counts
SELECT who, COUNT(*), window_start, window_end
FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(pt), INTERVAL '10' SECOND))
GROUP BY who, window_start, window_end;
CREATE TABLE steps (n BIGINT, window_start TIMESTAMP(3), window_end TIMESTAMP(3))
  WITH ('connector' = 'print');
SET 'pipeline.name' = 'steps';
INSERT INTO steps
SELECT SUM(n), window_start, window_end
FROM TABLE(CUMULATE(TABLE clicks, DESCRIPTOR(pt), INTERVAL '5' SECOND, INTERVAL '10' SECOND))
GROUP BY window_start, window_end;
CREATE TABLE sessions (who STRING, n BIGINT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'sessions';
INSERT INTO sessions
SELECT who, COUNT(*)
FROM TABLE(SESSION(TABLE clicks PARTITION BY who, DESCRIPTOR(pt), INTERVAL '4' SECOND))
GROUP BY who, window_start, window_end;
CREATE TABLE session_rows (who STRING, n INT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'session_rows';
INSERT INTO session_rows
SELECT who, n FROM TABLE(SESSION(TABLE clicks PARTITION BY who, DESCRIPTOR(pt), INTERVAL '4' SECOND));

feed clicks: who | n
ann | 1
bob | 2

changes counts: who | n | window_start | window_end
(none)

wait 3 s

feed clicks: who | n
ann | 3

wait 3 s

changes steps: n | window_start | window_end
+I 6 | 2026-01-01 00:00:00.000 | 2026-01-01 00:00:05.000

changes sessions: who | n
+I bob | 1

changes session_rows: who | n
+I bob | 2

wait 4 s

changes counts: who | n | window_start | window_end
+I ann | 2 | 2026-01-01 00:00:00.000 | 2026-01-01 00:00:10.000
+I bob | 1 | 2026-01-01 00:00:00.000 | 2026-01-01 00:00:10.000

changes steps: n | window_start | window_end
+I 6 | 2026-01-01 00:00:00.000 | 2026-01-01 00:00:10.000

changes sessions: who | n
+I ann | 2

changes session_rows: who | n
+I ann | 1
+I ann | 3

feed clicks: who | n
ann | 5

kill

wait 30 s

changes counts: who | n | window_start | window_end
+I ann | 1 | 2026-01-01 00:00:10.000 | 2026-01-01 00:00:20.000
