-- Why: What a paper turned out to be and what the scanner said is a fact beside it; papers that came before have none.
CREATE TABLE paper_checks (
  fund_id TEXT NOT NULL,
  attachment_id TEXT NOT NULL REFERENCES attachments (attachment_id),
  bank TEXT NOT NULL,
  media_type TEXT NOT NULL,
  verdict TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (attachment_id),
  CHECK (verdict IN ('clean', 'not_scanned'))
);
CREATE INDEX paper_checks_by_bank ON paper_checks (fund_id, bank);
