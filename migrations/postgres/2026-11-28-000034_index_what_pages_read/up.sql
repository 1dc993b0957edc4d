-- Why: Pages are asked for on books of a hundred thousand loans. The newest loans, those longest in arrears, the rights in
-- their order and the balances of a month by tier are found without reading every row.
CREATE INDEX loans_by_day ON loans (disbursed_on, loan_id, fund_id, bank);
CREATE INDEX loans_in_arrears ON loans (overdue_since, loan_id) WHERE overdue_since IS NOT NULL;
CREATE INDEX loan_rights_in_order ON loan_rights (kind, number, loan_id, ordinal);
CREATE INDEX loan_registrations_again ON loan_registrations (loan_id) WHERE version > 1;
DROP INDEX loan_months_by_month;
CREATE INDEX loan_months_by_month ON loan_months (month, tier, fund_id, bank, balance_fen);
