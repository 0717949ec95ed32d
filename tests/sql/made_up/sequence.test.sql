-- Rows of 'datagen' are made at their rate, and a sequence goes on where it was, whatever crashes.

sql
CREATE TABLE made (
  n      INT,
  twice  AS n * 2,
  word   STRING
) WITH ('connector' = 'datagen', 'rows-per-second' = '2',
        'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '5',
        'fields.word.length' = '3');
CREATE TABLE seen (n INT, twice INT, letters INT) WITH ('connector' = 'delta');
INSERT INTO seen SELECT n, twice, CHAR_LENGTH(word) FROM made;

wait 1 s
kill
wait 1 s
restart
wait 5 s
expect seen: n | twice | letters
1 | 2 | 3
2 | 4 | 3
3 | 6 | 3
4 | 8 | 3
5 | 10 | 3
