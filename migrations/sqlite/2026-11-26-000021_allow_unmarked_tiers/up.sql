-- Why: A non-performing mark may be taken back by two persons outside a report; the history of tiers then says so.
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
  CHECK (source IN ('report', 'day_floor', 'undo', 'unmarked'))
);
INSERT INTO loan_tiers_next SELECT * FROM loan_tiers;
DROP TABLE loan_tiers;
ALTER TABLE loan_tiers_next RENAME TO loan_tiers;
