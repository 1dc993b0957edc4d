DELETE FROM loan_tiers WHERE source = 'unmarked';
ALTER TABLE loan_tiers DROP CONSTRAINT loan_tiers_source_check;
ALTER TABLE loan_tiers ADD CONSTRAINT loan_tiers_source_check CHECK (source IN ('report', 'day_floor', 'undo'));
