DROP TABLE rulebook_steps;
