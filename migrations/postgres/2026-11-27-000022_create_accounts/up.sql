-- Why: Who may sign in, with what, and what was done about it. What was done is a fact (account_acts) and holds no secret;
-- secrets, sessions and counters stand beside it and are work: they change, and no event carries them.
CREATE TABLE account_acts (
  fund_id TEXT NOT NULL,
  person TEXT NOT NULL,
  version BIGINT NOT NULL,
  act TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  details TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (fund_id, person, version),
  CHECK (version >= 1)
);
CREATE TABLE accounts (
  person TEXT NOT NULL,
  fund_id TEXT NOT NULL,
  name TEXT NOT NULL,
  is_disabled BOOLEAN NOT NULL,
  password_hash TEXT,
  password_set_at TIMESTAMP,
  must_change BOOLEAN NOT NULL,
  totp_sealed TEXT,
  totp_step BIGINT NOT NULL,
  code_hash TEXT,
  code_until TIMESTAMP,
  opened_at TIMESTAMP NOT NULL,
  signed_in_at TIMESTAMP,
  PRIMARY KEY (person)
);
CREATE TABLE account_passwords (
  person TEXT NOT NULL,
  set_at TIMESTAMP NOT NULL,
  password_hash TEXT NOT NULL,
  PRIMARY KEY (person, set_at)
);
CREATE TABLE recovery_codes (
  code_hash TEXT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (code_hash)
);
CREATE INDEX recovery_codes_by_person ON recovery_codes (person);
CREATE TABLE sessions (
  session_hash TEXT NOT NULL,
  session_id TEXT NOT NULL,
  person TEXT NOT NULL,
  stage TEXT NOT NULL,
  roles TEXT NOT NULL,
  form_secret TEXT NOT NULL,
  pending_sealed TEXT,
  address TEXT NOT NULL,
  agent TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  seen_at TIMESTAMP NOT NULL,
  confirmed_at TIMESTAMP,
  PRIMARY KEY (session_hash),
  UNIQUE (session_id),
  CHECK (stage IN ('code', 'password', 'enrol', 'full'))
);
CREATE INDEX sessions_by_person ON sessions (person);
-- Failures by account, code and address; a name that has no account counts as one that has.
CREATE TABLE sign_in_failures (
  counted TEXT NOT NULL,
  failures BIGINT NOT NULL,
  since TIMESTAMP NOT NULL,
  failed_at TIMESTAMP NOT NULL,
  PRIMARY KEY (counted)
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (failed_at);
CREATE TABLE one_time_codes (
  purpose TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  valid_until TIMESTAMP NOT NULL,
  PRIMARY KEY (purpose)
);
