-- Why: What somebody has typed and not sent must not be lost with a session or a closed window. It is work, not a fact:
-- it changes, no event carries it, and only who typed it gets it back. It lies sealed, because forms hold numbers of
-- persons and accounts.
CREATE TABLE drafts (
  person TEXT NOT NULL,
  address TEXT NOT NULL,
  content_sealed TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  PRIMARY KEY (person, address)
);
