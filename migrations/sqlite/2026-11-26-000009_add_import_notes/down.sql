CREATE TABLE import_findings_next (
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
INSERT INTO import_findings_next SELECT * FROM import_findings WHERE severity <> 'note';
DROP TABLE import_findings;
ALTER TABLE import_findings_next RENAME TO import_findings;
