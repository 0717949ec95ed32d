-- Lines taken apart, and put together again by another rule. From the top of the repository:
--
--   cc -std=c99 -O2 -fPIC -shared -I include examples/functions/words.c -o libwords.so
--   cc -std=c99 -O2 -fPIC -shared -I include examples/functions/weights.c -o libweights.so
--   build/release/millrace run examples/functions/words.sql

CREATE FUNCTION words AS 'words' LANGUAGE C USING LIBRARY 'libwords.so';
CREATE FUNCTION series AS 'series' LANGUAGE C USING LIBRARY 'libwords.so';
CREATE FUNCTION weighted_avg AS 'weighted_avg' LANGUAGE C USING LIBRARY 'libweights.so';
CREATE FUNCTION longest AS 'longest' LANGUAGE C USING LIBRARY 'libweights.so';

CREATE VIEW lines AS
SELECT * FROM (VALUES (1, 'to be or not to be'), (2, ''), (3, CAST(NULL AS STRING)))
  AS t (id, line);

-- A row a word; with LEFT JOIN a line without any is there as well.
SELECT id, place, word
FROM lines LEFT JOIN LATERAL TABLE(words(line, ' ')) AS w ON CHAR_LENGTH(word) > 2;

-- Of no table at all.
SELECT n, half FROM TABLE(series(3, 6));

-- Aggregates of the library's: a word weighs what its place says.
SELECT id, weighted_avg(CHAR_LENGTH(word), place + 1) AS size, longest(word) AS longest
FROM lines, LATERAL TABLE(words(line => line, mark => ' ')) AS w
GROUP BY id;
