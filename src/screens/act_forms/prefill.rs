//! What a form proposes and what it lets choose from: what is known of the thing already.
//!
//! **Invariant:** a proposal is what the books say; what they do not say is left empty.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::words as act_words;
use crate::domain::claim::state::Moved;
use crate::domain::detail::Act as _;
use crate::domain::money::Fen;
use crate::domain::names::{DocumentKind, PartnerCode, PartnerKind};
use crate::domain::people::Institution;
use crate::domain::registration_life::RegistrationAct;
use crate::domain::rulebook::ApprovalLevel;
use crate::http::error::PageError;
use crate::screens::desk::Desk;
use crate::screens::words::word;
use crate::storage::find::{Reach, acts, claims, loans, servicing};
use crate::storage::rows::acts::AttachmentRow;
use crate::usecase::attachments;
use crate::usecase::lives::claim::{bearings, filing};
use crate::usecase::lives::json::object;
use crate::usecase::lives::{Life, fund, offices, partner, registration};

/// Choices of fields that take a text of the books, by field.
pub(super) type Choices = BTreeMap<&'static str, Vec<(String, String)>>;

/// What is proposed for an act.
pub(super) fn proposed(desk: &mut Desk<'_>, life: Life, subject: &str, act: &str) -> Result<Value, PageError> {
    let fund_id = desk.app.fund_id();
    Ok(match (life, act) {
        (Life::Claim, "drafted" | "relodged" | "final_stated") => json!({ "figures": figures(desk, subject)? }),
        (Life::Claim, "approved") => match claims::last_calculation(&mut desk.db, subject)? {
            Some(row) => json!({ "amount": bearings::payable(&row).yuan(), "calculation": row.version }),
            None => json!({}),
        },
        (Life::Claim, "ordered") => {
            let (_, claim) = filing::find_or_begin(&mut desk.db, fund_id, subject, desk.today)?;
            json!({ "amount": claim.award.map(|award| award.amount.yuan()) })
        }
        (Life::Claim, "paid") => json!({ "paid_on": desk.today.to_string() }),
        (Life::Claim, "received") => json!({ "received_on": desk.today.to_string() }),
        (Life::Claim, "publicised") => json!({ "from": desk.today.to_string() }),
        (Life::Fund, "move_proposed") => json!({ "on": desk.today.to_string() }),
        (Life::Registration, "drafted" | "amendment_proposed") => {
            match registration::form_of(&mut desk.db, fund_id, subject)? {
                Some(form) => object(&RegistrationAct::Drafted { form }.details()),
                None => json!({}),
            }
        }
        _ => json!({}),
    })
}

/// Figures of a claim as they were written last; else as the last monthly report and the registration have them.
fn figures(desk: &mut Desk<'_>, claim_id: &str) -> Result<Value, PageError> {
    let (filed, claim) = filing::find_or_begin(&mut desk.db, desk.app.fund_id(), claim_id, desk.today)?;
    if let Some(figures) = claim.figures {
        let act = crate::domain::claim::ClaimAct::Drafted { figures };
        return Ok(object(&act.details())["figures"].clone());
    }
    let mut documents = BTreeSet::new();
    for (life, subject) in [(Life::Claim, claim_id), (Life::Registration, filed.loan_id.as_str())] {
        documents.extend(acts::documents(&mut desk.db, desk.app.fund_id(), life.code(), subject)?);
    }
    let is_here = |kind: &&DocumentKind| documents.iter().any(|it| it == kind.code() || it == kind.rulebook_word());
    let documents: Vec<&str> = DocumentKind::ALL.iter().filter(is_here).map(|kind| kind.code()).collect();
    let mut known = json!({
        "pledge_registered_on": filed.pledge_registered_on.map(|day| day.to_string()),
        "documents": documents,
    });
    let months = servicing::rows_of_loan(&mut desk.db, &desk.reach, &filed.loan_id)?;
    let Some(last) = months.iter().max_by(|a, b| a.month.cmp(&b.month)) else { return Ok(known) };
    let yuan = |fen: i64| Fen::try_new(fen).ok().filter(|fen| *fen > Fen::ZERO).map(Fen::yuan);
    known["outstanding"] = json!(yuan(last.balance_fen));
    known["overdue_interest"] = json!(yuan(last.overdue_interest_fen));
    known["overdue_since"] = json!(last.overdue_since.map(|day| day.to_string()));
    Ok(known)
}

/// What fields of an act let choose from.
pub(super) fn choices(desk: &mut Desk<'_>, life: Life, subject: &str, act: &str) -> Result<Choices, PageError> {
    let mut choices = Choices::new();
    choices.insert("document", documents(desk));
    choices.insert("documents", documents(desk));
    match (life, act) {
        (Life::Registration, "drafted" | "amendment_proposed") => {
            let papers = attachments::list(desk.app, &mut desk.db, life.code(), subject)?;
            let told = |paper: AttachmentRow| {
                let kind = crate::screens::casework::document(desk, &paper.document);
                (paper.content_hash, format!("{kind} {}", paper.file_name))
            };
            choices.insert("document_hash", papers.into_iter().map(told).collect());
        }
        (Life::Loan, "right_event") => {
            choices.insert("right", rights(desk, subject)?);
        }
        (Life::Partner, "succession_proposed") => {
            choices.insert("successor", banks(desk).into_iter().filter(|(code, _)| code != subject).collect());
        }
        (Life::Partner, "confirmer_ended" | "return_taken") => {
            let known = partner::state(&mut desk.db, desk.app.fund_id(), subject)?.confirmers;
            choices.insert("confirmer", known.into_iter().map(|name| (name.clone(), name)).collect());
        }
        (Life::Fund, "move_proposed") => {
            choices.insert("bank", banks(desk));
        }
        (Life::Fund, "move_decided") => {
            let pending = fund::state(&mut desk.db, desk.app.fund_id())?.pending;
            choices.insert("move_no", pending.into_keys().map(|number| (number.clone(), number)).collect());
        }
        (Life::Claim, "movement_reversed") => {
            choices.insert("act_no", movements(desk, subject)?);
        }
        (Life::Person, "appointed") => {
            choices.insert("institution", institutions(desk)?);
            choices.insert("level", levels(desk));
        }
        (Life::Person, "role_given") => {
            choices.insert("level", levels(desk));
        }
        (Life::Person, "delegated") => {
            let all = offices::everyone(&mut desk.db, desk.app.fund_id())?;
            let own = all.iter().find(|(key, _)| key == subject).map(|(_, person)| person.institution.clone());
            let fits = all.into_iter().filter(|(key, person)| {
                key != subject && !person.departed && Some(&person.institution) == own.as_ref()
            });
            choices.insert("deputy", fits.map(|(key, _)| (key.clone(), key)).collect());
        }
        _ => {}
    }
    Ok(choices)
}

/// Movements of a claim that can be taken back: number of the act, what it was and when.
fn movements(desk: &mut Desk<'_>, claim_id: &str) -> Result<Vec<(String, String)>, PageError> {
    let (filed, claim) = filing::find_or_begin(&mut desk.db, desk.app.fund_id(), claim_id, desk.today)?;
    let rows = acts::of(&mut desk.db, &filed.fund_id, Life::Claim.code(), claim_id)?;
    let told = claim.movements.iter().filter(|movement| !movement.reversed).filter_map(|movement| {
        let amount = match movement.moved {
            Moved::Collected(amount) | Moved::Banked(amount) | Moved::GivenBack(amount) => amount,
            Moved::Allocated(_) => return None,
        };
        let row = rows.iter().find(|row| row.version == i64::from(movement.act_no))?;
        let act = act_words::act(desk.lang, Life::Claim, &row.act);
        let yuan = crate::render::grouped(&amount.yuan());
        Some((row.version.to_string(), format!("{} {act} {yuan}", row.business_date)))
    });
    Ok(told.collect())
}

/// What values of the books are called wherever an act tells them, by field.
pub(super) fn named(desk: &Desk<'_>) -> Choices {
    let institutions = places(desk);
    let banks = banks(desk);
    let documents = documents_by_word(desk);
    Choices::from([
        ("bank", banks.clone()),
        ("successor", banks),
        ("document", documents.clone()),
        ("documents", documents),
        ("institution", institutions),
        ("level", levels(desk)),
    ])
}

/// The same with what the form of an act lets choose from.
pub(super) fn told_of(desk: &mut Desk<'_>, life: Life, subject: &str, act: &str) -> Result<Choices, PageError> {
    let mut known = named(desk);
    for (field, more) in choices(desk, life, subject, act)? {
        known.entry(field).or_default().extend(more);
    }
    Ok(known)
}

fn banks(desk: &Desk<'_>) -> Vec<(String, String)> {
    let banks = desk.partners.values().filter(|partner| partner.kind == PartnerKind::Bank.code());
    banks.map(|bank| (bank.code.clone(), bank.name.clone())).collect()
}

/// The fund and its banks, as places where people work.
fn places(desk: &Desk<'_>) -> Vec<(String, String)> {
    let fund = (Institution::Fund.code(), word(desk.lang, "page.persons.place", &Institution::Fund.code()));
    let of_bank = |(code, name): (String, String)| (Institution::Partner(PartnerCode::new(&code)).code(), name);
    std::iter::once(fund).chain(banks(desk).into_iter().map(of_bank)).collect()
}

/// Where people work: the fund, its banks, and the other offices of which somebody is known.
pub(in crate::screens) fn institutions(desk: &mut Desk<'_>) -> Result<Vec<(String, String)>, PageError> {
    let everyone = offices::everyone(&mut desk.db, desk.app.fund_id())?;
    let others: BTreeSet<&str> = everyone
        .iter()
        .filter_map(|(_, person)| match &person.institution {
            Institution::Other(name) => Some(name.as_str()),
            Institution::Fund | Institution::Partner(_) => None,
        })
        .collect();
    let others = others.into_iter().map(|name| (name.to_owned(), name.to_owned()));
    Ok(places(desk).into_iter().chain(others).collect())
}

/// Up to where an approver may decide, as the fund's rulebook names it: word and name.
pub(in crate::screens) fn levels(desk: &Desk<'_>) -> Vec<(String, String)> {
    let handling = desk.governing.as_ref().and_then(|measure| measure.rulebook.handling.as_ref());
    let named = |level: &ApprovalLevel| (level.id.to_string(), desk.titled(&level.name));
    handling.map(|handling| handling.levels.iter().map(named).collect()).unwrap_or_default()
}

fn documents(desk: &Desk<'_>) -> Vec<(String, String)> {
    let told = |kind: &DocumentKind| (kind.code().to_owned(), word(desk.lang, "screen.document", kind.code()));
    DocumentKind::ALL.iter().map(told).collect()
}

/// The same, by the words of rulebooks too.
fn documents_by_word(desk: &Desk<'_>) -> Vec<(String, String)> {
    let by_word = DocumentKind::ALL
        .iter()
        .map(|kind| (kind.rulebook_word().to_owned(), word(desk.lang, "screen.document", kind.code())));
    documents(desk).into_iter().chain(by_word).collect()
}

fn rights(desk: &mut Desk<'_>, loan_id: &str) -> Result<Vec<(String, String)>, PageError> {
    let fund = Reach::of_fund(desk.app.fund_id());
    if loans::one(&mut desk.db, &fund, loan_id)?.is_none() {
        return Ok(Vec::new());
    }
    let Some(row) = loans::registration(&mut desk.db, loan_id)? else { return Ok(Vec::new()) };
    let rights = loans::rights(&mut desk.db, loan_id, row.version)?;
    Ok(rights.into_iter().map(|right| (right.number.clone(), format!("{} {}", right.number, right.title))).collect())
}
