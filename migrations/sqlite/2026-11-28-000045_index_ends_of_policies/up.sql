-- Why: Policies that end soon are pointed out on every page of a bank, and are found without reading all of them.
CREATE INDEX loan_insurances_by_end ON loan_insurances (ends_on);
