DROP TABLE loan_tiers;
DROP TABLE loan_months;
DROP TABLE servicing_rows;
DROP TABLE servicing_reports;
