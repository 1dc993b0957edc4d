//! The published schemes as shipped: every file reads, what is known pays to the fen, what is not known holds and
//! cites its clause.

mod cover_end;
mod naive;
mod paying;
mod subsidies;
mod support;
mod unknown;
mod year;
