-- Why: A balance moves with every promise. What is inserted into the view moves the balance of its account, on both
-- databases by the same statement; nothing is stored in the view.
CREATE VIEW balance_moves AS SELECT fund_id, account, balance_fen AS signed_fen FROM account_balances WHERE FALSE;
CREATE FUNCTION move_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE account_balances SET balance_fen = balance_fen + NEW.signed_fen
    WHERE fund_id = NEW.fund_id AND account = NEW.account;
  IF NOT FOUND THEN
    INSERT INTO account_balances (fund_id, account, balance_fen) VALUES (NEW.fund_id, NEW.account, NEW.signed_fen);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER balance_moves_move INSTEAD OF INSERT ON balance_moves FOR EACH ROW EXECUTE FUNCTION move_balance();
