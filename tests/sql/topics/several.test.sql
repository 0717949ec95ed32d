-- A table over several topics, by their names or by a pattern, which finds one that is made later as
-- well. Each has its own offsets, over any crash.

sql
CREATE TABLE north (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'calls.north', 'format' = 'json');
CREATE TABLE south (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'calls.south', 'format' = 'json');
CREATE TABLE west (who STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 'calls.west', 'format' = 'json');
CREATE TABLE two (who STRING, n INT, place STRING METADATA FROM 'topic' VIRTUAL, place_in BIGINT METADATA FROM 'offset' VIRTUAL)
WITH ('connector' = 'kafka', 'topic' = 'calls.north;calls.south', 'format' = 'json');
CREATE TABLE all_of (who STRING, n INT, place STRING METADATA FROM 'topic' VIRTUAL)
WITH ('connector' = 'kafka', 'topic-pattern' = 'calls\..*', 'format' = 'json');
CREATE TABLE of_two (who STRING, n INT, place STRING, place_in BIGINT) WITH ('connector' = 'delta');
CREATE TABLE of_all (who STRING, place STRING) WITH ('connector' = 'delta');
INSERT INTO of_two SELECT who, n, place, place_in FROM two;
INSERT INTO of_all SELECT who, place FROM all_of;
INSERT INTO west SELECT UPPER(who), n FROM south WHERE n > 4;

feed north: who | n
ann | 1
bob | 2

feed south: who | n
cy | 3

expect of_two: who | n | place | place_in
ann | 1 | calls.north | 0
bob | 2 | calls.north | 1
cy | 3 | calls.south | 0

crash

feed south: who | n
eve | 5

expect of_two: who | n | place | place_in
ann | 1 | calls.north | 0
bob | 2 | calls.north | 1
cy | 3 | calls.south | 0
eve | 5 | calls.south | 1

expect of_all: who | place
ann | calls.north
bob | calls.north
cy | calls.south
eve | calls.south
EVE | calls.west
