//! Payout sheets: written from the books, printed, signed, and checked without them.

mod command;
mod quote;
