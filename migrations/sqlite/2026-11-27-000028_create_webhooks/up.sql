-- Systems of banks and of the fund are told what happens; where to, and with which sealed secret, grows by version.
CREATE TABLE webhook_endpoints (
  fund_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  bank TEXT,
  kinds TEXT NOT NULL,
  state TEXT NOT NULL,
  secret BLOB NOT NULL,
  overlap_until TIMESTAMP,
  person TEXT NOT NULL,
  note TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (endpoint_id, version),
  CHECK (version > 0),
  CHECK (state IN ('active', 'disabled'))
);
-- How far an endpoint has been told of a chain.
CREATE TABLE webhook_cursors (
  endpoint_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  last_seq BIGINT NOT NULL,
  PRIMARY KEY (endpoint_id, chain)
);
-- What is told, once an endpoint and event; the bytes never change.
CREATE TABLE webhook_deliveries (
  delivery_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  next_try_at TIMESTAMP NOT NULL,
  delivered_at TIMESTAMP,
  PRIMARY KEY (delivery_id),
  CHECK (state IN ('queued', 'delivered', 'failed'))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, next_try_at);
CREATE TABLE webhook_attempts (
  delivery_id TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  tried_at TIMESTAMP NOT NULL,
  status BIGINT,
  fault TEXT,
  PRIMARY KEY (delivery_id, attempt),
  FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries (delivery_id)
);
