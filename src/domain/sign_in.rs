//! The rules of signing in: what a password must be, when a code fits, how long one waits, when a session ends.
//!
//! **Invariant:** nothing here knows who asks from where; every rule takes the instant it is asked for.

pub mod id_token;
pub mod idle;
pub mod password;
pub mod session;
pub mod throttle;
pub mod totp;
