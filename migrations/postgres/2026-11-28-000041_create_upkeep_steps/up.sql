-- Why: Who tried the mail, sent a report again or copied the database, when, and what came of it, must be told later.
CREATE TABLE upkeep_steps (
  fund_id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  person TEXT NOT NULL,
  details TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, step_id)
);
CREATE INDEX upkeep_steps_by_kind ON upkeep_steps (fund_id, kind, recorded_at);
CREATE INDEX upkeep_steps_by_subject ON upkeep_steps (fund_id, subject);
