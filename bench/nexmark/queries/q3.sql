-- Local items: who sells in Oregon, Idaho and California, in one category. A join of two streams.

CREATE TABLE answer (name STRING, city STRING, state STRING, id BIGINT)
WITH (${RESULT});

INSERT INTO answer
SELECT P.name, P.city, P.state, A.id
FROM auction AS A INNER JOIN person AS P ON A.seller = P.id
WHERE A.category = 10 AND (P.state = 'OR' OR P.state = 'ID' OR P.state = 'CA');
