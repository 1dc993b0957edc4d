-- From where a change was asked for stands with it (context; empty for what was written before).
-- The name of an event is its chain and its number, so one key holds both; and nothing asks for events by kind alone.
DROP TRIGGER events_move_head;
CREATE TABLE events_by_number (
  event_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  seq BIGINT NOT NULL,
  fund_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  payload TEXT NOT NULL,
  alg TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  context TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (chain, seq),
  CHECK (event_id = chain || '#' || seq)
);
INSERT INTO events_by_number (event_id, chain, seq, fund_id, kind, subject, actor, business_date, recorded_at, payload, alg, prev_hash, hash) SELECT event_id, chain, seq, fund_id, kind, subject, actor, business_date, recorded_at, payload, alg, prev_hash, hash FROM events ORDER BY rowid;
DROP TABLE events;
ALTER TABLE events_by_number RENAME TO events;
CREATE INDEX events_by_subject ON events (subject);
CREATE TRIGGER events_move_head AFTER INSERT ON events BEGIN
  UPDATE scopes SET last_seq = NEW.seq, head_hash = NEW.hash WHERE scope_key = NEW.chain;
END;
