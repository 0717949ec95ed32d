-- DISTINCT arguments count once, each call for itself where filters differ; taken back, a value
-- counts until its last row has left.

sql
CREATE TABLE bids (item STRING, who STRING, price INT) WITH ('connector' = 'kafka', 'topic' = 'bids', 'format' = 'json');
CREATE TABLE people (item STRING, bids BIGINT, people BIGINT, dear BIGINT, sums INT) WITH ('connector' = 'print');
CREATE TABLE items (c BIGINT) WITH ('connector' = 'print');
CREATE VIEW latest AS SELECT item, LAST_VALUE(who) AS who FROM bids GROUP BY item;
EXECUTE STATEMENT SET BEGIN
INSERT INTO people SELECT item, COUNT(*), COUNT(DISTINCT who), COUNT(DISTINCT who) FILTER (WHERE price > 10), SUM(DISTINCT price) FROM bids GROUP BY item;
INSERT INTO items SELECT COUNT(DISTINCT who) FROM latest;
END;

feed bids: item | who | price
x | ann | 5
x | bob | 20
x | ann | 20
y | ann | 7

changes people: item | bids | people | dear | sums
+I x | 1 | 1 | 0 | 5
-U x | 1 | 1 | 0 | 5
+U x | 2 | 2 | 1 | 25
-U x | 2 | 2 | 1 | 25
+U x | 3 | 2 | 2 | 25
+I y | 1 | 1 | 0 | 7

changes items: c
+I 1
-D 1
+I 1
-D 1
+I 1

kill

feed bids: item | who | price
x | bob | 20
y | a name longer than twelve bytes | 1

changes people: item | bids | people | dear | sums
-U x | 3 | 2 | 2 | 25
+U x | 4 | 2 | 2 | 25
-U y | 1 | 1 | 0 | 7
+U y | 2 | 2 | 0 | 8

changes items: c
-U 1
+U 2
-U 2
+U 1
-U 1
+U 2
