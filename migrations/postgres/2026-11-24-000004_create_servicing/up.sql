-- Why: Month-end reports: append-only, a correction is a new version of the bank and month.
CREATE TABLE servicing_reports (
  fund_id TEXT NOT NULL,
  report_id TEXT NOT NULL,
  bank TEXT NOT NULL,
  month TEXT NOT NULL,
  version BIGINT NOT NULL,
  import_id TEXT NOT NULL,
  is_partial BOOLEAN NOT NULL,
  nil_return BOOLEAN NOT NULL,
  row_count BIGINT NOT NULL,
  arrived_at TIMESTAMP NOT NULL,
  on_time BOOLEAN NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (report_id),
  UNIQUE (fund_id, bank, month, version),
  FOREIGN KEY (import_id) REFERENCES imports (import_id)
);
CREATE TABLE servicing_rows (
  fund_id TEXT NOT NULL,
  report_id TEXT NOT NULL,
  loan_id TEXT NOT NULL,
  bank TEXT NOT NULL,
  month TEXT NOT NULL,
  row_no BIGINT NOT NULL,
  balance_fen BIGINT NOT NULL,
  overdue_principal_fen BIGINT NOT NULL,
  overdue_interest_fen BIGINT NOT NULL,
  overdue_since DATE,
  overdue_days BIGINT NOT NULL,
  bank_tier TEXT NOT NULL,
  floor_tier TEXT NOT NULL,
  tier TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (report_id, loan_id),
  CHECK (balance_fen >= 0 AND overdue_principal_fen >= 0 AND overdue_interest_fen >= 0),
  FOREIGN KEY (report_id) REFERENCES servicing_reports (report_id)
);
CREATE INDEX servicing_rows_by_loan_id ON servicing_rows (loan_id);
CREATE INDEX servicing_rows_by_event_id ON servicing_rows (event_id);
CREATE TABLE loan_months (
  loan_id TEXT NOT NULL,
  month TEXT NOT NULL,
  fund_id TEXT NOT NULL,
  bank TEXT NOT NULL,
  report_id TEXT NOT NULL,
  balance_fen BIGINT NOT NULL,
  overdue_principal_fen BIGINT NOT NULL,
  overdue_interest_fen BIGINT NOT NULL,
  overdue_since DATE,
  overdue_days BIGINT NOT NULL,
  bank_tier TEXT NOT NULL,
  floor_tier TEXT NOT NULL,
  tier TEXT NOT NULL,
  PRIMARY KEY (loan_id, month)
);
CREATE INDEX loan_months_by_month ON loan_months (month);
CREATE TABLE loan_tiers (
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
