-- Why: Reports as frozen, mails as composed, and how far each got.
CREATE TABLE reports (
  fund_id TEXT NOT NULL,
  report_id TEXT NOT NULL,
  name TEXT NOT NULL,
  period TEXT NOT NULL,
  version BIGINT NOT NULL,
  dataset TEXT NOT NULL,
  dataset_hash TEXT NOT NULL,
  sources TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  body TEXT NOT NULL,
  xlsx_name TEXT NOT NULL,
  xlsx BLOB NOT NULL,
  supersedes TEXT,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (report_id),
  UNIQUE (fund_id, name, period, version)
);
CREATE TABLE outbox (
  fund_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  content_key TEXT NOT NULL,
  report_id TEXT,
  recipient TEXT NOT NULL,
  recipient_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  raw BLOB NOT NULL,
  raw_hash TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (message_id),
  UNIQUE (content_key)
);
CREATE TABLE mail_deliveries (
  message_id TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try_at TIMESTAMP NOT NULL,
  delivered_at TIMESTAMP,
  place TEXT,
  last_error TEXT,
  PRIMARY KEY (message_id),
  CHECK (state IN ('queued', 'delivered', 'failed')),
  FOREIGN KEY (message_id) REFERENCES outbox (message_id)
);
