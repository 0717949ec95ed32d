-- A row that cannot be computed is a dead letter, whatever stands around the call that fails; and what CASE
-- does not ask for is not computed: neither a bitmap of bytes that are none, nor a map by a pattern that is none.

sql
CREATE TABLE t (id INT, packed BYTES, numbers ARRAY<INT>, pairs STRING, mark STRING)
WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
CREATE TABLE counted (id INT, n BIGINT, numbers ARRAY<INT>) WITH ('connector' = 'print');
CREATE TABLE chosen (id INT, numbers ARRAY<INT>, pairs MAP<STRING, STRING>) WITH ('connector' = 'print');
CREATE TABLE dlq (event_data STRING, source_offset BIGINT, reason STRING) WITH ('connector' = 'delta');
SET 'millrace.dead-letter.table' = 'dlq';
EXECUTE STATEMENT SET BEGIN
INSERT INTO counted SELECT id, BITMAP_CARDINALITY(BITMAP_FROM_BYTES(packed)),
  BITMAP_TO_ARRAY(BITMAP_OR(BITMAP_FROM_BYTES(packed), BITMAP_BUILD(numbers))) FROM t;
INSERT INTO chosen SELECT id, CASE WHEN id > 1 THEN BITMAP_TO_ARRAY(BITMAP_BUILD(numbers)) END,
  CASE WHEN id > 1 THEN STR_TO_MAP(pairs, mark, '=') END FROM t;
END;

feed t
{"id": 1, "packed": "AAAA", "numbers": [3], "pairs": "a=1,b=2", "mark": "["}
{"id": 2, "packed": "OjAAAAEAAAAAAAEAEAAAAAEABwA=", "numbers": [3], "pairs": "a=1,b=2,a=3", "mark": ","}
{"id": 3, "packed": null, "numbers": null, "pairs": "a=1", "mark": "["}

changes counted: id | n | numbers
+I 2 | 2 | [1, 3, 7]
+I 3 | null | null

changes chosen: id | numbers | pairs
+I 1 | null | null
+I 2 | [3] | {a=3, b=2}

expect dlq: source_offset | reason
0 | the bytes are no bitmap in the format of Roaring bitmaps
2 | '[' is no regular expression
