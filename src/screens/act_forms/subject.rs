//! What an act is done to: whether who asks may see it, and where its page is.
//!
//! **Invariant:** a thing of a bank out of reach answers like one that is not there.

use std::collections::BTreeMap;

use crate::domain::access::Permission as P;
use crate::domain::person::key_of;
use crate::http::error::PageError;
use crate::link;
use crate::screens::claims::{case_no, draft_name, loan_of};
use crate::screens::desk::Desk;
use crate::storage::find::{acts, claims};
use crate::usecase::UseCaseError;
use crate::usecase::lives::{Life, claim, loan, registration};

/// The life in the name of a form.
pub(super) fn life_of(name: &str) -> Option<Life> {
    name.strip_prefix("act_forms.").and_then(Life::from_code)
}

/// What acting on a life asks for.
pub(super) const fn permission(life: Life) -> P {
    match life {
        Life::Claim => P::ActOnClaims,
        Life::Registration => P::ActOnRegistrations,
        Life::Loan => P::ActOnLoans,
        Life::Partner => P::ActOnPartners,
        Life::Person => P::KeepPersons,
        Life::Fund => P::ActOnFund,
        Life::Exemption => P::ActOnExemptions,
    }
}

/// Refuses a thing that is out of reach or not there.
pub(super) fn must_reach(desk: &mut Desk<'_>, life: Life, subject: &str) -> Result<(), PageError> {
    let fund_id = desk.app.fund_id();
    let unknown = |error: UseCaseError| if error.is_refusal() { PageError::NotFound } else { error.into() };
    let bank = match life {
        Life::Claim => claim::bank_of(&mut desk.db, fund_id, subject).map_err(unknown)?,
        Life::Loan => loan::bank_of(&mut desk.db, fund_id, subject).map_err(unknown)?,
        Life::Registration => Some(registration::bank_in(fund_id, subject).ok_or(PageError::NotFound)?),
        Life::Partner if !desk.partners.contains_key(subject) => return Err(PageError::NotFound),
        Life::Fund if subject != fund_id => return Err(PageError::NotFound),
        Life::Partner | Life::Person | Life::Exemption | Life::Fund => None,
    };
    let is_reached = match bank {
        Some(bank) => desk.reach.holds(Some(&bank)),
        None => desk.may_for_fund(permission(life)),
    };
    if is_reached { Ok(()) } else { Err(PageError::NotFound) }
}

/// Claims that were handed in, with the number under which each arrived.
pub(super) type HandedIn = BTreeMap<String, i64>;

/// Which of these things are such claims.
pub(super) fn handed_in(desk: &mut Desk<'_>, subjects: &[(Life, &str)]) -> Result<HandedIn, PageError> {
    let ids: Vec<&str> = subjects.iter().filter(|(life, _)| *life == Life::Claim).map(|(_, id)| *id).collect();
    Ok(if ids.is_empty() { HandedIn::new() } else { claims::arrivals(&mut desk.db, &ids)? })
}

/// Page of a thing.
pub(super) fn page(desk: &mut Desk<'_>, life: Life, subject: &str) -> Result<String, PageError> {
    // What nobody has written yet has no page of its own.
    match life {
        Life::Registration if !is_begun(desk, life, subject)? => Ok("/registrations".to_owned()),
        Life::Claim if !is_begun(desk, life, subject)? && handed_in(desk, &[(life, subject)])?.is_empty() => {
            Ok(format!("/loans/{}", link::segment(loan_of(subject))))
        }
        _ => Ok(page_of(life, subject)),
    }
}

/// Page of a thing to which something was done.
pub(super) fn page_of(life: Life, subject: &str) -> String {
    match life {
        Life::Claim => format!("/claims/{}", link::segment(subject)),
        Life::Registration => format!("/registrations/{}", link::segment(subject)),
        Life::Loan => format!("/loans/{}", link::segment(subject)),
        Life::Partner => format!("/partners/{}", link::segment(subject)),
        Life::Person => format!("/persons/{}", link::segment(&key_of(subject))),
        Life::Fund => "/fund".to_owned(),
        Life::Exemption => "/exemptions".to_owned(),
    }
}

/// Whether anything was done to a thing.
pub(super) fn is_begun(desk: &mut Desk<'_>, life: Life, subject: &str) -> Result<bool, PageError> {
    Ok(acts::last_version(&mut desk.db, desk.app.fund_id(), life.code(), subject)? > 0)
}

/// A thing as people call it.
pub(super) fn name(desk: &mut Desk<'_>, life: Life, subject: &str) -> Result<String, PageError> {
    let handed_in = handed_in(desk, &[(life, subject)])?;
    Ok(name_among(desk, &handed_in, life, subject))
}

/// The same, where it is known which claims were handed in.
pub(super) fn name_among(desk: &Desk<'_>, handed_in: &HandedIn, life: Life, subject: &str) -> String {
    let last = || subject.rsplit(':').next().unwrap_or(subject).to_owned();
    let name = match life {
        Life::Claim => match handed_in.get(subject) {
            Some(arrival) => case_no(*arrival),
            None => draft_name(desk, loan_of(subject).rsplit(':').next().unwrap_or(subject)),
        },
        Life::Registration | Life::Loan => last(),
        Life::Partner => desk.name(subject),
        Life::Person | Life::Exemption => subject.to_owned(),
        Life::Fund => String::new(),
    };
    desk.text(&format!("page.acting.on_{}", life.code()), &[("name", &name)])
}
