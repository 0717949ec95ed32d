-- ROLLUP, CUBE and GROUPING SETS gather each row once a set; GROUPING tells a total from a NULL.

sql
CREATE TABLE sales (region STRING, item STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'sales', 'format' = 'json');
CREATE TABLE totals (region STRING, item STRING, s INT, g BIGINT) WITH ('connector' = 'print');
CREATE TABLE cubed (region STRING, item STRING, s INT, g BIGINT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO totals SELECT region, item, SUM(n), GROUPING_ID(region, item) FROM sales GROUP BY ROLLUP (region, item);
INSERT INTO cubed SELECT region, item, SUM(n), GROUPING(region) FROM sales GROUP BY GROUPING SETS ((region), (item));
END;

feed sales: region | item | n
north | tea | 1
north | null | 2

changes totals: region | item | s | g
+I north | tea  | 1 | 0
+I north | NULL | 1 | 1
+I NULL  | NULL | 1 | 3
+I north | NULL | 2 | 0
-U north | NULL | 1 | 1
+U north | NULL | 3 | 1
-U NULL  | NULL | 1 | 3
+U NULL  | NULL | 3 | 3

changes cubed: region | item | s | g
+I north | NULL | 1 | 0
+I NULL  | tea  | 1 | 1
-U north | NULL | 1 | 0
+U north | NULL | 3 | 0
+I NULL  | NULL | 2 | 1
