DROP INDEX loan_insurances_by_end;
