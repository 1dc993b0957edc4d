mod domain;
mod rulebook;
