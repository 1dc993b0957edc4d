DROP INDEX loan_registrations_by_bank;
DROP TABLE book_marks;
