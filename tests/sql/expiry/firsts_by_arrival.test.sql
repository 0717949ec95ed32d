-- Of the first rows by arrival, and of LIMIT, all go together, ten seconds after the last of them.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE clicks (who STRING, n INT, came AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE firsts (who STRING, n INT) WITH ('connector' = 'print');
CREATE TABLE three (who STRING, n INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO firsts SELECT who, n FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY who ORDER BY came) AS place FROM clicks) WHERE place <= 2;
INSERT INTO three SELECT who, n FROM clicks LIMIT 3;
END;

feed clicks: who | n
ann | 1

wait 6 s

feed clicks: who | n
ann | 2
bob | 1

crash

wait 4 s

feed clicks: who | n
ann | 3

changes firsts: who | n
+I ann | 1
+I ann | 2
+I bob | 1

changes three: who | n
+I ann | 1
+I ann | 2
+I bob | 1

wait 6 s

feed clicks: who | n
ann | 4
bob | 2

changes firsts: who | n
+I ann | 4
+I bob | 2

changes three: who | n
+I ann | 4
+I bob | 2
