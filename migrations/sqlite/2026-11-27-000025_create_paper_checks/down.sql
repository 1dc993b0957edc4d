DROP TABLE paper_checks;
