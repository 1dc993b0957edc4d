DROP TRIGGER events_move_head ON events;
DROP FUNCTION move_head();
ALTER TABLE scopes DROP COLUMN sealed_month;
