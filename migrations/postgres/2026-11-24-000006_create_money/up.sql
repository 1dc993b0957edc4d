-- Why: The fund's money: a double-entry ledger that only grows, what is promised out of it, and its daily level.
CREATE TABLE fund_rows (
  fund_id TEXT NOT NULL,
  row_id TEXT NOT NULL,
  row_date DATE NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  contract TEXT,
  loan_id TEXT,
  amount_fen BIGINT NOT NULL,
  note TEXT NOT NULL,
  nth BIGINT NOT NULL,
  import_id TEXT NOT NULL,
  row_no BIGINT NOT NULL,
  tx_id TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (row_id),
  CHECK (amount_fen > 0)
);
CREATE TABLE ledger_transactions (
  fund_id TEXT NOT NULL,
  tx_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  booked_on DATE NOT NULL,
  memo TEXT NOT NULL,
  source_ref TEXT NOT NULL,
  reverses TEXT,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (tx_id)
);
CREATE INDEX ledger_transactions_by_source_ref ON ledger_transactions (source_ref);
CREATE TABLE ledger_lines (
  fund_id TEXT NOT NULL,
  tx_id TEXT NOT NULL,
  line_no BIGINT NOT NULL,
  account TEXT NOT NULL,
  side TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (tx_id, line_no),
  CHECK (side IN ('debit', 'credit')),
  CHECK (amount_fen > 0),
  FOREIGN KEY (tx_id) REFERENCES ledger_transactions (tx_id)
);
CREATE INDEX ledger_lines_by_account ON ledger_lines (account);
CREATE INDEX ledger_lines_by_event_id ON ledger_lines (event_id);
CREATE TABLE commitments (
  fund_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  version BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  basis TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (kind, subject, version),
  CHECK (kind IN ('reserved', 'earmarked', 'ordered')),
  CHECK (amount_fen >= 0)
);
CREATE INDEX commitments_by_event_id ON commitments (event_id);
CREATE TABLE reserve_snapshots (
  fund_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  rulebook_id TEXT NOT NULL,
  rulebook_version TEXT NOT NULL,
  cash_fen BIGINT NOT NULL,
  floor_fen BIGINT NOT NULL,
  reserved_fen BIGINT NOT NULL,
  earmarked_fen BIGINT NOT NULL,
  ordered_fen BIGINT NOT NULL,
  free_fen BIGINT NOT NULL,
  capacity_fen BIGINT NOT NULL,
  policy_minimum_fen BIGINT NOT NULL,
  contractual_maximum_fen BIGINT NOT NULL,
  parameters TEXT NOT NULL,
  heads TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, business_date, version)
);
