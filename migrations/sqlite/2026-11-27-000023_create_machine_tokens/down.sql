DROP TABLE token_uses;
DROP TABLE machine_tokens;
