//! Several payments taken in one go: filled in, checked, done one after the other.
//!
//! **Invariant:** what is confirmed is what the check page listed as possible, each by itself and under a key of its own,
//! so that a form sent twice pays once; every refusal stands at its claim, by name.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::batch_list;
use super::payments::{Payees, STAGES, Stage, page_of_bank};
use crate::domain::detail::Shape;
use crate::domain::money::Fen;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::guard;
use crate::http::pages::{Named, PageView};
use crate::i18n::Lang;
use crate::link;
use crate::screens::act_forms::outcome::refusal_told;
use crate::screens::act_forms::{reading, words as act_words};
use crate::screens::acts::{Faults, Here};
use crate::screens::claims::case_no;
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::storage::find::claim_list::{self, Entry};
use crate::usecase::lives::{self, Life, Request, batch};
use crate::views::acting::FieldView;
use crate::views::capital::capital;
use crate::views::payments::{BatchRow, BatchView};
use crate::views::query::PAGE_ROWS;

/// What each act asks: the field of its day, what holds for all rows, and the number each row has of its own.
const ASKED: [(&str, &str, &[&str], &str); 3] = [
    ("ordered", "", &["despite_calendar"], "external_no"),
    ("paid", "paid_on", &[], "voucher_no"),
    ("received", "received_on", &[], "bank_receipt_no"),
];

/// What is taken together.
struct Batch {
    stage: Stage,
    day: &'static str,
    common: &'static [&'static str],
    reference: &'static str,
    entries: Vec<Entry>,
}

impl Batch {
    /// The act of this word on claims of these numbers. A claim out of reach is as if it were not there.
    fn of(desk: &mut Desk<'_>, act: &str, numbers: &BTreeSet<i64>) -> Result<Batch, PageError> {
        let stage = STAGES.into_iter().find(|stage| stage.act == act).ok_or(PageError::NotFound)?;
        let asked = ASKED.into_iter().find(|(known, ..)| *known == act).ok_or(PageError::NotFound)?;
        let (_, day, common, reference) = asked;
        let most = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
        let numbers: Vec<i64> = numbers.iter().copied().take(most).collect();
        let entries = claim_list::of_arrivals(&mut desk.db, &desk.reach, &numbers)?;
        if entries.len() != numbers.len() {
            return Err(PageError::NotFound);
        }
        Ok(Batch { stage, day, common, reference, entries })
    }

    fn back(&self) -> String {
        format!("/payments?state={}", self.stage.word)
    }

    /// Its address, short enough to come back to after proving again who it is.
    fn here(&self) -> String {
        let numbers: Vec<String> = self.entries.iter().map(|(status, ..)| status.arrival.to_string()).collect();
        link::with_query("/payments/batch", &[("act", self.stage.act.to_owned()), ("cases", numbers.join("."))])
    }
}

/// Numbers of claims among the pairs of an address or a form: ticked one by one, or told together.
fn numbers<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, name: &str) -> BTreeSet<i64> {
    let texts = pairs.filter(|(key, _)| *key == name || *key == "cases").flat_map(|(_, value)| value.split('.'));
    texts.filter_map(|text| text.parse().ok()).collect()
}

fn again(here: &str) -> String {
    link::with_query("/sign-in/again", &[("next", here.to_owned())])
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let pairs = asked.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let batch = Batch::of(desk, asked.parameter("act"), &numbers(pairs, "case"))?;
    if batch.entries.is_empty() {
        return Ok(PageView::Elsewhere(link::with_query(&batch.back(), &[])));
    }
    if !asked.stepped_up {
        return Ok(PageView::Elsewhere(again(&batch.here())));
    }
    let view = view(desk, &batch, &Submission::default(), "form")?;
    named::page(desk, "payment_batch", "payments", &view)
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let pairs = || form.fields().iter().map(|(name, value)| (name.as_str(), value.trim()));
    let batch = Batch::of(&mut desk, form.field("act"), &numbers(pairs(), "case"))?;
    if batch.entries.is_empty() {
        return Err(PageError::BadForm);
    }
    if !asked.stepped_up {
        return Ok(Acted::SeeOther(again(&batch.here())));
    }
    let step = form.field("step");
    if step == "change" {
        let view = view(&mut desk, &batch, form, "form")?;
        return Ok(Acted::Shown(named::page(&mut desk, "payment_batch", "payments", &view)?));
    }
    let is_confirmed = step == "confirm";
    if is_confirmed && !guard::is_well_formed(form.field("key")) {
        return Err(PageError::BadForm);
    }
    let taken = numbers(pairs().filter(|(key, _)| *key == "take"), "take");
    let chosen: Vec<&Entry> =
        batch.entries.iter().filter(|(status, ..)| !is_confirmed || taken.contains(&status.arrival)).collect();
    let requests: Vec<Request> = chosen.iter().map(|entry| request(here, &desk, &batch, form, entry)).collect();
    let numbers: Vec<i64> = chosen.iter().map(|(status, ..)| status.arrival).collect();
    drop(desk);
    let answers =
        if is_confirmed { batch::perform(here.app, &requests)? } else { batch::rehearse(here.app, &requests)? };
    let list = batch_list::link_of(form.field("key"));
    if is_confirmed && !answers.is_empty() && answers.iter().all(Result::is_ok) {
        return Ok(Acted::SeeOther(link::with_query(&list, &[("done", "acted".to_owned())])));
    }
    let mut desk = here.desk()?;
    let mut view = view(&mut desk, &batch, form, if is_confirmed { "result" } else { "check" })?;
    told(&mut view, &numbers, &answers, (here.lang, batch.stage.act));
    if is_confirmed {
        view.rows.retain(|row| numbers.contains(&row.number));
        view.list = if view.good > 0 { list } else { String::new() };
        return named::again(here, "payment_batch", "payments", &view);
    }
    Ok(Acted::Shown(named::page(&mut desk, "payment_batch", "payments", &view)?))
}

/// Writes at each row what was answered, and counts.
fn told(view: &mut BatchView, numbers: &[i64], answers: &batch::Answers, (lang, act): (Lang, &str)) {
    let mut faults = Faults::new(lang);
    for row in &mut view.rows {
        let Some(at) = numbers.iter().position(|number| *number == row.number) else { continue };
        if let Some(Err(error)) = answers.get(at) {
            row.refused = refusal_told(lang, (Life::Claim, act), error).1;
            if error.code() != "CLAIM_NO_ACCOUNT" {
                row.mend.clear();
            }
            faults.say(&format!("row-{}", row.number), format!("{} {}: {}", row.case_no, row.borrower, row.refused));
            view.bad = view.bad.saturating_add(1);
        } else {
            view.good = view.good.saturating_add(1);
            view.sum = view.sum.saturating_add(row.amount);
        }
    }
    view.capital = capital_in(lang, view.sum);
    view.errors = faults.found;
}

pub(super) fn capital_in(lang: Lang, fen: i64) -> String {
    if lang == Lang::Zh { capital(fen) } else { String::new() }
}

/// The number typed for a row: its own, or the one for all.
fn reference(form: &Submission, number: i64) -> &str {
    let own = form.field(&format!("reference[{number}]"));
    if own.is_empty() { form.field("reference") } else { own }
}

/// Particulars of the act on one claim, read as its own form would be.
fn details(batch: &Batch, form: &Submission, (status, ..): &Entry) -> Value {
    let declared = lives::vocabulary(Life::Claim).into_iter().find(|(word, _)| *word == batch.stage.act);
    let Some((_, Shape::Group(fields))) = declared else { return json!({}) };
    let mut typed: Vec<(String, String)> =
        vec![(batch.reference.to_owned(), reference(form, status.arrival).to_owned())];
    let for_all = batch.common.iter().chain([&batch.day]).filter(|name| !name.is_empty());
    typed.extend(for_all.map(|name| ((*name).to_owned(), form.field(name).to_owned())));
    let mut read = reading::group(&Submission::of_fields(typed), "", &fields).unwrap_or_else(|| json!({}));
    // What is ordered is what was shown; where something else is granted by now, the act is refused.
    if batch.stage.act == "ordered" {
        let shown = form.field(&format!("amount[{}]", status.arrival)).parse().unwrap_or(status.approved_fen);
        read["amount"] = json!(Fen::try_new(shown).unwrap_or(Fen::ZERO).yuan());
    }
    read
}

fn request(here: Here<'_>, desk: &Desk<'_>, batch: &Batch, form: &Submission, entry: &Entry) -> Request {
    let number = entry.0.arrival;
    let key = form.field("key");
    Request {
        life: Life::Claim,
        subject: entry.0.claim_id.clone(),
        act: batch.stage.act.to_owned(),
        details: details(batch, form, entry),
        by: here.asker.name.clone(),
        on: desk.today,
        expected: form.field(&format!("expected[{number}]")).parse().ok(),
        key: guard::is_well_formed(key).then(|| batch::key_of(key, number)),
    }
}

fn view(desk: &mut Desk<'_>, batch: &Batch, form: &Submission, stage: &'static str) -> Result<BatchView, PageError> {
    let label = |name: &str| act_words::field(desk.lang, (Life::Claim, batch.stage.act), name);
    let mut fields = Vec::new();
    if !batch.day.is_empty() {
        let typed = form.field(batch.day);
        let value = if typed.is_empty() { desk.today.to_string() } else { typed.to_owned() };
        let name = batch.day.to_owned();
        fields.push(FieldView {
            label: label(&name),
            name,
            kind: "day",
            must: true,
            held: true,
            value,
            ..FieldView::default()
        });
    }
    for name in batch.common {
        let value = form.field(name).to_owned();
        fields.push(FieldView {
            label: label(name),
            name: (*name).to_owned(),
            kind: "text",
            value,
            ..FieldView::default()
        });
    }
    let of_all = desk.text("page.payments.reference_of_all", &[("reference", &label(batch.reference))]);
    fields.push(FieldView {
        label: of_all,
        name: "reference".to_owned(),
        kind: "text",
        value: form.field("reference").to_owned(),
        ..FieldView::default()
    });
    let reference = label(batch.reference);
    let typed = fields.iter().map(|field| (field.name.clone(), form.field(&field.name).to_owned())).collect();
    let key = Some(form.field("key").to_owned()).filter(|key| guard::is_well_formed(key));
    Ok(BatchView {
        stage,
        act: batch.stage.act.to_owned(),
        label: act_words::act(desk.lang, Life::Claim, batch.stage.act),
        here: batch.here(),
        back: batch.back(),
        fields,
        reference,
        rows: rows(desk, batch, form)?,
        key: key.unwrap_or_else(guard::random),
        typed,
        ..BatchView::default()
    })
}

fn rows(desk: &mut Desk<'_>, batch: &Batch, form: &Submission) -> Result<Vec<BatchRow>, PageError> {
    let mut payees = Payees::of(desk, &batch.entries)?;
    let mut rows = Vec::new();
    for (status, _, loan) in &batch.entries {
        let (payee, changed) = payees.of_claim(desk, &status.claim_id, &status.bank)?;
        let expected = form.field(&format!("expected[{}]", status.arrival));
        rows.push(BatchRow {
            number: status.arrival,
            case_no: case_no(status.arrival),
            href: format!("/claims/{}", link::segment(&status.claim_id)),
            borrower: loan.borrower_name.clone(),
            bank: desk.name(&status.bank),
            payee,
            changed,
            amount: status.approved_fen,
            reference: form.field(&format!("reference[{}]", status.arrival)).to_owned(),
            expected: expected.parse().unwrap_or(status.act_version),
            refused: String::new(),
            mend: page_of_bank(&status.bank),
        });
    }
    Ok(rows)
}
