-- Without GROUP BY the whole table is one group, which sends nothing before its first row; it has
-- no columns to read at all where COUNT(*) is all that is asked.

sql
CREATE TABLE clicks (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE counts (c BIGINT) WITH ('connector' = 'print');
CREATE TABLE upserted (k INT PRIMARY KEY NOT ENFORCED, c BIGINT, a INT, d DECIMAL(38, 6)) WITH ('connector' = 'blackhole');
EXECUTE STATEMENT SET BEGIN
INSERT INTO counts SELECT COUNT(*) FROM clicks;
INSERT INTO upserted SELECT n, COUNT(*), AVG(n), AVG(CAST(n AS DECIMAL(5, 2))) FROM clicks GROUP BY n;
END;

changes counts: c
(none)

feed clicks: who | n
ann | 3
bob | 3

changes counts: c
+I 1
-U 1
+U 2

-- A sink that takes upserts by the query's own key is not sent what was there before.
changes upserted: k | c | a | d
+I 3 | 1 | 3 | 3.000000
+U 3 | 2 | 3 | 3.000000
