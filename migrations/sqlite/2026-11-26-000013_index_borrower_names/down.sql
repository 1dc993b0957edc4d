DROP INDEX loans_by_borrower_name;
