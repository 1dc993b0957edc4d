-- Why: The page of the fund tells when a promise of each kind was last made or let go, of more promises than loans.
CREATE INDEX commitments_by_day ON commitments (kind, business_date, fund_id);
