-- Why: Sums over a book are kept until the book changes. Where they stand is told for each bank by itself, so that a change
-- at one bank, or one that concerns no loan, lets the sums of the others be.
CREATE TABLE book_marks (
  fund_id TEXT NOT NULL,
  bank TEXT NOT NULL,
  changes BIGINT NOT NULL,
  PRIMARY KEY (fund_id, bank)
);
INSERT INTO book_marks (fund_id, bank, changes) SELECT fund_id, bank, 1 FROM loans GROUP BY fund_id, bank;
-- How timely a bank registers is counted from an index alone.
CREATE INDEX loan_registrations_by_bank ON loan_registrations (bank, version, timing, business_date, import_id, fund_id);
