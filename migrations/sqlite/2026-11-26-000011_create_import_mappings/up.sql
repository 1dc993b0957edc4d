-- Why: A layout that a person confirmed is kept with the bank it is of, and every version of it, so that an import can
-- say what it was read with.
CREATE TABLE import_mappings (
  fund_id TEXT NOT NULL,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  bank TEXT,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  retired BOOLEAN NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, name, version),
  CHECK (version > 0)
);
