//! The whole path: files in, registered loans, jobs, computed compensation, summaries mailed, pages.

mod bad_input;
mod concurrency;
mod demo;
mod jobs;
mod mail;
mod mappings;
mod migrations;
mod samples;
mod server;
mod tamper;
mod variants;
