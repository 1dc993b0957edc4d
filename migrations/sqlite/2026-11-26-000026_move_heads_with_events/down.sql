DROP TRIGGER events_move_head;
ALTER TABLE scopes DROP COLUMN sealed_month;
