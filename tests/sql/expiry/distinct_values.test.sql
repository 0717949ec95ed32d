-- The values of a DISTINCT go one by one, ten seconds after they were first seen, while their group
-- lives on: one that comes later counts again. That it comes again meanwhile does not keep it.

sql
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE visits (page STRING, who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'visits', 'format' = 'json');
CREATE TABLE visitors (page STRING, people BIGINT, numbers BIGINT, total INT) WITH ('connector' = 'print');
INSERT INTO visitors
SELECT page, COUNT(DISTINCT who), COUNT(DISTINCT n), SUM(DISTINCT n) FROM visits GROUP BY page;

feed visits: page | who | n
home | ann | 1
home | bob | 2

wait 6 s

feed visits: page | who | n
home | ann | 3

crash

wait 4 s

-- Ann and Bob, 1 and 2 are over; 3 has six seconds left, which a checkpoint keeps.
feed visits: page | who | n
home | ann | 1
home | cid | 3

changes visitors: page | people | numbers | total
+I home | 1 | 1 | 1
-U home | 1 | 1 | 1
+U home | 2 | 2 | 3
-U home | 2 | 2 | 3
+U home | 2 | 3 | 6
-U home | 2 | 3 | 6
+U home | 3 | 4 | 7
-U home | 3 | 4 | 7
+U home | 4 | 4 | 7

kill

wait 10 s

-- The group is over as well.
feed visits: page | who | n
home | ann | 3

changes visitors: page | people | numbers | total
+I home | 1 | 1 | 3
