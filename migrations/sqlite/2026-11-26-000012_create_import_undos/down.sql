CREATE TABLE loan_tiers_next (
  fund_id TEXT NOT NULL,
  loan_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  tier TEXT NOT NULL,
  overdue_days BIGINT NOT NULL,
  source TEXT NOT NULL,
  effective_on DATE NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (loan_id, version),
  CHECK (source IN ('report', 'day_floor'))
);
INSERT INTO loan_tiers_next SELECT * FROM loan_tiers WHERE source <> 'undo';
DROP TABLE loan_tiers;
ALTER TABLE loan_tiers_next RENAME TO loan_tiers;
DROP INDEX servicing_reports_by_import_id;
DROP INDEX fund_rows_by_import_id;
DROP INDEX claims_by_import_id;
ALTER TABLE partners DROP COLUMN import_id;
DROP TABLE import_undos;
