-- Why: Claims as filed, and every calculation made for them.
CREATE TABLE claims (
  fund_id TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  loan_id TEXT NOT NULL,
  bank TEXT NOT NULL,
  filed_on DATE NOT NULL,
  arrival BIGINT NOT NULL,
  outstanding_fen BIGINT NOT NULL,
  overdue_interest_fen BIGINT NOT NULL,
  overdue_since DATE NOT NULL,
  pledge_registered_on DATE,
  insurer_paid_fen BIGINT NOT NULL,
  guarantor_paid_fen BIGINT NOT NULL,
  collateral_gross_fen BIGINT NOT NULL,
  collateral_cost_fen BIGINT NOT NULL,
  documents TEXT NOT NULL,
  import_id TEXT NOT NULL,
  row_no BIGINT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (claim_id),
  UNIQUE (fund_id, arrival),
  CHECK (outstanding_fen >= 0)
);
CREATE INDEX claims_by_loan_id ON claims (loan_id);
CREATE TABLE calculations (
  fund_id TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  decision TEXT NOT NULL,
  reasons TEXT NOT NULL,
  rulebook_id TEXT NOT NULL,
  rulebook_version TEXT NOT NULL,
  rulebook_hash TEXT NOT NULL,
  loss_base_fen BIGINT,
  fund_rate_ppm BIGINT,
  payout_fen BIGINT NOT NULL,
  earmark_fen BIGINT NOT NULL,
  shares TEXT NOT NULL,
  input TEXT NOT NULL,
  outcome TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (claim_id, version),
  CHECK (payout_fen >= 0),
  FOREIGN KEY (claim_id) REFERENCES claims (claim_id)
);
CREATE TABLE claim_status (
  claim_id TEXT NOT NULL,
  fund_id TEXT NOT NULL,
  bank TEXT NOT NULL,
  loan_id TEXT NOT NULL,
  credit_code TEXT NOT NULL,
  filed_on DATE NOT NULL,
  arrival BIGINT NOT NULL,
  state TEXT NOT NULL,
  decision TEXT,
  payout_fen BIGINT,
  calculation_version BIGINT NOT NULL,
  PRIMARY KEY (claim_id)
);
CREATE INDEX claim_status_by_loan_id ON claim_status (loan_id);
CREATE INDEX claim_status_by_bank ON claim_status (bank);
