-- Arrays and rows are keys like any other: equal where their elements are.

sql
CREATE TABLE moves (a STRING, b STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'moves', 'format' = 'json');
CREATE TABLE by_array (a STRING, b STRING, s INT) WITH ('connector' = 'print');
CREATE TABLE by_row (a STRING, n INT, c BIGINT) WITH ('connector' = 'print');
INSERT INTO by_array
SELECT pair[1], pair[2], SUM(n) FROM (SELECT ARRAY[a, b] AS pair, n FROM moves) GROUP BY pair;
INSERT INTO by_row
SELECT seen.a, seen.n, c FROM (
  SELECT seen, COUNT(DISTINCT other) AS c
  FROM (SELECT CAST(ROW(a, n) AS ROW<a STRING, n INT>) AS seen, ARRAY[b] AS other FROM moves)
  GROUP BY seen);

feed moves: a | b | n
here | there | 1
there | here | 1
here | there | 5
somewhere else entirely | here | 2
here | nowhere | 1
here | there | 1

changes by_array: a | b | s
+I here | there | 1
+I there | here | 1
-U here | there | 1
+U here | there | 6
+I somewhere else entirely | here | 2
+I here | nowhere | 1
-U here | there | 6
+U here | there | 7

changes by_row: a | n | c
+I here | 1 | 1
+I there | 1 | 1
+I here | 5 | 1
+I somewhere else entirely | 2 | 1
-U here | 1 | 1
+U here | 1 | 2
