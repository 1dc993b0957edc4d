//! The fund's money: payments, statements, months, reserve.
//!
//! **Invariant:** a page only reads; a form goes through a use case.

use super::acts::Here;
use super::desk::Desk;
use super::named::unknown;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};

pub(super) fn load(_desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    Err(unknown(asked))
}

pub(super) fn act(_here: Here<'_>, asked: &Named, _form: &Submission) -> Result<Acted, PageError> {
    Err(unknown(asked))
}
