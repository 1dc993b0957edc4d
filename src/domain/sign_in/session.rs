//! When a session ends, and what it is good for.
//!
//! **Invariant:** a session is good for pages only once password, code and every overdue change are behind it.

use chrono::{NaiveDateTime, TimeDelta};

use crate::domain::names::coded;

coded! {
    /// How far somebody got.
    Stage {
        /// The password was right; the code is asked for.
        Code = "code", "待验证码";
        /// The first or an overdue password must be changed.
        Password = "password", "待改密码";
        /// An authenticator must be set up.
        Enrol = "enrol", "待绑定验证器";
        /// Signed in.
        Full = "full", "已登录";
    }
}

/// How long sessions last, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasting {
    /// Without a request.
    pub idle: i64,
    /// At most.
    pub absolute: i64,
}

/// How long signing in may take from the password to the end.
const HALF_WAY: i64 = 10 * 60;
/// How long a confirmed identity is good for acts that move money or roles.
const STEPPED_UP: i64 = 5 * 60;

/// Whether a session is over.
#[must_use]
pub fn is_over(
    lasting: Lasting,
    stage: Stage,
    created: NaiveDateTime,
    seen: NaiveDateTime,
    now: NaiveDateTime,
) -> bool {
    let age = now.signed_duration_since(created);
    let idle = now.signed_duration_since(seen);
    let absolute = if stage == Stage::Full { lasting.absolute } else { HALF_WAY };
    age >= TimeDelta::seconds(absolute) || idle >= TimeDelta::seconds(lasting.idle)
}

/// Whether somebody has confirmed who it is lately enough for acts that move money or roles.
#[must_use]
pub fn is_stepped_up(confirmed: Option<NaiveDateTime>, now: NaiveDateTime) -> bool {
    confirmed.is_some_and(|at| now.signed_duration_since(at) < TimeDelta::seconds(STEPPED_UP))
}
