-- Why: Who takes part, and by which measure: funds, rulebooks, partners. Each grows by version.
CREATE TABLE funds (
  fund_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  first_period TEXT NOT NULL,
  rulebook_id TEXT NOT NULL,
  rulebook_version TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, version)
);
CREATE TABLE rulebooks (
  fund_id TEXT NOT NULL,
  rulebook_id TEXT NOT NULL,
  version TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, rulebook_id, version)
);
CREATE TABLE imports (
  fund_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  bank TEXT,
  month TEXT,
  version BIGINT,
  file_name TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  until DATE,
  mapping TEXT NOT NULL,
  sheet TEXT,
  column_names TEXT NOT NULL,
  records_total BIGINT NOT NULL,
  records_accepted BIGINT NOT NULL,
  records_unchanged BIGINT NOT NULL,
  rights_rows BIGINT,
  nil_return BOOLEAN NOT NULL,
  is_partial BOOLEAN NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (import_id),
  CHECK (records_total >= 0 AND records_accepted >= 0 AND records_unchanged >= 0)
);
CREATE INDEX imports_by_content_hash ON imports (content_hash);
CREATE TABLE import_findings (
  fund_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  severity TEXT NOT NULL,
  row_no BIGINT NOT NULL,
  column_name TEXT NOT NULL,
  code TEXT NOT NULL,
  contract TEXT,
  args TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (import_id, ordinal),
  CHECK (severity IN ('rejected', 'warning')),
  FOREIGN KEY (import_id) REFERENCES imports (import_id)
);
CREATE TABLE partners (
  fund_id TEXT NOT NULL,
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  agreed_from DATE NOT NULL,
  agreed_to DATE NOT NULL,
  limit_fen BIGINT,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, code, version),
  CHECK (limit_fen IS NULL OR limit_fen >= 0)
);
