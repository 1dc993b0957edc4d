DROP TABLE upkeep_steps;
