-- Of groups that are sent again with each row, a Top-N keeps the rows for ten seconds each.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE sales (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'sales', 'format' = 'json');
CREATE TABLE counted (who STRING, c BIGINT, place BIGINT) WITH ('connector' = 'print');
CREATE TABLE least (who STRING, s INT, place BIGINT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO counted SELECT who, c, place FROM (
  SELECT *, ROW_NUMBER() OVER (ORDER BY c DESC) AS place FROM (SELECT who, COUNT(*) AS c FROM sales GROUP BY who)) WHERE place <= 2;
INSERT INTO least SELECT who, s, place FROM (
  SELECT *, ROW_NUMBER() OVER (ORDER BY s) AS place FROM (SELECT who, SUM(n) AS s FROM sales GROUP BY who)) WHERE place <= 1;
END;

feed sales: who | n
ann | 1
ann | 1
bob | 5

wait 6 s

feed sales: who | n
bob | 1

crash

wait 4 s

-- Ann is over.
feed sales: who | n
cid | 7

changes counted: who | c | place
+I ann | 1 | 1
-U ann | 1 | 1
+U ann | 2 | 1
+I bob | 1 | 2
-U bob | 1 | 2
+U bob | 2 | 2
+I cid | 1 | 2

changes least: who | s | place
+I ann | 1 | 1
-D ann | 1 | 1
+I ann | 2 | 1
