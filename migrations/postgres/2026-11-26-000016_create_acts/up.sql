-- Why: Everything that people do to a claim, a registration, a loan, a partner, a person or the fund is one kind of fact, so that every state is the fold of recorded acts and nothing else.
CREATE TABLE acts (
  fund_id TEXT NOT NULL,
  life TEXT NOT NULL,
  subject TEXT NOT NULL,
  version BIGINT NOT NULL,
  act TEXT NOT NULL,
  person TEXT NOT NULL,
  office TEXT NOT NULL,
  details TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, life, subject, version),
  CHECK (version >= 1)
);
CREATE INDEX acts_by_act ON acts (fund_id, life, act);
CREATE TABLE idempotency_keys (
  fund_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  answer TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, idempotency_key)
);
CREATE TABLE attachments (
  fund_id TEXT NOT NULL,
  attachment_id TEXT NOT NULL,
  life TEXT NOT NULL,
  subject TEXT NOT NULL,
  document TEXT NOT NULL,
  file_name TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  size BIGINT NOT NULL,
  person TEXT NOT NULL,
  content BYTEA NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (attachment_id)
);
CREATE INDEX attachments_by_subject ON attachments (fund_id, life, subject);
-- The last line against an overdrawn fund: whatever the code above it does, no balance leaves its side.
CREATE TABLE account_balances (
  fund_id TEXT NOT NULL,
  account TEXT NOT NULL,
  balance_fen BIGINT NOT NULL,
  PRIMARY KEY (fund_id, account),
  CHECK (balance_fen >= 0 OR NOT (account = 'cash' OR account LIKE 'promised:%' OR account LIKE 'bank_deposit:%' OR account LIKE 'recovery_in_transit:%' OR account LIKE 'owed_by_bank:%')),
  CHECK (balance_fen <= 0 OR NOT (account = 'recoveries_unallocated' OR account LIKE 'owed_to_bank:%'))
);
INSERT INTO account_balances (fund_id, account, balance_fen)
  SELECT fund_id, account, CAST(SUM(CASE WHEN side = 'debit' THEN amount_fen ELSE -amount_fen END) AS BIGINT)
  FROM ledger_lines GROUP BY fund_id, account;
INSERT INTO account_balances (fund_id, account, balance_fen)
  SELECT fund_id, 'promised:' || kind, CAST(SUM(amount_fen) AS BIGINT)
  FROM commitments c
  WHERE kind IN ('earmarked', 'ordered')
    AND version = (SELECT MAX(n.version) FROM commitments n WHERE n.kind = c.kind AND n.subject = c.subject)
  GROUP BY fund_id, kind;
ALTER TABLE claim_status ADD COLUMN act_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE claim_status ADD COLUMN due_on DATE;
ALTER TABLE claim_status ADD COLUMN earmarked_fen BIGINT NOT NULL DEFAULT 0;
UPDATE claim_status SET earmarked_fen = COALESCE((SELECT c.amount_fen FROM commitments c WHERE c.kind = 'earmarked' AND c.subject = claim_status.claim_id ORDER BY c.version DESC LIMIT 1), 0);
ALTER TABLE claim_status ADD COLUMN approved_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE claim_status ADD COLUMN paid_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE claim_status ADD COLUMN recovered_fen BIGINT NOT NULL DEFAULT 0;
CREATE INDEX claim_status_by_state ON claim_status (fund_id, state);
-- Why a loan carries no cover any more although it is on the register: renewed, cancelled, settled.
ALTER TABLE loans ADD COLUMN ended TEXT;
