//! The audit chain: facts only grow, every flipped byte is found, and what is carried out proves without us.

mod chain;
mod export;
mod flips;
mod kept;
