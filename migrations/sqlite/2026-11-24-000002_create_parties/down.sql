DROP TABLE partners;
DROP TABLE import_findings;
DROP TABLE imports;
DROP TABLE rulebooks;
DROP TABLE funds;
