//! Pages filled from the database, and forms carried out.
//!
//! Owns what every page needs (`desk`), one module a page (database in, view model out), and `acts`.
//! **Invariant:** a page only reads, asks the database for what it shows and never for the whole book; forms change
//! something through a use case only.

mod act_forms;
mod acts;
mod calculation;
mod casework;
mod claim;
mod claim_case;
mod claim_draft;
mod claims;
mod dashboard;
mod desk;
pub mod door;
mod downloads;
mod drawn;
mod figures;
mod fund;
mod health;
mod imports;
mod jobs;
mod keeping;
mod layout_act;
mod layouts;
mod lending;
mod loan;
mod loans;
mod mails;
mod measures;
mod money;
mod named;
mod parts;
mod plan;
mod rights;
mod sheets;
mod tables;
mod todo;
mod uploads;
mod words;

use crate::app::App;
use crate::domain::access::Asker;
use crate::http::error::PageError;
use crate::http::pages::{PageRequest, PageView};
use crate::i18n::Lang;
use crate::storage::StoreError;
use crate::usecase::UseCaseError;
pub use acts::act;
use desk::Desk;

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> PageError {
        match error {
            StoreError::Unreachable { reason } => PageError::Unavailable { detail: reason },
            other => PageError::Internal { detail: other.to_string() },
        }
    }
}

impl From<UseCaseError> for PageError {
    fn from(error: UseCaseError) -> PageError {
        match error {
            UseCaseError::Store(error) => error.into(),
            other => PageError::Internal { detail: other.to_string() },
        }
    }
}

/// Reads what a page shows, in a language. Blocks while the database answers.
///
/// # Errors
/// `NotFound` for an identifier nothing has; `Unavailable` without a database; `Internal` for everything else.
pub fn load(app: &App, request: PageRequest, lang: Lang, asker: &Asker) -> Result<PageView, PageError> {
    if request == PageRequest::Health {
        return health::load(app).map(PageView::Health);
    }
    let mut desk = Desk::open(app, lang, asker)?;
    Ok(match request {
        PageRequest::Dashboard => PageView::Dashboard(Box::new(dashboard::load(&mut desk)?)),
        PageRequest::Loans(query) => PageView::Loans(Box::new(loans::load(&mut desk, &query)?)),
        PageRequest::Loan(id) => PageView::Loan(Box::new(loan::load(&mut desk, &id)?)),
        PageRequest::Claims(query) => PageView::Claims(Box::new(claims::load(&mut desk, &query)?)),
        PageRequest::Claim(id) => claim::load(&mut desk, &id)?,
        PageRequest::Sheet(id) => PageView::Bare(sheets::html(&mut desk, &id)?),
        PageRequest::SignedSheet(id) => PageView::Download(Box::new(sheets::json(&mut desk, &id)?)),
        PageRequest::Fund(query) => PageView::Fund(Box::new(fund::load(&mut desk, &query)?)),
        PageRequest::Jobs(query) => PageView::Jobs(Box::new(jobs::load(&mut desk, &query)?)),
        PageRequest::Rights(query) => PageView::Rights(Box::new(rights::load(&mut desk, &query)?)),
        PageRequest::Mails(query) => PageView::Mails(Box::new(mails::load(&mut desk, &query)?)),
        PageRequest::Mail(id) => PageView::Mail(Box::new(mails::one(&mut desk, &id)?)),
        PageRequest::MailBody(id) => PageView::Bare(mails::body(&mut desk, &id)?),
        PageRequest::MailRaw(id) => PageView::MailRaw(mails::raw(&mut desk, &id)?),
        PageRequest::Imports(query) => PageView::Imports(Box::new(imports::load(&mut desk, &query)?)),
        PageRequest::Upload(id) => PageView::Upload(Box::new(uploads::one(&mut desk, &id, Vec::new())?)),
        PageRequest::Layout(id) => layouts::load(&mut desk, &id)?,
        PageRequest::Marked(id) => PageView::Download(Box::new(downloads::marked(&mut desk, &id)?)),
        PageRequest::Template(kind, bank, month) => {
            PageView::Download(Box::new(downloads::template(&mut desk, &kind, (&bank, &month))?))
        }
        PageRequest::List(file, pairs) => PageView::Download(Box::new(downloads::list(&mut desk, &file, &pairs)?)),
        PageRequest::Named(asked) => {
            desk.asked = Some(asked.clone());
            named::load(&mut desk, &asked)?
        }
        PageRequest::Health => PageView::Health(health::load(app)?),
    })
}
