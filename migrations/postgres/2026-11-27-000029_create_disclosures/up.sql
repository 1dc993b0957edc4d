-- Why: Who had account numbers, telephone numbers or identity numbers shown, and why, must be told later.
CREATE TABLE disclosures (
  fund_id TEXT NOT NULL,
  disclosure_id TEXT NOT NULL,
  life TEXT NOT NULL,
  subject TEXT NOT NULL,
  shown BIGINT NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (disclosure_id),
  CHECK (shown >= 0)
);
CREATE INDEX disclosures_by_subject ON disclosures (fund_id, life, subject);
