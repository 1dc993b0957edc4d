DROP VIEW balance_moves;
DROP FUNCTION move_balance();
