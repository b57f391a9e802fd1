-- The latest prediction of each pair; of two at the same instant, the higher. Plain PostgreSQL, and tried on one.
DROP MATERIALIZED VIEW IF EXISTS latest_predictions;

CREATE MATERIALIZED VIEW latest_predictions AS
SELECT pair, predicted_at, price
FROM (
  SELECT pair, predicted_at, price,
    row_number() OVER (PARTITION BY pair ORDER BY predicted_at DESC, price DESC) AS place
  FROM predictions
  -- A message that lacks one would otherwise be the latest for ever: NULL sorts before all times.
  WHERE pair IS NOT NULL AND predicted_at IS NOT NULL AND price IS NOT NULL
) AS ranked
WHERE place = 1;
