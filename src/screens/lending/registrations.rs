//! Registrations: what is being written, handed in, returned, decided; one of them with its way.
//!
//! **Invariant:** a bank sees its own registrations and no other's.

use crate::domain::access::Permission as P;
use crate::domain::detail::Act as _;
use crate::domain::names::{ContractNo, PartnerCode};
use crate::domain::registration_life::{LoanForm, RegistrationAct, RegistrationState};
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n;
use crate::link;
use crate::reports::forms::LoanForm as Printed;
use crate::screens::act_forms::{offers, taken_already, told, verdict};
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, keep_typed, show};
use crate::screens::words::word;
use crate::screens::{casework, named};
use crate::storage::find::work;
use crate::usecase::forms::cover_facts;
use crate::usecase::group_exposure::{self, GroupExposure};
use crate::usecase::lives::json::object;
use crate::usecase::lives::{Life, registration, vocabulary};
use crate::usecase::registrations::loan_id;
use crate::views::casework::Printable;
use crate::views::parts::{Cell, Facts, PartsView};
use crate::views::uploads::FormError;

/// Most rows shown.
const MOST: i64 = 100;
/// Tabs with the acts that come last.
const TABS: [(&str, &[&str]); 4] = [
    ("open", &["drafted", "submitted", "returned"]),
    ("changes", &["amendment_proposed", "cancellation_proposed"]),
    ("registered", &["registered", "amendment_decided"]),
    ("ended", &["rejected", "withdrawn", "cancellation_decided"]),
];

const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.registrations" }
}

pub(super) fn list(desk: &mut Desk<'_>, asked: &Named, errors: Vec<FormError>) -> Result<PageView, PageError> {
    let view = view(desk, asked, errors)?;
    show(desk, "registrations", &view)
}

fn view(desk: &mut Desk<'_>, asked: &Named, errors: Vec<FormError>) -> Result<PartsView, PageError> {
    let say = words(desk);
    let chosen = TABS.iter().find(|(tab, _)| *tab == asked.parameter("tab")).unwrap_or(&TABS[0]);
    let bank = desk.reach.bank().map(str::to_owned);
    let most = desk.most(MOST);
    let scope = (desk.app.fund_id(), bank.as_deref());
    let lasts: Vec<(&str, &str)> = chosen.1.iter().map(|last| ("registration", *last)).collect();
    let found = work::standing_at(&mut desk.db, scope, &lasts, most)?;
    let subjects: Vec<&str> = found.iter().map(|row| row.subject.as_str()).collect();
    let written = work::last_of_each(&mut desk.db, desk.app.fund_id(), "registration", "drafted", &subjects)?;
    let rows = found.iter().map(|row| {
        let details = written.get(&row.subject).map(String::as_str).unwrap_or_default();
        let form = serde_json::from_str::<serde_json::Value>(details).unwrap_or_default()["form"].clone();
        let text = |name: &str| form[name].as_str().unwrap_or_default().to_owned();
        let bank = row.subject.split(':').nth(1).unwrap_or_default();
        let principal = crate::domain::money::Fen::from_yuan(&text("principal")).ok();
        vec![
            Cell::link(
                text_or(&text("contract"), &row.subject),
                format!("/registrations/{}", link::segment(&row.subject)),
            ),
            Cell::text(text("borrower_name")),
            Cell::text(desk.name(bank)),
            Cell::Money { fen: principal.map(crate::domain::money::Fen::get) },
            Cell::tag(tone(&row.act), word(desk.lang, "page.registrations.last", &row.act)),
            Cell::text(row.person.clone()),
            Cell::day(row.business_date),
        ]
    });
    let columns = ["contract", "borrower", "bank", "*principal", "state", "by", "on"];
    let table = say.table("registrations", &columns, rows.collect());
    let tabs =
        TABS.iter().map(|(tab, _)| say.tab(tab, format!("/registrations?tab={tab}"), *tab == chosen.0)).collect();
    let (mut forms, mut actions) = (Vec::new(), Vec::new());
    if desk.asker.offices.iter().any(|office| office.role == crate::domain::people::Role::BankOfficer) {
        let fields = vec![say.field("contract", "text", true, ""), say.field("drawdown", "text", false, "")];
        forms.push(say.form("begin", fields));
        // What was typed and not saved yet is no registration; here is where somebody looks for it.
        actions.push(say.action("drafts", "/todo?tab=drafts"));
    }
    Ok(PartsView { forms, actions, tables: vec![table], tabs, errors, ..say.page() })
}

fn text_or(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
}

fn tone(act: &str) -> &'static str {
    match act {
        "registered" | "amendment_decided" => "ok",
        "rejected" | "withdrawn" => "bad",
        "returned" => "warn",
        _ => "info",
    }
}

/// Leads to the form of a loan of the officer's own bank.
pub(super) fn begin(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let contract = form.field("contract");
    let mut desk = here.desk()?;
    let bank = desk.reach.bank().map(PartnerCode::new).ok_or(PageError::Forbidden)?;
    let mut faults = Faults::new(here.lang);
    if contract.is_empty() || contract.chars().count() > 64 {
        faults.say("contract", i18n::text(here.lang, "page.registrations.error.contract", &[]));
        let view = view(&mut desk, asked, faults.found)?;
        drop(desk);
        return named::again(here, "parts", "registrations", &view);
    }
    let number = ContractNo::new(contract);
    let subject = loan_id(desk.app.fund_id(), bank.as_str(), number.as_str(), form.field("drawdown"));
    if let Some(known) = taken_already(&mut desk, &subject)? {
        faults.say("contract", known.text);
        let mut view = view(&mut desk, asked, faults.found)?;
        view.actions.push(Printable { label: words(&desk).text("do.known"), href: known.href });
        keep_typed(&mut view, form);
        drop(desk);
        return named::again(here, "parts", "registrations", &view);
    }
    let address = offers::address(Life::Registration, &subject, "drafted");
    let typed = [("form.contract", contract.to_owned()), ("form.drawdown", form.field("drawdown").to_owned())];
    Ok(Acted::SeeOther(link::with_query(&address, &typed)))
}

fn state(desk: &mut Desk<'_>, subject: &str) -> Result<RegistrationState, PageError> {
    let bank = registration::bank_in(desk.app.fund_id(), subject).ok_or(PageError::NotFound)?;
    if !desk.reach.holds(Some(&bank)) {
        return Err(PageError::NotFound);
    }
    let state = registration::state(&mut desk.db, desk.app.fund_id(), subject)?;
    if state.version == 0 { Err(PageError::NotFound) } else { Ok(state) }
}

pub(super) fn one(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = words(desk);
    let id = asked.place("id").to_owned();
    let state = state(desk, &id)?;
    let stage = state.stage.code();
    let title = state.form.as_ref().map_or_else(|| id.clone(), |form| form.contract.clone());
    let mut actions = Vec::new();
    let printable = match stage {
        "registered" => Some("confirmation"),
        "rejected" => Some("refusal"),
        _ => None,
    };
    if let Some(kind) = printable {
        actions.push(say.action(kind, format!("/registrations/{}/forms/{kind}", link::segment(&id))));
    }
    if stage == "registered" && desk.asker.may(P::ReadPortfolio) {
        actions.push(say.action("loan", format!("/loans/{}", link::segment(&id))));
    }
    let mut shown: Vec<Facts> = Vec::new();
    if matches!(stage, "drafted" | "submitted" | "returned") {
        let lines = verdict(desk, &id)?.into_iter().map(|line| (line.label, Cell::text(line.value)));
        shown.push(Facts { lines: lines.collect(), ..say.facts("verdict", Vec::new()) });
    }
    shown.retain(|facts| !facts.lines.is_empty());
    let mut note = None;
    if let Some(form) = state.form {
        // What a group owes tells of customers of other banks.
        let group = match desk.may_for_fund(P::ReadPortfolio) {
            true => group_exposure::of_form(&mut desk.db, desk.app.fund_id(), &id, &form)?,
            false => None,
        };
        shown.push(facts(desk, say, form));
        if let Some(group) = group {
            note = over_told(say, &group);
            shown.push(group_facts(say, &group));
        }
    }
    let view = PartsView {
        title,
        note,
        crumb: Some(Printable { label: say.text("title"), href: "/registrations".to_owned() }),
        tags: vec![Cell::tag(tone(stage), word(desk.lang, "page.acting.state_of.registration", stage))],
        actions,
        facts: shown,
        offers: offers::offers(desk, Life::Registration, &id)?,
        passed: Some(casework::passed(desk, Life::Registration, &id)?),
        papers: Some((
            casework::papers(desk, Life::Registration, &id)?,
            format!("/papers/registration/{}", link::segment(&id)),
        )),
        ..PartsView::default()
    };
    show(desk, "registrations", &view)
}

/// The group of the firm over the loans on the register, this one among them once it is there.
fn group_facts(say: Words, group: &GroupExposure) -> Facts {
    let count = |number: usize| Cell::Count { count: i64::try_from(number).unwrap_or(i64::MAX) };
    let lines = vec![
        ("group", Cell::text(group.group.clone())),
        ("firms", count(group.firms)),
        ("banks", count(group.banks)),
        ("loans", count(group.loans)),
        ("outstanding", Cell::money(group.outstanding.get())),
        ("ip_outstanding", Cell::money(group.ip_outstanding.get())),
        ("promised", Cell::money(group.promised.get())),
        ("paid", Cell::money(group.paid.get())),
    ];
    say.facts("group", lines)
}

/// The limits per borrower that the group goes beyond; a warning and no refusal.
fn over_told(say: Words, group: &GroupExposure) -> Option<(&'static str, String)> {
    let told = group.over.iter().map(|over| {
        let (limit, figure) = (over.limit.yuan(), over.figure.yuan());
        say.with(&format!("over.{}", over.kind), &[("limit", limit.as_str()), ("figure", figure.as_str())])
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| ("warn", told.join(" ")))
}

/// The form as it stands, in the words of its fields.
fn facts(desk: &Desk<'_>, say: Words, form: LoanForm) -> Facts {
    let act = RegistrationAct::Drafted { form };
    let details = object(&act.details());
    let declared = vocabulary(Life::Registration).into_iter().find(|(word, _)| *word == "drafted");
    let lines = match declared {
        Some((_, crate::domain::detail::Shape::Group(fields))) => {
            told(desk, (Life::Registration, "drafted"), &fields, &details)
        }
        _ => Vec::new(),
    };
    let lines =
        lines.into_iter().filter(|line| !line.value.is_empty()).map(|line| (line.label, Cell::text(line.value)));
    Facts { lines: lines.collect(), ..say.facts("form", Vec::new()) }
}

/// The answer to a registration, to print.
pub(super) fn printed(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let id = asked.place("id").to_owned();
    state(desk, &id)?;
    let form = match asked.place("form") {
        "confirmation" => Printed::Confirmation,
        "refusal" => Printed::Refusal,
        _ => return Err(PageError::NotFound),
    };
    let facts = cover_facts(&mut desk.db, desk.app.fund_id(), &id, desk.lang);
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) if error.is_refusal() => return Err(PageError::NotFound),
        Err(error) => return Err(error.into()),
    };
    let sheet = form.fill(&facts, desk.lang).ok_or(PageError::NotFound)?;
    let page = sheet.html(&desk.app.renderer);
    page.map(PageView::Bare).map_err(|error| PageError::Internal { detail: error.to_string() })
}
