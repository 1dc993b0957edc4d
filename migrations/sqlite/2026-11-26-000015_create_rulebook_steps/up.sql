-- Why: A rulebook is issued by two persons; the step that confirms it also says which older version it repeals early, because a stored rulebook is never changed.
CREATE TABLE rulebook_steps (
  fund_id TEXT NOT NULL,
  proposal_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  person TEXT NOT NULL,
  note TEXT NOT NULL,
  rulebook_id TEXT NOT NULL,
  rulebook_version TEXT NOT NULL,
  hash TEXT NOT NULL,
  file_name TEXT NOT NULL,
  body TEXT,
  unconfirmed TEXT NOT NULL,
  unknown_groups BIGINT NOT NULL,
  unknown_values BIGINT NOT NULL,
  accepted TEXT NOT NULL,
  repeals TEXT,
  repealed_from DATE,
  business_date DATE NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (proposal_id, version),
  CHECK (state IN ('proposed', 'confirmed', 'rejected', 'withdrawn')),
  CHECK ((version = 1 AND state = 'proposed' AND body IS NOT NULL) OR (version = 2 AND state <> 'proposed' AND body IS NULL)),
  CHECK ((repeals IS NULL) = (repealed_from IS NULL)),
  CHECK (repeals IS NULL OR state = 'confirmed')
);
CREATE UNIQUE INDEX rulebook_steps_once ON rulebook_steps (fund_id, rulebook_id, rulebook_version) WHERE state = 'confirmed';
