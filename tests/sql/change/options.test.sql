-- Options of tables and settings change, and change back: the version in force has its own, whatever
-- dies and whatever text the next start gives, and goes on with the state that there is.

sql
CREATE TABLE clicks (ts TIMESTAMP(3), who STRING, n INT, WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE counts (window_end TIMESTAMP(3), n BIGINT, total BIGINT) WITH ('connector' = 'delta');
CREATE TABLE copies (who STRING, n INT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'counts';
EXECUTE STATEMENT SET BEGIN
INSERT INTO counts SELECT window_end, COUNT(*), CAST(SUM(n) AS BIGINT) FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
INSERT INTO copies SELECT who, n FROM clicks;
END;

feed clicks
{"ts": "2026-01-01 10:00:01", "who": "ann", "n": 1}
{"ts": "2026-01-01 10:00:02", "who": "bob", "n": "many"}

changes copies: who | n
+I ann | 1

apply
CREATE TABLE clicks (ts TIMESTAMP(3), who STRING, n INT, WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
CREATE TABLE counts (window_end TIMESTAMP(3), n BIGINT, total BIGINT) WITH ('connector' = 'delta');
CREATE TABLE copies (who STRING, n INT) WITH ('connector' = 'print');
SET 'pipeline.name' = 'counts';
SET 'millrace.state.memory' = '32 MB';
EXECUTE STATEMENT SET BEGIN
INSERT INTO counts SELECT window_end, COUNT(*), CAST(SUM(n) AS BIGINT) FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
INSERT INTO copies SELECT who, n FROM clicks;
END;

changes copies: who | n
(none)

feed clicks
{"ts": "2026-01-01 10:00:03", "who": "cid", "n": "many"}
{"ts": "2026-01-01 10:00:12", "who": "dan", "n": 4}

expect counts: window_end | n | total
2026-01-01 10:00:10.000 | 2 | 1

changes copies: who | n
+I cid | NULL
+I dan | 4

kill

feed clicks
{"ts": "2026-01-01 10:00:13", "who": "eve", "n": "many"}

changes copies: who | n
+I eve | NULL

rollback counts

restart

feed clicks
{"ts": "2026-01-01 10:00:14", "who": "fay", "n": "many"}
{"ts": "2026-01-01 10:00:21", "who": "gil", "n": 7}

expect counts: window_end | n | total
2026-01-01 10:00:10.000 | 2 | 1
2026-01-01 10:00:20.000 | 2 | 4

changes copies: who | n
+I gil | 7

rollback counts

feed clicks
{"ts": "2026-01-01 10:00:22", "who": "hal", "n": "many"}

changes copies: who | n
+I hal | NULL
