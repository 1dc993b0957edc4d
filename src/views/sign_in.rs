//! What the pages of the door show.
//!
//! **Invariant:** no password is ever in a view; a code or a secret only on the page that shows it once.

use serde::Serialize;

use super::Shell;

/// A session of one's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SessionLine {
    /// Name of the session; opens nothing.
    pub id: String,
    /// Since when, made by `beijing`.
    pub since: String,
    /// Last request, made by `beijing`.
    pub seen: String,
    /// From where.
    pub address: String,
    /// With which browser, as it says.
    pub agent: String,
    /// The session of this very request.
    pub is_this: bool,
}

/// A page of the door.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignInView {
    /// Frame.
    pub shell: Shell,
    /// There was a session, and it is over.
    pub has_ended: bool,
    /// Why the form comes back, as a code; empty if it does not.
    pub refused: String,
    /// Name as typed, or of who is signed in.
    pub name: String,
    /// Where to go afterwards.
    pub next: String,
    /// Nobody has an account yet.
    pub is_new: bool,
    /// Somebody is signed in already, so the current password is asked for.
    pub is_signed_in: bool,
    /// What the button to the provider calls it; empty without one.
    pub provider: String,
    /// Address at the provider to which the browser is on its way.
    pub away: String,
    /// The policy's code.
    pub policy: String,
    /// Side of the picture of an authenticator's secret, in modules; 0 for none.
    pub picture_side: usize,
    /// Path of the picture.
    pub picture: String,
    /// The secret as text, in fours.
    pub secret: String,
    /// Recovery codes, shown this once.
    pub codes: Vec<String>,
    /// Recovery codes that are left.
    pub codes_left: u64,
    /// Sessions.
    pub sessions: Vec<SessionLine>,
    /// Roles in words.
    pub roles: Vec<String>,
}
