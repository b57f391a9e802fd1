-- RisingWave's own: a table that is filled from Kafka. It is made once; a change of its columns is a new name.
\getenv broker BROKER
\getenv topic TOPIC

CREATE TABLE IF NOT EXISTS predictions (
  pair VARCHAR,
  predicted_at TIMESTAMP WITH TIME ZONE,
  price DOUBLE PRECISION
) WITH (
  connector = 'kafka',
  topic = :'topic',
  properties.bootstrap.server = :'broker',
  scan.startup.mode = 'earliest'
) FORMAT PLAIN ENCODE JSON;
