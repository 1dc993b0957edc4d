//! What somebody may do next with a thing.
//!
//! **Invariant:** whether an act fits is the fold's word alone; nothing here repeats a rule.

use super::{subject, words};
use crate::domain::person::PersonName;
use crate::http::error::PageError;
use crate::link;
use crate::screens::desk::Desk;
use crate::usecase::UseCaseError;
use crate::usecase::lives::{Life, offers as find};
use crate::views::acting::Offer;

/// Acts that carry a thing on its usual way, in the order of the way.
const WAY: [&str; 15] = [
    "drafted",
    "submitted",
    "relodged",
    "accepted",
    "reviewed",
    "approved",
    "approval_confirmed",
    "countersigned",
    "publicised",
    "ordered",
    "paid",
    "received",
    "registered",
    "account_agreed",
    "move_decided",
];

/// Acts that fit where a thing stands and the offices of who asks, those of the usual way first.
pub(in crate::screens) fn offers(desk: &mut Desk<'_>, life: Life, subject: &str) -> Result<Vec<Offer>, PageError> {
    let may = desk.asker.may(subject::permission(life)) || life == Life::Person && desk.asker.name == subject;
    let Some(by) = PersonName::read(&desk.asker.name).filter(|_| may) else { return Ok(Vec::new()) };
    let found = match find::offers(&mut desk.db, (desk.app.fund_id(), life, subject), &by, desk.today) {
        Ok(found) => found,
        Err(UseCaseError::Act(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let place = |act: &str| WAY.iter().position(|known| *known == act);
    let mut offers: Vec<Offer> = found
        .into_iter()
        .map(|offered| Offer {
            label: words::act(desk.lang, life, offered.act),
            href: address(life, subject, offered.act),
            is_main: place(offered.act).is_some(),
            blocked: offered.blocked.map(|why| UseCaseError::Act(why).text(desk.lang)).unwrap_or_default(),
            act: offered.act.to_owned(),
        })
        .collect();
    offers.sort_by_key(|offer| place(&offer.act).unwrap_or(WAY.len()));
    Ok(offers)
}

/// Address of the form of an act.
pub(in crate::screens) fn address(life: Life, subject: &str, act: &str) -> String {
    format!("/acts/{}/{}/{}", life.code(), link::segment(subject), link::segment(act))
}
