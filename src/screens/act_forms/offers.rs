//! What somebody may do next with a thing.
//!
//! **Invariant:** whether an act fits is the fold's word alone; nothing here repeats a rule.

use crate::http::error::PageError;
use crate::link;
use crate::screens::desk::Desk;
use crate::usecase::lives::Life;
use crate::views::acting::Offer;

/// Acts that fit where a thing stands and the offices of who asks, those of the usual way first.
pub(in crate::screens) fn offers(_desk: &mut Desk<'_>, _life: Life, _subject: &str) -> Result<Vec<Offer>, PageError> {
    Ok(Vec::new())
}

/// Address of the form of an act.
pub(in crate::screens) fn address(life: Life, subject: &str, act: &str) -> String {
    format!("/acts/{}/{}/{}", life.code(), link::segment(subject), link::segment(act))
}
