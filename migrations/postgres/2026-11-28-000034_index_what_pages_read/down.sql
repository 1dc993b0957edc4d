DROP INDEX loan_months_by_month;
CREATE INDEX loan_months_by_month ON loan_months (month);
DROP INDEX loan_registrations_again;
DROP INDEX loan_rights_in_order;
DROP INDEX loans_in_arrears;
DROP INDEX loans_by_day;
