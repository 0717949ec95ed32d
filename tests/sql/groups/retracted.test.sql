-- An aggregation over an aggregation takes rows back: a word's count moves from one group to the
-- next, and a group without rows is deleted. MIN and MAX find the next best value.

sql
CREATE TABLE words (word STRING) WITH ('connector' = 'kafka', 'topic' = 'words', 'format' = 'json');
CREATE TABLE histogram (c BIGINT, words BIGINT) WITH ('connector' = 'print');
CREATE TABLE overall (most BIGINT, least BIGINT, words BIGINT, total BIGINT, firsts STRING, lasts STRING) WITH ('connector' = 'print');
CREATE VIEW counts AS SELECT word, COUNT(*) AS c FROM words GROUP BY word;
EXECUTE STATEMENT SET BEGIN
INSERT INTO histogram SELECT c, COUNT(*) FROM counts GROUP BY c;
INSERT INTO overall SELECT MAX(c), MIN(c), COUNT(*), SUM(c), FIRST_VALUE(word), LAST_VALUE(word) FROM counts;
END;

feed words: word
a
b
a

changes histogram: c | words
+I 1 | 1
-U 1 | 1
+U 1 | 2
-U 1 | 2
+U 1 | 1
+I 2 | 1

changes overall: most | least | words | total | firsts | lasts
+I 1 | 1 | 1 | 1 | a | a
-U 1 | 1 | 1 | 1 | a | a
+U 1 | 1 | 2 | 2 | a | b
-U 1 | 1 | 2 | 2 | a | b
+U 1 | 1 | 1 | 1 | b | b
-U 1 | 1 | 1 | 1 | b | b
+U 2 | 1 | 2 | 3 | b | a

crash

feed words: word
b

changes histogram: c | words
-D 1 | 1
-U 2 | 1
+U 2 | 2

changes overall: most | least | words | total | firsts | lasts
-U 2 | 1 | 2 | 3 | b | a
+U 2 | 2 | 1 | 2 | a | a
-U 2 | 2 | 1 | 2 | a | a
+U 2 | 2 | 2 | 4 | a | b
