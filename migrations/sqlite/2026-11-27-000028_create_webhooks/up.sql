-- Why: Systems of banks are told of events. The chain itself is the outbox: it is looked through from the place kept here, so that an act pays nothing for being told of.
CREATE TABLE webhook_endpoints (
  fund_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  url TEXT NOT NULL,
  wants TEXT NOT NULL,
  bank TEXT,
  secret TEXT NOT NULL,
  old_secret TEXT,
  old_until TIMESTAMP,
  state TEXT NOT NULL,
  person TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (endpoint_id, version),
  CHECK (version >= 1),
  CHECK (state IN ('active', 'disabled')),
  CHECK ((old_secret IS NULL) = (old_until IS NULL))
);
CREATE TABLE webhook_deliveries (
  delivery_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  event TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try_at TIMESTAMP NOT NULL,
  made_at TIMESTAMP NOT NULL,
  delivered_at TIMESTAMP,
  PRIMARY KEY (delivery_id),
  CHECK (state IN ('queued', 'delivered', 'failed')),
  CHECK (attempts >= 0)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, next_try_at);
CREATE TABLE webhook_attempts (
  delivery_id TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  at TIMESTAMP NOT NULL,
  status BIGINT,
  error TEXT NOT NULL,
  PRIMARY KEY (delivery_id, attempt)
);
CREATE TABLE webhook_places (
  chain TEXT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (chain)
);
