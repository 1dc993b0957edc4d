//! pledgefund: a fund manager for IP-pledge loan risk-compensation funds.
//!
//! Reading order: `domain` (the rules), `rulebook` (measures as data), `import` (bank files), `storage` (the one
//! write door), `usecase` (business actions), `jobs`, `mail`, `reports`, `screens`, `http`, `cli`.

pub mod app;
pub mod assets;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod embedded;
pub mod export;
pub mod hash;
pub mod http;
pub mod i18n;
pub mod import;
pub mod jobs;
pub mod link;
pub mod mail;
pub mod raster;
pub mod reference;
pub mod render;
pub mod reports;
pub mod resources;
pub mod rulebook;
pub mod screens;
pub mod sealing;
pub mod signing;
pub mod statements;
pub mod storage;
pub mod svg;
pub mod usecase;
pub mod views;
