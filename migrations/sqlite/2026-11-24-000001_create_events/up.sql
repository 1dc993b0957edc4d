-- Why: Every state change is one event in the chain of its scope; the row of a scope is also what its writers lock.
CREATE TABLE scopes (
  scope_key TEXT NOT NULL,
  last_seq BIGINT NOT NULL,
  head_hash TEXT NOT NULL,
  PRIMARY KEY (scope_key),
  CHECK (last_seq >= 0)
);
CREATE TABLE events (
  event_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  seq BIGINT NOT NULL,
  fund_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  payload TEXT NOT NULL,
  alg TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (event_id),
  UNIQUE (chain, seq)
);
CREATE INDEX events_by_subject ON events (subject);
CREATE INDEX events_by_kind ON events (kind);
CREATE TABLE IF NOT EXISTS settings (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
);
