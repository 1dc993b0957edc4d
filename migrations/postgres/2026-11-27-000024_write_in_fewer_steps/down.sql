ALTER TABLE events DROP COLUMN context;
CREATE INDEX events_by_kind ON events (kind);
ALTER TABLE events DROP CONSTRAINT events_pkey;
ALTER TABLE events ADD UNIQUE (chain, seq);
ALTER TABLE events ADD PRIMARY KEY (event_id);
ALTER TABLE events DROP CONSTRAINT events_event_id_check;
DROP TRIGGER ledger_lines_move_balances ON ledger_lines;
DROP FUNCTION move_balances();
