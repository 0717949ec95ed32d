-- ESCAPE is a row's own as the pattern is, and one that stands before what needs none fails its row alone.

sql
CREATE TABLE t (id INT, s STRING, escaping STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE fits (id INT, alike BOOLEAN, fits_whole BOOLEAN) WITH ('connector' = 'print');
CREATE TABLE dlq (event_data STRING, source_offset BIGINT, reason STRING) WITH ('connector' = 'delta');
SET 'millrace.dead-letter.table' = 'dlq';
INSERT INTO fits SELECT id, s LIKE 'a!%b#%' ESCAPE escaping, CASE WHEN id <> 3 THEN s SIMILAR TO 'a!%b#%' ESCAPE escaping END FROM t;

feed t
{"id": 1, "s": "a%b#x", "escaping": "!"}
{"id": 2, "s": "a!xb%", "escaping": "#"}
{"id": 3, "s": "a!xb%", "escaping": "b"}
{"id": 4, "s": "a%b#x", "escaping": "!"}
{"id": 5, "s": "a%b#x", "escaping": "!#"}

changes fits: id | alike | fits_whole
+I 1 | TRUE | TRUE
+I 2 | TRUE | TRUE
+I 4 | TRUE | TRUE

expect dlq: source_offset | reason
2 | the escape character of LIKE must stand before %, _ or itself
4 | ESCAPE takes one character, found '!#'
