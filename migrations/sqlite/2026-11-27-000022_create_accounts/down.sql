DROP TABLE one_time_codes;
DROP TABLE sign_in_failures;
DROP TABLE sessions;
DROP TABLE recovery_codes;
DROP TABLE account_passwords;
DROP TABLE accounts;
DROP TABLE account_acts;
