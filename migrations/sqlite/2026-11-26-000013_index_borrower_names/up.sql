-- Why: Each registered loan is compared with the firms of the same name.
CREATE INDEX loans_by_borrower_name ON loans (borrower_name);
