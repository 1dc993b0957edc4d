-- Why: The secret of a session's forms is made from its token; nothing of it is kept.
ALTER TABLE sessions DROP COLUMN form_secret;
