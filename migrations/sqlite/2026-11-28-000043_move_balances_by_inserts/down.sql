DROP VIEW balance_moves;
