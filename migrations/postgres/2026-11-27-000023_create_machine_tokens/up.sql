-- Why: A bank's core system comes in with a token of its own. What a token is for, how long it holds and when it was ended are facts; when it was last used is not.
CREATE TABLE machine_tokens (
  fund_id TEXT NOT NULL,
  token_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  machine TEXT NOT NULL,
  scopes TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  state TEXT NOT NULL,
  follows TEXT NOT NULL,
  reason TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (token_id, version),
  CHECK (version >= 1),
  CHECK (state IN ('issued', 'rotated', 'revoked'))
);
CREATE INDEX machine_tokens_by_machine ON machine_tokens (fund_id, machine);
CREATE TABLE token_uses (
  token_id TEXT NOT NULL PRIMARY KEY,
  last_used_at TIMESTAMP NOT NULL
);
