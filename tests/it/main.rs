//! The one integration binary: every area of the product, against both databases.

mod domain;
mod import;
mod pages;
mod reports;
mod rulebook;
mod support;
mod texts;
