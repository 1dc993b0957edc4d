DROP TABLE claim_status;
DROP TABLE calculations;
DROP TABLE claims;
