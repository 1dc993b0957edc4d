//! pledgefund: a fund manager for IP-pledge loan risk-compensation funds.
//!
//! Reading order: `domain` (the rules), `rulebook` (measures as data), `import` (bank files), `storage` (the one
//! write door), `usecase` (business actions), `jobs`, `mail`, `reports`, `http`, `cli`.

pub mod clock;
pub mod config;
pub mod domain;
pub mod embedded;
pub mod hash;
pub mod i18n;
pub mod reference;
pub mod render;
pub mod rulebook;
pub mod storage;
