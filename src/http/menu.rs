//! Which entries the menu has for whom.
//!
//! **Invariant:** an entry is shown to exactly those whom the registry admits to its page.

use super::registry::{Access, routes};
use crate::domain::access::Asker;

/// Entries of the menu and their pages.
const ENTRIES: &[(&str, &str)] = &[
    ("dashboard", "/"),
    ("loans", "/loans"),
    ("claims", "/claims"),
    ("fund", "/fund"),
    ("imports", "/imports"),
    ("jobs", "/jobs"),
    ("mails", "/mails"),
];

/// Entries that somebody may open.
#[must_use]
pub fn entries(asker: &Asker) -> Vec<String> {
    let routes = routes();
    let opens = |path: &str| {
        routes.iter().find(|route| route.path == path).is_some_and(|route| match route.access {
            Access::Public | Access::Own | Access::Entering => true,
            Access::Page(permission) | Access::Bank(permission) => asker.may(permission),
            Access::Fund(permission) => asker.may_for_fund(permission),
        })
    };
    ENTRIES.iter().filter(|(_, path)| opens(path)).map(|(name, _)| (*name).to_owned()).collect()
}
