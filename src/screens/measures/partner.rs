//! One partner.
//!
//! **Invariant:** of an account that is sealed nobody sees more here than its last characters.

use chrono::{Days, NaiveDate};

use super::partners::{Figures, agreed, row};
use crate::domain::detail::Act as _;
use crate::domain::money::Ppm;
use crate::domain::names::PartnerKind;
use crate::domain::partner_life::{BankAccount, PartnerAct, PartnerState, RETURN_DAYS, SealedReturn};
use crate::domain::scorecard::Scorecard;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::screens::act_forms::offers::offers;
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::words::{actor, word};
use crate::storage::find::{acts, parties};
use crate::storage::rows::parties::PartnerRow as Stored;
use crate::usecase::lives::{Life, partner};
use crate::views::measures::partners::{Account, Figure, PartnerRow, PartnerView, Return};
use crate::views::{HistoryLine, beijing};

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let code = asked.place("id");
    let stored = desk.partners.get(code).filter(|row| desk.reach.holds(Some(&row.code))).cloned();
    let stored = stored.ok_or(PageError::NotFound)?;
    let figures = Figures::load(desk)?;
    let state = partner::state(&mut desk.db, desk.app.fund_id(), code)?;
    let view = PartnerView {
        row: row(desk, &stored, &figures),
        is_bank: stored.kind == PartnerKind::Bank.code(),
        versions: versions(desk, &stored)?,
        history: history(desk, &stored)?,
        offers: offers(desk, Life::Partner, code)?,
        ..of_card(desk, code, &figures)
    };
    named::page(desk, "measures_partner", "partners", &with_state(desk, view, &state))
}

fn versions(desk: &mut Desk<'_>, stored: &Stored) -> Result<Vec<PartnerRow>, PageError> {
    let all = parties::partner_versions(&mut desk.db, desk.app.fund_id())?;
    Ok(all.iter().rev().filter(|one| one.code == stored.code).map(|one| agreed(desk, one)).collect())
}

fn of_card(desk: &Desk<'_>, code: &str, figures: &Figures) -> PartnerView {
    let Some(card) = figures.card(code) else { return PartnerView::default() };
    PartnerView {
        figures: told(&card.figures),
        registered_ip: card.tally.registered_ip.get(),
        claims_net: card.tally.claims_net.get(),
        paid: card.tally.paid.get(),
        recovered: card.tally.recovered.get(),
        stands_for: card.stands_for.iter().map(|bank| desk.name(bank)).collect(),
        ..PartnerView::default()
    }
}

/// The scorecard, in the order in which it is printed.
fn told(card: &Scorecard) -> Vec<Figure> {
    let share = |code: &str, ratio: Option<Ppm>| Figure {
        code: code.to_owned(),
        ratio: ratio.map(Ppm::get),
        ..Figure::default()
    };
    let days =
        |code: &str, days: Option<u32>| Figure { code: code.to_owned(), days, in_days: true, ..Figure::default() };
    vec![
        share("npl_ratio", card.npl_ratio),
        share("claim_ratio", card.claim_ratio),
        share("late_marking", card.late_marking),
        share("late_registration", card.late_registration),
        share("deficiency", card.deficiency),
        share("recovery", card.recovery),
        days("bank_days", card.bank_days),
        days("fund_days", card.fund_days),
        share("in_time", card.in_time),
    ]
}

fn with_state(desk: &Desk<'_>, view: PartnerView, state: &PartnerState) -> PartnerView {
    let waiting = state.waiting.as_ref();
    PartnerView {
        account: state.account.as_ref().map(account),
        account_changed_on: state.changed_on,
        waiting: waiting.map(|waiting| act_word(desk, waiting.act.word())).unwrap_or_default(),
        waiting_account: waiting.and_then(|waiting| match &waiting.act {
            PartnerAct::AccountChangeProposed { account: asked, .. } => Some(account(asked)),
            _ => None,
        }),
        waiting_by: waiting.map(|waiting| waiting.by.join(" ")).unwrap_or_default(),
        succeeded_by: state.succeeded_by.as_ref().map(|(code, _)| desk.name(code.as_str())).unwrap_or_default(),
        succeeded_from: state.succeeded_by.as_ref().map(|(_, from)| *from),
        confirmers: state.confirmers.clone(),
        returns: state.returns.iter().rev().map(|taken| taken_in(taken, desk.today)).collect(),
        ..view
    }
}

fn account(known: &BankAccount) -> Account {
    Account {
        holder: known.holder.clone(),
        number: known.number.clone(),
        bank_name: known.bank_name.clone(),
        bank_no: known.bank_no.clone(),
    }
}

fn taken_in(taken: &SealedReturn, today: NaiveDate) -> Return {
    let until = taken.on.checked_add_days(Days::new(RETURN_DAYS));
    Return {
        number: taken.number.clone(),
        on: Some(taken.on),
        until,
        is_over: until.is_some_and(|until| until < today),
        subjects: taken.subjects.len(),
    }
}

fn act_word(desk: &Desk<'_>, act: &str) -> String {
    word(desk.lang, "page.partner.acts", act)
}

/// Acts and versions of the agreement, newest first.
fn history(desk: &mut Desk<'_>, stored: &Stored) -> Result<Vec<HistoryLine>, PageError> {
    let fund_id = desk.app.fund_id();
    let mut lines = Vec::new();
    // What was said on the telephone stays with the act: it may name people and their numbers.
    for row in acts::of(&mut desk.db, fund_id, partner::LIFE, &stored.code)? {
        let note: serde_json::Value = serde_json::from_str(&row.details).unwrap_or_default();
        let note = ["ground", "note", "reason", "approval_no", "agreement_no"]
            .iter()
            .find_map(|key| note[*key].as_str())
            .unwrap_or_default()
            .to_owned();
        let what = act_word(desk, &row.act);
        lines.push((
            row.recorded_at,
            HistoryLine { at: beijing(row.recorded_at), what, who: actor(desk, &row.person), note },
        ));
    }
    for one in parties::partner_versions(&mut desk.db, fund_id)?.into_iter().filter(|one| one.code == stored.code) {
        let what = desk.text("page.partner.version_came", &[("number", &one.version.to_string())]);
        let line = HistoryLine { at: beijing(one.recorded_at), what, ..HistoryLine::default() };
        lines.push((one.recorded_at, line));
    }
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}
