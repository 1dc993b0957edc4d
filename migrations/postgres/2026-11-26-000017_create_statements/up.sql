-- Why: What the bank says of an account is a fact of its own beside the ledger; which line is which booking may be corrected, so it grows by version.
CREATE TABLE bank_statements (
  fund_id TEXT NOT NULL,
  statement_id TEXT NOT NULL,
  account TEXT NOT NULL,
  ledger_account TEXT NOT NULL,
  form TEXT NOT NULL,
  file_name TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  bank_number TEXT NOT NULL,
  from_on DATE NOT NULL,
  to_on DATE NOT NULL,
  opening_fen BIGINT NOT NULL,
  closing_fen BIGINT NOT NULL,
  lines_total BIGINT NOT NULL,
  lines_new BIGINT NOT NULL,
  findings TEXT NOT NULL,
  person TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (statement_id),
  UNIQUE (fund_id, account, content_hash, ordinal),
  CHECK (from_on <= to_on),
  CHECK (lines_new BETWEEN 0 AND lines_total)
);
CREATE TABLE bank_statement_lines (
  fund_id TEXT NOT NULL,
  line_id TEXT NOT NULL,
  statement_id TEXT NOT NULL REFERENCES bank_statements (statement_id),
  account TEXT NOT NULL,
  line_key TEXT NOT NULL,
  place BIGINT NOT NULL,
  booked_on DATE NOT NULL,
  value_on DATE,
  direction TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  is_reversal BOOLEAN NOT NULL,
  counterparty_name TEXT NOT NULL,
  counterparty_account TEXT NOT NULL,
  reference TEXT NOT NULL,
  end_to_end TEXT NOT NULL,
  text TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (line_id),
  UNIQUE (fund_id, account, line_key),
  CHECK (direction IN ('credit', 'debit')),
  CHECK (amount_fen > 0)
);
CREATE INDEX bank_statement_lines_by_day ON bank_statement_lines (fund_id, account, booked_on);
CREATE TABLE statement_matches (
  fund_id TEXT NOT NULL,
  line_id TEXT NOT NULL REFERENCES bank_statement_lines (line_id),
  version BIGINT NOT NULL,
  tx_id TEXT,
  rule TEXT NOT NULL,
  person TEXT NOT NULL,
  note TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (line_id, version),
  CHECK (version > 0),
  CHECK (rule IN ('reference', 'amount', 'person')),
  CHECK (tx_id IS NOT NULL OR rule = 'person')
);
-- Why: A month that is closed by two persons must not move any more; the step that seals it carries the balances it seals.
CREATE TABLE period_steps (
  fund_id TEXT NOT NULL,
  period TEXT NOT NULL,
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  person TEXT NOT NULL,
  note TEXT NOT NULL,
  trial_balance TEXT NOT NULL,
  trial_balance_hash TEXT NOT NULL,
  open_items BIGINT NOT NULL,
  difference_fen BIGINT,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, period, version),
  CHECK (version > 0),
  CHECK (state IN ('proposed', 'sealed', 'rejected', 'withdrawn'))
);
CREATE UNIQUE INDEX period_steps_sealed_once ON period_steps (fund_id, period) WHERE state = 'sealed';
-- Why: The accounting software numbers vouchers by itself; its number is typed back so that both books can be laid side by side.
CREATE TABLE voucher_numbers (
  fund_id TEXT NOT NULL,
  tx_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  number TEXT NOT NULL,
  person TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (tx_id, version),
  CHECK (version > 0)
);
