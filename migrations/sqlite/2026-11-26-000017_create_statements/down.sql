DROP TABLE voucher_numbers;
DROP TABLE period_steps;
DROP TABLE statement_matches;
DROP TABLE bank_statement_lines;
DROP TABLE bank_statements;
