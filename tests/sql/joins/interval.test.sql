-- Rows meet whose times are near each other; a row that met none leaves with NULLs when its time is
-- over, in time for the window behind the join.

sql
CREATE TABLE calls (id INT, tower STRING, made TIMESTAMP(3), WATERMARK FOR made AS made - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'calls', 'format' = 'json');
CREATE TABLE alarms (name STRING, tower STRING, rang TIMESTAMP(3), WATERMARK FOR rang AS rang - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'alarms', 'format' = 'json');
CREATE TABLE near (id INT, name STRING) WITH ('connector' = 'print');
CREATE TABLE met (id INT, name STRING) WITH ('connector' = 'print');
CREATE TABLE alone (window_end TIMESTAMP(3), calls BIGINT) WITH ('connector' = 'print');
CREATE VIEW each_call AS
SELECT c.id, c.made, a.name FROM calls c LEFT JOIN alarms a
ON c.tower = a.tower AND a.rang BETWEEN c.made - INTERVAL '1' SECOND AND c.made + INTERVAL '3' SECOND;
EXECUTE STATEMENT SET BEGIN
INSERT INTO near SELECT id, name FROM calls c, alarms a
  WHERE c.tower = a.tower AND c.made >= a.rang - INTERVAL '3' SECOND AND c.made < a.rang + INTERVAL '1' SECOND;
INSERT INTO met SELECT id, name FROM each_call;
INSERT INTO alone SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE each_call, DESCRIPTOR(made), INTERVAL '5' SECOND))
  WHERE name IS NULL GROUP BY window_start, window_end;
END;

feed calls: id | tower | made
1 | north | 2026-01-01 00:00:01
2 | south | 2026-01-01 00:00:04
3 | north | 2026-01-01 00:00:03

feed alarms: name | tower | rang
fire | north | 2026-01-01 00:00:04
flood | south | 2026-01-01 00:00:03

crash

feed alarms: name | tower | rang
theft | north | 2026-01-01 00:00:02
cold | null | 2026-01-01 00:00:04

feed calls: id | tower | made
4 | null | 2026-01-01 00:00:04
5 | west | 2026-01-01 00:00:09

expect near: id | name
1 | fire
1 | theft
3 | fire

expect met: id | name
1 | fire
1 | theft
2 | flood
3 | fire
3 | theft

kill

feed alarms: name | tower | rang
heat | west | 2026-01-01 00:00:20

feed calls: id | tower | made
6 | east | 2026-01-01 00:00:20

expect alone: window_end | calls
2026-01-01 00:00:05.000 | 1
2026-01-01 00:00:10.000 | 1

feed alarms: name | tower | rang
late | north | 2026-01-01 00:00:02

feed calls: id | tower | made
7 | north | 2026-01-01 00:00:02

expect met: id | name
1 | fire
1 | theft
2 | flood
3 | fire
3 | theft
4 | null
5 | null
7 | null
