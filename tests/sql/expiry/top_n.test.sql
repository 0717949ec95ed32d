-- The rows of a Top-N go ten seconds after they came, without a word, those of equal order together,
-- ten seconds after the last of these. Rows behind them stand further ahead then.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE scores (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'scores', 'format' = 'json');
CREATE TABLE best (who STRING, n INT, place BIGINT) WITH ('connector' = 'print');
CREATE TABLE greatest (who STRING, n INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO best SELECT who, n, place FROM (
  SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC) AS place FROM scores) WHERE place <= 2;
INSERT INTO greatest SELECT who, n FROM (
  SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC) AS place FROM scores) WHERE place <= 2;
END;

feed scores: who | n
ann | 5
bob | 3

wait 6 s

-- Bob's row lives as long as that of Cid, whose order is the same, but which does not count.
feed scores: who | n
cid | 4
dan | 2

crash

wait 4 s

-- At 10 s: Ann is over.
feed scores: who | n
eve | 1

changes best: who | n | place
+I ann | 5 | 1
+I bob | 3 | 2
-U bob | 3 | 2
+U cid | 4 | 2
+I eve | 1 | 2

changes greatest: who | n
+I ann | 5
+I bob | 3
-D bob | 3
+I cid | 4
+I eve | 1

-- Of one order, together.
feed scores: who | n
fay | 9

wait 7 s

feed scores: who | n
gus | 9

kill

wait 7 s

-- At 24 s.
feed scores: who | n
hal | 8

changes best: who | n | place
-U cid | 4 | 1
+U fay | 9 | 1
-U eve | 1 | 2
+U cid | 4 | 2
+I gus | 9 | 2

changes greatest: who | n
-D eve | 1
+I fay | 9
+I gus | 9
