DELETE FROM loan_tiers WHERE source = 'undo';
ALTER TABLE loan_tiers DROP CONSTRAINT loan_tiers_source_check;
ALTER TABLE loan_tiers ADD CONSTRAINT loan_tiers_source_check CHECK (source IN ('report', 'day_floor'));
DROP INDEX servicing_reports_by_import_id;
DROP INDEX fund_rows_by_import_id;
DROP INDEX claims_by_import_id;
ALTER TABLE partners DROP COLUMN import_id;
DROP TABLE import_undos;
