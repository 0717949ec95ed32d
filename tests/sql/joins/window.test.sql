-- Rows of one window meet when it ends; what comes for it afterwards is late.

sql
CREATE TABLE clicks (id INT, who STRING, clicked TIMESTAMP(3), WATERMARK FOR clicked AS clicked - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE buys (item STRING, who STRING, bought TIMESTAMP(3), WATERMARK FOR bought AS bought - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'buys', 'format' = 'json');
CREATE TABLE pairs (id INT, item STRING, window_end TIMESTAMP(3)) WITH ('connector' = 'print');
CREATE TABLE idle (id INT) WITH ('connector' = 'print');
CREATE TABLE counts (hour_end TIMESTAMP(3), n BIGINT) WITH ('connector' = 'print');
CREATE VIEW c AS SELECT * FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(clicked), INTERVAL '10' SECOND));
CREATE VIEW b AS SELECT * FROM TABLE(TUMBLE(TABLE buys, DESCRIPTOR(bought), INTERVAL '10' SECOND));
CREATE VIEW both_of AS SELECT c.id, b.item, COALESCE(c.window_end, b.window_end) AS window_end, c.window_time
FROM c FULL JOIN b ON c.who = b.who AND c.window_start = b.window_start AND c.window_end = b.window_end AND b.item <> 'none';
CREATE VIEW matched AS SELECT c.id, c.window_time AS ends_at
FROM c JOIN b ON c.who = b.who AND c.window_start = b.window_start AND c.window_end = b.window_end;
EXECUTE STATEMENT SET BEGIN
INSERT INTO pairs SELECT id, item, window_end FROM both_of;
INSERT INTO idle SELECT id FROM c WHERE NOT EXISTS
  (SELECT * FROM b WHERE b.who = c.who AND b.window_start = c.window_start AND b.window_end = c.window_end);
INSERT INTO counts SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE matched, DESCRIPTOR(ends_at), INTERVAL '1' MINUTE))
  GROUP BY window_start, window_end;
END;

feed clicks: id | who | clicked
1 | ann | 2026-01-01 00:00:01
2 | bob | 2026-01-01 00:00:09
3 | ann | 2026-01-01 00:00:05
4 | ann | 2026-01-01 00:00:11

feed buys: item | who | bought
tea | ann | 2026-01-01 00:00:08
none | bob | 2026-01-01 00:00:03
jam | ann | 2026-01-01 00:00:12

expect pairs: id | item | window_end

crash

feed buys: item | who | bought
ham | eve | 2026-01-01 00:00:02
nut | ann | 2026-01-01 00:00:13

feed clicks: id | who | clicked
5 | null | 2026-01-01 00:00:13

expect pairs: id | item | window_end
1 | tea | 2026-01-01 00:00:10.000
3 | tea | 2026-01-01 00:00:10.000
2 | null | 2026-01-01 00:00:10.000
null | none | 2026-01-01 00:00:10.000
null | ham | 2026-01-01 00:00:10.000

feed clicks: id | who | clicked
6 | ann | 2026-01-01 00:00:07
7 | ann | 2026-01-01 00:02:00

feed buys: item | who | bought
fig | ann | 2026-01-01 00:02:00

expect idle: id
5

expect counts: hour_end | n
2026-01-01 00:01:00.000 | 5
