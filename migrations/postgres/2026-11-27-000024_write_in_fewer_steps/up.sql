-- Balances move with the lines that move them: nobody can book and forget them.
CREATE FUNCTION move_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH moves AS (
    SELECT fund_id, account, CAST(SUM(CASE WHEN side = 'debit' THEN amount_fen ELSE -amount_fen END) AS BIGINT) AS signed
    FROM booked GROUP BY fund_id, account
  ), moved AS (
    UPDATE account_balances b SET balance_fen = b.balance_fen + m.signed
    FROM moves m WHERE b.fund_id = m.fund_id AND b.account = m.account
    RETURNING b.fund_id, b.account
  )
  INSERT INTO account_balances (fund_id, account, balance_fen)
    SELECT m.fund_id, m.account, m.signed FROM moves m
    WHERE m.signed <> 0 AND NOT EXISTS (SELECT 1 FROM moved d WHERE d.fund_id = m.fund_id AND d.account = m.account);
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_lines_move_balances AFTER INSERT ON ledger_lines
  REFERENCING NEW TABLE AS booked FOR EACH STATEMENT EXECUTE FUNCTION move_balances();
-- The name of an event is its chain and its number, so one key holds both.
ALTER TABLE events ADD CONSTRAINT events_event_id_check CHECK (event_id = chain || '#' || seq);
ALTER TABLE events DROP CONSTRAINT events_pkey;
ALTER TABLE events DROP CONSTRAINT events_chain_seq_key;
ALTER TABLE events ADD PRIMARY KEY (chain, seq);
-- Nothing asks for events by kind alone.
DROP INDEX events_by_kind;
-- From where a change was asked for stands with it; empty for what was written before.
ALTER TABLE events ADD COLUMN context TEXT NOT NULL DEFAULT '';
