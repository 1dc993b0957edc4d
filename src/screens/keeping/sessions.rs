//! Sessions of somebody else, and who stands in for whom.
//!
//! **Invariant:** a session is named by what opens nothing; only whoever keeps persons sees sessions.

use crate::domain::people::Person;
use crate::http::error::PageError;
use crate::link;
use crate::screens::desk::Desk;
use crate::screens::parts::Words;
use crate::screens::words::word;
use crate::storage::rows::accounts::SessionRow;
use crate::usecase::sign_in::sessions;
use crate::views::beijing;
use crate::views::parts::{Cell, SmallForm, Table};

/// Sessions of a person, and the form that ends one of them.
pub(super) fn of(desk: &Desk<'_>, say: Words, person: &str) -> Result<(Table, Option<SmallForm>), PageError> {
    let rows = sessions::of_person(desk.app, person)?;
    let name = |row: &SessionRow| format!("{} {}", beijing(row.created_at), row.address);
    let form = (!rows.is_empty()).then(|| {
        let choices = rows.iter().map(|row| (row.session_id.clone(), name(row))).collect();
        say.form("session", vec![say.choice("session", true, "", choices)])
    });
    let lines = rows.iter().map(|row| {
        vec![
            Cell::text(beijing(row.created_at)),
            Cell::text(beijing(row.seen_at)),
            Cell::text(row.address.clone()),
            Cell::text(row.agent.clone()),
        ]
    });
    Ok((say.table("sessions", &["since", "used", "address", "agent"], lines.collect()), form))
}

/// Who stands in for these people: those that stand today or will, then those that are over, newest first.
pub(super) fn deputies<'a>(desk: &Desk<'_>, say: Words, people: impl Iterator<Item = &'a Person>) -> Table {
    let today = desk.today;
    let mut all: Vec<_> = people.flat_map(|person| person.delegations.iter().map(move |one| (person, one))).collect();
    all.sort_by_key(|(person, one)| (one.until < today, std::cmp::Reverse(one.until), &person.key));
    let rows = all.into_iter().map(|(person, one)| {
        let (tone, key) = if one.until < today {
            ("", "over")
        } else if one.from > today {
            ("info", "to_come")
        } else {
            ("ok", "stands")
        };
        let leads = |key: &str| Cell::link(key.to_owned(), format!("/persons/{}", link::segment(key)));
        vec![
            leads(&person.key),
            leads(&one.deputy),
            Cell::text(word(desk.lang, "forms.role", one.role.code())),
            Cell::day(one.from),
            Cell::day(one.until),
            Cell::tag(tone, say.text(&format!("delegation.{key}"))),
        ]
    });
    say.table("deputies", &["principal", "deputy", "role", "from", "until", "state"], rows.collect())
}
