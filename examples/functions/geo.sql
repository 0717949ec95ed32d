-- Trips with their length and the square that they end in. From the top of the repository:
--
--   cc -std=c99 -O2 -fPIC -shared -I include examples/functions/geo.c -o libgeo.so -lm
--   build/release/millrace run examples/functions/geo.sql

CREATE FUNCTION distance_km AS 'distance_km' LANGUAGE C USING LIBRARY 'libgeo.so';
CREATE FUNCTION locator AS 'locator' LANGUAGE C USING LIBRARY 'libgeo.so';

-- One written in SQL may call them.
CREATE FUNCTION hours (kilometres DOUBLE, speed DOUBLE) RETURNS DECIMAL(6, 1)
  RETURN CAST(kilometres / speed AS DECIMAL(6, 1));

CREATE VIEW trips AS
SELECT * FROM (VALUES
  ('Munich-Paris', 48.1374, 11.5755, 48.8566, 2.3522),
  ('Oslo-Rome', 59.9139, 10.7522, 41.9028, 12.4964),
  ('nowhere', 48.1374, 11.5755, CAST(NULL AS DOUBLE), 2.3522)) AS t (name, lat1, lon1, lat2, lon2);

SELECT name, ROUND(distance_km(lat1, lon1, lat2, lon2), 1) AS km, hours(distance_km(lat1, lon1, lat2, lon2), 80) AS h,
  locator(lat2, lon2) AS square
FROM trips;
