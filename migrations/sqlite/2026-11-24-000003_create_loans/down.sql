DROP TABLE loans;
DROP TABLE coverages;
DROP TABLE loan_guarantees;
DROP TABLE loan_insurances;
DROP TABLE loan_rights;
DROP TABLE loan_registrations;
