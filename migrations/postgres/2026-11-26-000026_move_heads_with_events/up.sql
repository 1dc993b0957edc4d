-- The last sealed month stands in the row that every writer of the fund locks anyway, so that a booking need not ask.
ALTER TABLE scopes ADD COLUMN sealed_month TEXT;
UPDATE scopes SET sealed_month = (SELECT MAX(p.period) FROM period_steps p WHERE p.state = 'sealed' AND 'fund:' || p.fund_id = scopes.scope_key);
-- The head of a chain moves with its event: nobody can append one and forget the other.
CREATE FUNCTION move_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE scopes SET last_seq = NEW.seq, head_hash = NEW.hash WHERE scope_key = NEW.chain;
  RETURN NULL;
END $$;
CREATE TRIGGER events_move_head AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION move_head();
