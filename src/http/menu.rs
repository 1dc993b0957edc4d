//! Which entries the menu has for whom.
//!
//! **Invariant:** an entry is shown to exactly those whom the registry admits to its page.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::registry::{Access, Verb, routes};
use crate::domain::access::Asker;
use crate::views::{MenuEntry, MenuGroup};

/// Groups of the menu: the word of each, its entries and their pages.
const GROUPS: &[(&str, &[(&str, &str)])] = &[
    ("", &[("dashboard", "/"), ("todo", "/todo")]),
    (
        "business",
        &[
            ("registrations", "/registrations"),
            ("loans", "/loans"),
            ("returns", "/returns"),
            ("overdue", "/overdue"),
            ("reminders", "/reminders"),
            ("claims", "/claims"),
            ("rights", "/rights"),
            ("imports", "/imports"),
        ],
    ),
    (
        "money",
        &[
            ("fund", "/fund"),
            ("payments", "/payments"),
            ("statements", "/statements"),
            ("periods", "/periods"),
            ("reserve", "/reserve"),
        ],
    ),
    ("terms", &[("partners", "/partners"), ("rulebooks", "/rulebooks"), ("scorecards", "/scorecards")]),
    ("watching", &[("portal", "/portal"), ("reports", "/reports"), ("mails", "/mails"), ("audit", "/audit")]),
    (
        "running",
        &[
            ("persons", "/persons"),
            ("machines", "/machines"),
            ("jobs", "/jobs"),
            ("calendar", "/calendar"),
            ("settings", "/settings"),
        ],
    ),
];

/// The first page somebody may open; the own account where there is none.
#[must_use]
pub fn home(asker: &Asker) -> String {
    let first = entries(asker).into_iter().flat_map(|group| group.entries).next();
    first.map_or_else(|| "/account".to_owned(), |entry| entry.path)
}

/// What the registry asks at the pages of the menu.
fn asked() -> &'static BTreeMap<&'static str, Access> {
    static ASKED: OnceLock<BTreeMap<&'static str, Access>> = OnceLock::new();
    ASKED.get_or_init(|| {
        let pages = routes().into_iter().filter(|route| route.verb == Verb::Get);
        pages.map(|route| (route.path, route.access)).collect()
    })
}

/// Entries that somebody may open, by group; groups without any are left out.
#[must_use]
pub fn entries(asker: &Asker) -> Vec<MenuGroup> {
    let opens = |path: &str| {
        asked().get(path).is_some_and(|access| match access {
            Access::Public | Access::Own | Access::Entering => true,
            Access::Page(permission) | Access::Bank(permission) => asker.may(*permission),
            Access::Fund(permission) => asker.may_for_fund(*permission),
        })
    };
    let groups = GROUPS.iter().map(|(code, entries)| MenuGroup {
        code: (*code).to_owned(),
        entries: entries
            .iter()
            .filter(|(_, path)| opens(path))
            .map(|(code, path)| MenuEntry { code: (*code).to_owned(), path: (*path).to_owned() })
            .collect(),
    });
    groups.filter(|group| !group.entries.is_empty()).collect()
}
