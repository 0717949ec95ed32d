-- The first row of a key is known for ten seconds, however often it comes again meanwhile; the last
-- one for ten seconds from each that replaces it, by a row that says the same too.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE clicks (who STRING, n INT, came AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');
CREATE TABLE firsts (who STRING, n INT) WITH ('connector' = 'print');
CREATE TABLE lasts (who STRING, n INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO firsts SELECT who, n FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY who ORDER BY came) AS place FROM clicks) WHERE place = 1;
INSERT INTO lasts SELECT who, n FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY who ORDER BY came DESC) AS place FROM clicks) WHERE place = 1;
END;

feed clicks: who | n
ann | 1

wait 6 s

feed clicks: who | n
ann | 1
bob | 2

crash

wait 4 s

feed clicks: who | n
ann | 3
bob | 4

changes firsts: who | n
+I ann | 1
+I bob | 2
+I ann | 3

changes lasts: who | n
+I ann | 1
-U ann | 1
+U ann | 1
+I bob | 2
-U ann | 1
+U ann | 3
-U bob | 2
+U bob | 4

wait 10 s

feed clicks: who | n
bob | 4

changes firsts: who | n
+I bob | 4

changes lasts: who | n
+I bob | 4
