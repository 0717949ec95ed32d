-- NEXT looks at the row behind: each row waits for it, in a condition and in a measure. Row 2 is a peak
-- once row 3 has come, row 5 once row 6 has. Of two rows further on there are none yet behind row 5 when
-- row 6 is the last one, so its match waits as well; and row 7, above row 6, waits for one behind it.

sql
CREATE TABLE ticks (id INT, price INT, seen TIMESTAMP(3), WATERMARK FOR seen AS seen)
WITH ('connector' = 'kafka', 'topic' = 'ticks', 'format' = 'json');
CREATE TABLE peaks (before_id INT, id INT, behind_id INT) WITH ('connector' = 'print');
CREATE TABLE far (id INT, two_behind INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO peaks SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES PREV(peak.id) AS before_id, peak.id AS id, NEXT(peak.id) AS behind_id
  PATTERN (peak)
  DEFINE peak AS peak.price > PREV(peak.price) AND peak.price > NEXT(peak.price));
INSERT INTO far SELECT * FROM ticks MATCH_RECOGNIZE (
  ORDER BY seen
  MEASURES peak.id AS id, NEXT(peak.id, 2) AS two_behind
  PATTERN (peak)
  DEFINE peak AS peak.price > PREV(peak.price) AND peak.price > NEXT(peak.price));
END;

feed ticks: id | price | seen
1 | 3 | 2026-01-01 00:00:01
2 | 5 | 2026-01-01 00:00:02

crash

feed ticks: id | price | seen
3 | 4 | 2026-01-01 00:00:03
4 | 4 | 2026-01-01 00:00:04

crash

feed ticks: id | price | seen
5 | 9 | 2026-01-01 00:00:05
6 | 7 | 2026-01-01 00:00:06

changes peaks: before_id | id | behind_id
+I 1 | 2 | 3
+I 4 | 5 | 6

changes far: id | two_behind
+I 2 | 4

feed ticks: id | price | seen
7 | 8 | 2026-01-01 00:00:07

changes far: id | two_behind
+I 5 | 7
