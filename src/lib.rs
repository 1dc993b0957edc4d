//! pledgefund: a fund manager for IP-pledge loan risk-compensation funds.
//!
//! Reading order: `domain` (the rules), `rulebook` (measures as data), `import` (bank files), `storage` (the one
//! write door), `usecase` (business actions), `jobs`, `mail`, `reports`, `screens`, `http`, `cli`.

pub mod assets;
pub mod clock;
pub mod config;
pub mod domain;
pub mod embedded;
pub mod hash;
pub mod http;
pub mod i18n;
pub mod import;
pub mod link;
pub mod reference;
pub mod render;
pub mod reports;
pub mod storage;
pub mod svg;
pub mod views;
