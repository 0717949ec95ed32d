-- At least three short calls and then a long one within ten minutes, by caller: the pattern keeps
-- its rows over a crash, and takes rows in the order of their times.

sql
CREATE TABLE calls (id INT, caller STRING, seconds INT, started TIMESTAMP(3), WATERMARK FOR started AS started - INTERVAL '1' MINUTE)
WITH ('connector' = 'kafka', 'topic' = 'calls', 'format' = 'json');
CREATE TABLE probing (caller STRING, probes BIGINT, first_id INT, last_probe INT, next_id INT, id INT, total INT) WITH ('connector' = 'print');
CREATE TABLE hours (window_end TIMESTAMP(3), n BIGINT) WITH ('connector' = 'print');
CREATE VIEW found AS SELECT * FROM calls MATCH_RECOGNIZE (
  PARTITION BY caller
  ORDER BY started
  MEASURES
    COUNT(probe.id) AS probes,
    FIRST(probe.id) AS first_id,
    probe.id AS last_probe,
    FIRST(probe.id, 1) AS next_id,
    premium.id AS id,
    SUM(seconds) AS total,
    MATCH_ROWTIME() AS at_time
  ONE ROW PER MATCH
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (probe{3,} premium) WITHIN INTERVAL '10' MINUTE
  DEFINE probe AS probe.seconds < 5, premium AS premium.seconds > 600);
EXECUTE STATEMENT SET BEGIN
INSERT INTO probing SELECT caller, probes, first_id, last_probe, next_id, id, total FROM found;
INSERT INTO hours SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE found, DESCRIPTOR(at_time), INTERVAL '1' HOUR))
  GROUP BY window_start, window_end;
END;

feed calls: id | caller | seconds | started
1 | ann | 1 | 2026-01-01 00:00:10
2 | ann | 2 | 2026-01-01 00:01:30
3 | bob | 2 | 2026-01-01 00:01:00
4 | ann | 3 | 2026-01-01 00:01:00

crash

feed calls: id | caller | seconds | started
5 | bob | 2 | 2026-01-01 00:02:00
6 | ann | 900 | 2026-01-01 00:03:00
7 | bob | 700 | 2026-01-01 00:03:30
8 | ann | 1 | 2026-01-01 00:20:00
9 | ann | 1 | 2026-01-01 00:21:00
10 | ann | 1 | 2026-01-01 00:22:00
11 | ann | 1 | 2026-01-01 00:23:00

expect probing: caller | probes | first_id | last_probe | next_id | id | total
ann | 3 | 1 | 2 | 4 | 6 | 906

kill

feed calls: id | caller | seconds | started
12 | ann | 2000 | 2026-01-01 00:30:30
13 | ann | 1 | 2026-01-01 00:10:00
14 | bob | 10 | 2026-01-01 02:00:00

expect probing: caller | probes | first_id | last_probe | next_id | id | total
ann | 3 | 1 | 2 | 4 | 6 | 906
ann | 3 | 9 | 11 | 10 | 12 | 2003

expect hours: window_end | n
2026-01-01 01:00:00.000 | 2
