-- Why: An import may be taken back by two persons; what it added then no longer stands, and every fact says which import it came with.
CREATE TABLE import_undos (
  fund_id TEXT NOT NULL,
  undo_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  import_id TEXT NOT NULL,
  state TEXT NOT NULL,
  person TEXT NOT NULL,
  note TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (undo_id, version),
  CHECK (state IN ('requested', 'approved', 'rejected', 'withdrawn')),
  CHECK ((version = 1 AND state = 'requested') OR (version = 2 AND state <> 'requested')),
  FOREIGN KEY (import_id) REFERENCES imports (import_id)
);
CREATE INDEX import_undos_by_import_id ON import_undos (import_id);
CREATE UNIQUE INDEX import_undos_once ON import_undos (import_id) WHERE state = 'approved';
ALTER TABLE partners ADD COLUMN import_id TEXT;
CREATE INDEX claims_by_import_id ON claims (import_id);
CREATE INDEX fund_rows_by_import_id ON fund_rows (import_id);
CREATE INDEX servicing_reports_by_import_id ON servicing_reports (import_id);
ALTER TABLE loan_tiers DROP CONSTRAINT loan_tiers_source_check;
ALTER TABLE loan_tiers ADD CONSTRAINT loan_tiers_source_check CHECK (source IN ('report', 'day_floor', 'undo'));
