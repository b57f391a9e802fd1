-- The latest prediction of each pair. Plain PostgreSQL, so that it can be tried on one.
DROP MATERIALIZED VIEW IF EXISTS latest_predictions;

CREATE MATERIALIZED VIEW latest_predictions AS
SELECT pair, predicted_at, price
FROM (
  SELECT pair, predicted_at, price,
    row_number() OVER (PARTITION BY pair ORDER BY predicted_at DESC) AS place
  FROM predictions
) AS ranked
WHERE place = 1;
