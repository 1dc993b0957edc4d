-- Why: A non-performing mark may be taken back by two persons outside a report; the history of tiers then says so.
ALTER TABLE loan_tiers DROP CONSTRAINT loan_tiers_source_check;
ALTER TABLE loan_tiers ADD CONSTRAINT loan_tiers_source_check CHECK (source IN ('report', 'day_floor', 'undo', 'unmarked'));
