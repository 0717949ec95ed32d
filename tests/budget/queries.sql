-- What each operator does when its state outgrows its budget: `spills`, and the answer is that of a run without one, or `stops`
-- with the reason. Over the tables of budget_test.py.

-- spills: lists of a window
SELECT k, CARDINALITY(ARRAY_AGG(text)) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- stops: one list of a window
SELECT CARDINALITY(ARRAY_AGG(text)) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end;

-- spills: multisets of a window
SELECT g, COLLECT(text) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, g;

-- spills: texts of a window
SELECT k, CHAR_LENGTH(LISTAGG(text)) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- spills: JSON of a window
SELECT k, CHAR_LENGTH(JSON_ARRAYAGG(text)), CHAR_LENGTH(JSON_OBJECTAGG(KEY CAST(id AS STRING) VALUE text)) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- spills: percentiles of a window
SELECT k, PERCENTILE(id, 0.5) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- spills: sets of numbers of a window
SELECT k, BITMAP_BUILD_CARDINALITY_AGG(n * 1999) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- spills: panes with lists
SELECT k, window_end, CARDINALITY(ARRAY_AGG(text)) FROM TABLE(HOP(TABLE events, DESCRIPTOR(ts), INTERVAL '12' HOUR, INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- spills: long texts of a window
SELECT id, MAX(text), MIN(text) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, id;

-- spills: different values of a window, counted
SELECT k, COUNT(DISTINCT text) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- spills: different values of a window, listed
SELECT k, LISTAGG(DISTINCT text) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- spills: rows taken back from windows
SELECT k, MAX(text), COUNT(*), SUM(n) FROM TABLE(TUMBLE(TABLE changes, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- stops: rows taken back from windows of lists
SELECT k, CARDINALITY(ARRAY_AGG(text)) FROM TABLE(TUMBLE(TABLE changes, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, k;

-- stops: sessions with lists
SELECT k, CARDINALITY(ARRAY_AGG(text)) FROM TABLE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '20' HOUR)) GROUP BY window_start, window_end, k;

-- stops: sessions
SELECT COUNT(*) FROM (SELECT text, COUNT(*) FROM TABLE(SESSION(TABLE events PARTITION BY text, DESCRIPTOR(ts), INTERVAL '20' HOUR)) GROUP BY window_start, window_end, text);

-- spills: rows of sessions
SELECT COUNT(*), MAX(text) FROM TABLE(SESSION(TABLE events PARTITION BY k, DESCRIPTOR(ts), INTERVAL '20' HOUR));

-- spills: lists of groups
SELECT g, CARDINALITY(ARRAY_AGG(text)) FROM events GROUP BY g;

-- spills: different values of groups
SELECT g, COUNT(DISTINCT text) FROM events GROUP BY g;

-- stops: different values of one group
SELECT COUNT(DISTINCT text) FROM events;

-- spills: different values that expire
SET 'table.exec.state.ttl' = '1 h';
SELECT g, COUNT(DISTINCT text) FROM events GROUP BY g;

-- spills: rows taken back from groups
SELECT g, MAX(text) FROM changes GROUP BY g;

-- spills: first values of rows that are taken back
SELECT g, FIRST_VALUE(id) FROM changes GROUP BY g;

-- stops: rows taken back from one group
SELECT MAX(text) FROM changes;

-- spills: groups with long keys
SELECT text, COUNT(*) FROM events GROUP BY text;

-- spills: DISTINCT
SELECT DISTINCT text FROM events;

-- spills: a Top-N
SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY text) AS rn FROM events) WHERE rn <= 45;

-- spills: a Top-N whose rows are taken back
SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY text) AS rn FROM changes) WHERE rn <= 3;

-- spills: a Top-N of a window
SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY text) AS rn FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY))) WHERE rn <= 45;

-- spills: the last row of a key
SELECT id, text FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY text ORDER BY ts DESC) AS rn FROM events) WHERE rn = 1;

-- spills: the first row of a key
SELECT id, text FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY text ORDER BY ts) AS rn FROM events) WHERE rn = 1;

-- spills: a join
SELECT COUNT(*), MAX(b.text) FROM events a JOIN later b ON a.id = b.id;

-- spills: an outer join of changes
SELECT COUNT(*), COUNT(b.text) FROM changes a LEFT JOIN later b ON a.id = b.id;

-- spills: a semi-join
SELECT COUNT(*), MAX(text) FROM events WHERE id IN (SELECT id FROM later);

-- spills: a join of intervals
SELECT COUNT(*), MAX(b.text) FROM events a JOIN later b ON a.id = b.id AND a.ts BETWEEN b.ts - INTERVAL '20' HOUR AND b.ts + INTERVAL '20' HOUR;

-- spills: a join of windows
SELECT COUNT(*), MAX(b.text) FROM (SELECT * FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' DAY))) a JOIN (SELECT * FROM TABLE(TUMBLE(TABLE later, DESCRIPTOR(ts), INTERVAL '1' DAY))) b ON a.id = b.id AND a.window_start = b.window_start AND a.window_end = b.window_end;

-- spills: a join with versions
SELECT COUNT(*), MAX(b.text) FROM events a JOIN versions FOR SYSTEM_TIME AS OF a.ts AS b ON a.id = b.id;

-- spills: changes that meet versions
SELECT COUNT(*), SUM(b.n), SUM(CHAR_LENGTH(a.text)) FROM changes a JOIN versions FOR SYSTEM_TIME AS OF a.ts AS b ON a.id = b.id;

-- spills: OVER rows
SELECT id, COUNT(text) OVER w, SUM(n) OVER w FROM events WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 40 PRECEDING AND CURRENT ROW);

-- spills: OVER times
SELECT id, COUNT(text) OVER w, SUM(n) OVER w FROM events WINDOW w AS (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '10' HOUR PRECEDING AND CURRENT ROW);

-- spills: OVER all before it
SELECT id, MAX(text) OVER w, COUNT(*) OVER w FROM events WINDOW w AS (PARTITION BY id ORDER BY ts);

-- spills: OVER values
SELECT id, SUM(n) OVER (PARTITION BY k ORDER BY text) FROM events;

-- spills: a sort by time
SELECT id FROM late ORDER BY ts, id;

-- spills: a pattern
SELECT k, a, b FROM late MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES A.id AS a, B.id AS b ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A B) DEFINE B AS B.n > A.n) AS m;

-- spills: changes that wait
INSERT INTO settled SELECT text, id FROM changes ON CONFLICT DO NOTHING;

-- spills: an order of all rows
SET 'execution.runtime-mode' = 'batch';
SELECT id FROM events ORDER BY text DESC;

-- spills: an order of all rows, which are long
SET 'execution.runtime-mode' = 'batch';
SELECT id, long FROM wide ORDER BY text DESC;

-- spills: an order of rows of which some are taken back
SET 'execution.runtime-mode' = 'batch';
SELECT g, longest, c FROM (SELECT g, MAX(long) AS longest, COUNT(*) AS c FROM wide GROUP BY g) ORDER BY c, longest;

-- spills: the first rows of an order
SET 'execution.runtime-mode' = 'batch';
SELECT id, long FROM wide ORDER BY text LIMIT 100;

-- spills: OVER in a batch, of rows that are long
SET 'execution.runtime-mode' = 'batch';
SELECT id, long, SUM(n) OVER (PARTITION BY k ORDER BY text) FROM wide;

-- spills: OVER rows in a batch
SET 'execution.runtime-mode' = 'batch';
SELECT id, long, MAX(n) OVER (PARTITION BY k ORDER BY text ROWS BETWEEN 10 PRECEDING AND 2 FOLLOWING) FROM wide;

-- spills: OVER places in a batch
SET 'execution.runtime-mode' = 'batch';
SELECT id, long, RANK() OVER (PARTITION BY k ORDER BY n), LAG(n) OVER (PARTITION BY k ORDER BY n) FROM wide;

-- spills: an order of OVER
SET 'execution.runtime-mode' = 'batch';
SELECT id, long FROM (SELECT id, long, SUM(n) OVER (PARTITION BY k ORDER BY text) AS s FROM wide) ORDER BY s, id;

-- stops: OVER all rows of a batch
SET 'execution.runtime-mode' = 'batch';
SELECT id, long, SUM(n) OVER (ORDER BY text) FROM wide;

-- spills: a join of a batch
SET 'execution.runtime-mode' = 'batch';
SELECT COUNT(*), MAX(b.long) FROM wide a JOIN wide b ON a.id = b.n;

-- spills: a join of windows in one window
SELECT a.id, b.long FROM (SELECT * FROM TABLE(TUMBLE(TABLE wide, DESCRIPTOR(ts), INTERVAL '1' DAY))) a JOIN (SELECT * FROM TABLE(TUMBLE(TABLE wide, DESCRIPTOR(ts), INTERVAL '1' DAY))) b ON a.id = b.id AND a.window_start = b.window_start AND a.window_end = b.window_end;

-- spills: rows of both tables in a batch
SET 'execution.runtime-mode' = 'batch';
SELECT COUNT(*) FROM (SELECT long FROM wide INTERSECT SELECT long FROM wide);

-- spills: rows of one table alone in a batch
SET 'execution.runtime-mode' = 'batch';
SELECT COUNT(*) FROM (SELECT long FROM wide EXCEPT ALL SELECT long FROM wide WHERE n > 500000);

-- spills: grouping sets of a batch
SET 'execution.runtime-mode' = 'batch';
SELECT COUNT(*), SUM(c) FROM (SELECT long, id, COUNT(*) AS c FROM wide GROUP BY GROUPING SETS ((long), (id), ()));

-- spills: OVER in a batch
SET 'execution.runtime-mode' = 'batch';
SELECT id, SUM(n) OVER (PARTITION BY k ORDER BY text) FROM events;

-- spills: groups of a batch
SET 'execution.runtime-mode' = 'batch';
SELECT g, CARDINALITY(ARRAY_AGG(text)) FROM events GROUP BY g;

-- spills: one text that is shown with each row
SELECT CHAR_LENGTH(LISTAGG(text)) FROM events WHERE id < 3000;

-- spills: one list over all rows so far
SELECT id, CARDINALITY(ARRAY_AGG(text) OVER (ORDER BY ts)) FROM events WHERE id < 3000;

-- spills: a list that a window shows with each row
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '0 ms';
SELECT CHAR_LENGTH(LISTAGG(text)) FROM events WHERE id < 3000 GROUP BY TUMBLE(ts, INTERVAL '1' DAY);
