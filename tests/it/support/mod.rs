//! What several tests share.

pub mod browser;
pub mod desk;
pub mod driver;
pub mod postgres;
pub mod product;
pub mod serving;
pub mod smtp;
pub mod wire;
