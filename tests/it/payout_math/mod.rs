//! The payout maths: worked examples, the command, the laws I1 to I9, and the plain waterfall beside the general one.

mod account_laws;
mod batch_laws;
mod claim_laws;
mod command;
mod examples;
mod input;
mod plain;
