//! The pages, from view to bytes to picture.

mod fixture;
mod headers;
mod looks;
mod rendering;
mod server;
mod units;
