-- In batch mode a group's list is what all its rows come to, however they come, and leaves once. One that
-- holds nothing but NULL is NULL, and a filter lets a group be without a row that counts.

sql
CREATE TABLE calls (id INT, k STRING, word STRING)
WITH ('connector' = 'kafka', 'topic' = 'calls', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE words (k STRING, n BIGINT, listed STRING, ids STRING, long_ones STRING) WITH ('connector' = 'delta');
CREATE TABLE lengths (letters INT, lists BIGINT) WITH ('connector' = 'delta');
SET 'execution.runtime-mode' = 'batch';
CREATE VIEW grouped AS SELECT k, COUNT(*) AS n, LISTAGG(word, ' ') AS listed, ARRAY_AGG(id) AS ids,
  LISTAGG(word) FILTER (WHERE CHAR_LENGTH(word) > 3) AS long_ones FROM calls GROUP BY k;
INSERT INTO words SELECT k, n, listed, CAST(ids AS STRING), long_ones FROM grouped;
INSERT INTO lengths SELECT CHAR_LENGTH(listed), COUNT(*) FROM grouped GROUP BY CHAR_LENGTH(listed);

feed calls: id | k | word
1 | x | one
2 | y | two
3 | x | three
4 | x | four
5 | y | null
6 | z | null
7 | x | five
8 | y | six
9 | z | null

restart

expect words: k | n | listed | ids | long_ones
x | 4 | one three four five | [1, 3, 4, 7] | three,four,five
y | 3 | two six | [2, 5, 8] | null
z | 2 | null | [6, 9] | null

expect lengths: letters | lists
19 | 1
7 | 1
NULL | 1
