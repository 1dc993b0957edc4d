//! Payments that wait: granted and to be ordered, ordered and to be paid, paid and to be confirmed, come back unpaid.
//!
//! **Invariant:** count and sum are the database's, over everything at the stage; nothing is paid from this page itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::batch_list;
use crate::domain::claim::clocks::working_days;
use crate::domain::people::Role;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::i18n::Lang;
use crate::link;
use crate::reference;
use crate::screens::act_forms::words as act_words;
use crate::screens::claims::case_no;
use crate::screens::desk::{Desk, span, unsigned};
use crate::screens::named;
use crate::screens::parts::Words;
use crate::storage::find::claim_list::{self, ClaimFilter, ClaimOrder, Entry};
use crate::storage::find::{acts, work};
use crate::storage::rows::acts::ActRow;
use crate::usecase::lives::claim::bearings::handling_of;
use crate::usecase::lives::{Life, partner};
use crate::views::capital::capital;
use crate::views::payments::{PaymentRow, PaymentsView};
use crate::views::query::page_links;

/// Days before the last one from which a payment is shown as nearly late.
const SOON: i64 = 2;

/// A stage of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stage {
    /// Word in the address.
    pub word: &'static str,
    /// State of the claims.
    state: &'static str,
    /// Only those whose last act is this; empty for any.
    last_act: &'static str,
    /// Acts that brought them there.
    since: &'static [&'static str],
    /// Act that is due.
    pub act: &'static str,
    /// Who takes it.
    roles: &'static [Role],
}

/// Stages in the order of the way.
pub(super) const STAGES: [Stage; 4] = [
    Stage {
        word: "approved",
        state: "approved",
        last_act: "",
        since: &["approved", "approval_confirmed", "order_cancelled", "bounced"],
        act: "ordered",
        roles: &[Role::FundAdministrator],
    },
    Stage {
        word: "ordered",
        state: "ordered",
        last_act: "",
        since: &["ordered"],
        act: "paid",
        roles: &[Role::FinanceOfficer],
    },
    Stage {
        word: "paid",
        state: "paid",
        last_act: "",
        since: &["paid"],
        act: "received",
        roles: &[Role::BankOfficer, Role::BankReviewer],
    },
    Stage {
        word: "bounced",
        state: "approved",
        last_act: "bounced",
        since: &["bounced"],
        act: "ordered",
        roles: &[Role::FundAdministrator],
    },
];

impl Stage {
    fn filter(self, bank: &str) -> ClaimFilter<'_> {
        ClaimFilter { state: self.state, last_act: self.last_act, bank, ..ClaimFilter::default() }
    }

    /// Whether one of the offices of who asks takes the act that is due.
    pub fn is_for(self, desk: &Desk<'_>) -> bool {
        self.roles.iter().any(|role| desk.asker.holds(*role))
    }
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let stage = STAGES.into_iter().find(|stage| stage.word == asked.parameter("state"));
    let stage = match stage {
        Some(stage) => stage,
        // What somebody can do something about comes first.
        None => STAGES.into_iter().find(|stage| stage.is_for(desk)).unwrap_or(STAGES[0]),
    };
    let bank = asked.parameter("bank");
    let sums = claim_list::sums(&mut desk.db, &desk.reach, &stage.filter(bank))?;
    let page = asked.parameter("page").parse().unwrap_or(1);
    let total = unsigned(sums.claims);
    let order = (ClaimOrder::Due, false);
    let found = claim_list::rows(&mut desk.db, &desk.reach, &stage.filter(bank), order, span(page, total))?;
    let address = |word: &str, page: u64| {
        let page = if page > 1 { page.to_string() } else { String::new() };
        link::with_query("/payments", &[("state", word.to_owned()), ("bank", bank.to_owned()), ("page", page)])
    };
    let say = Words { lang: desk.lang, prefix: "page.payments" };
    let mut tabs = Vec::new();
    for other in STAGES {
        let count = match other == stage {
            true => sums.claims,
            false => claim_list::sums(&mut desk.db, &desk.reach, &other.filter(bank))?.claims,
        };
        let mut tab = say.tab(other.word, address(other.word, 1), other == stage);
        tab.label = format!("{} {count}", tab.label);
        tabs.push(tab);
    }
    let view = PaymentsView {
        tabs,
        state: stage.word.to_owned(),
        bank: bank.to_owned(),
        banks: if desk.reach.bank().is_none() { desk.bank_choices() } else { Vec::new() },
        rows: rows(desk, stage, found)?,
        count: sums.claims,
        sum: sums.approved,
        capital: if desk.lang == Lang::Zh { capital(sums.approved) } else { String::new() },
        pager: page_links(total, page, |page| address(stage.word, page)),
        act: stage.act.to_owned(),
        label: act_words::act(desk.lang, Life::Claim, stage.act),
        ticks: stage.is_for(desk),
        lists: batch_list::latest(desk)?,
    };
    named::page(desk, "payments", "payments", &view)
}

fn rows(desk: &mut Desk<'_>, stage: Stage, found: Vec<Entry>) -> Result<Vec<PaymentRow>, PageError> {
    let way = Way::of(desk, stage, &found)?;
    let mut payees = Payees::of(desk, &found)?;
    let mut rows = Vec::new();
    for (status, _, loan) in found {
        let last = way.last(&status.claim_id, stage.since);
        let since = last.map(|row| row.business_date);
        let waited = since.map_or(0, |since| working_days(reference::work_calendar(), since, desk.today));
        let (late, tone) = lateness(status.due_on, desk.today);
        let (payee, changed) = payees.of_claim(desk, &status.claim_id, &status.bank)?;
        let lacks_account = stage.act == "ordered" && payee.is_empty();
        let why = if lacks_account { Some("CLAIM_NO_ACCOUNT") } else { way.why(desk, &status.claim_id) };
        rows.push(PaymentRow {
            blocked: why.map(|code| desk.text(&format!("act.{code}"), &[])).unwrap_or_default(),
            mend: if lacks_account { page_of_bank(&status.bank) } else { String::new() },
            number: status.arrival,
            case_no: case_no(status.arrival),
            href: format!("/claims/{}", link::segment(&status.claim_id)),
            borrower: loan.borrower_name,
            bank: desk.name(&status.bank),
            payee,
            changed,
            amount: status.approved_fen,
            since,
            waited,
            due_on: status.due_on,
            late,
            tone,
            reason: last.filter(|row| row.act == "bounced").map(|row| told(row, "reason")).unwrap_or_default(),
        });
    }
    Ok(rows)
}

/// Where the account of a bank is agreed.
pub(super) fn page_of_bank(bank: &str) -> String {
    format!("/partners/{}", link::segment(bank))
}

/// Acts that grant a claim, or that come after a grant and before its order.
const GRANTS: [&str; 4] = ["approved", "approval_confirmed", "resettlement_decided", "countersigned"];
/// Act that makes a grant public.
const PUBLICISED: &str = "publicised";

/// The way of claims to their payment, asked once for all of them: how they came to where they stand, and what must be
/// done before grants may be ordered. It says so beforehand only: the act itself decides.
struct Way {
    /// By claim and number.
    told: Vec<ActRow>,
    /// Where an order is due: the measure by which each claim was computed.
    measures: BTreeMap<String, (String, String)>,
}

impl Way {
    fn of(desk: &mut Desk<'_>, stage: Stage, found: &[Entry]) -> Result<Way, PageError> {
        if found.is_empty() {
            return Ok(Way { told: Vec::new(), measures: BTreeMap::new() });
        }
        let ids: Vec<&str> = found.iter().map(|(status, ..)| status.claim_id.as_str()).collect();
        let is_due = stage.act == "ordered";
        let mut words = stage.since.to_vec();
        words.extend(GRANTS.iter().chain([&PUBLICISED]).filter(|_| is_due));
        let of = (desk.app.fund_id(), Life::Claim.code());
        let told = acts::of_some(&mut desk.db, of, &ids, &words)?;
        let measures = if is_due { claim_list::measures(&mut desk.db, found)? } else { BTreeMap::new() };
        Ok(Way { told, measures })
    }

    /// The last act among these on a claim.
    fn last(&self, claim: &str, words: &[&str]) -> Option<&ActRow> {
        self.told.iter().rfind(|row| row.subject == claim && words.contains(&row.act.as_str()))
    }

    /// Code of what keeps a grant from being ordered.
    fn why(&self, desk: &Desk<'_>, claim: &str) -> Option<&'static str> {
        let (id, version) = self.measures.get(claim)?;
        let handling = handling_of(desk.measures.version(id, version)?);
        let last = self.last(claim, &GRANTS)?;
        if handling.countersign && last.act != "countersigned" {
            return Some("CLAIM_COUNTERSIGN_NEEDED");
        }
        let public = self.last(claim, &[PUBLICISED]);
        let until = public.and_then(|row| told(row, "until").parse::<NaiveDate>().ok());
        let is_public = until.is_some_and(|until| until < desk.today) || last.act == "resettlement_decided";
        (handling.publicity.is_some() && !is_public).then_some("CLAIM_PUBLICITY_NEEDED")
    }
}

/// Days late, and how loudly that is said.
fn lateness(due_on: Option<NaiveDate>, today: NaiveDate) -> (i64, &'static str) {
    let Some(left) = due_on.map(|due| due.signed_duration_since(today).num_days()) else { return (0, "") };
    let tone = match left {
        ..0 => "bad",
        0..=SOON => "warn",
        _ => "",
    };
    (left.saturating_neg().max(0), tone)
}

/// A text among the particulars of an act.
pub(super) fn told(row: &ActRow, field: &str) -> String {
    let details: serde_json::Value = serde_json::from_str(&row.details).unwrap_or_default();
    details[field].as_str().unwrap_or_default().to_owned()
}

/// Whose accounts are paid: as ordered where there is an order, else as agreed, asked once for all.
pub(super) struct Payees {
    ordered: BTreeMap<String, ActRow>,
    agreed: Option<partner::Payers>,
    known: BTreeMap<String, Option<partner::Payee>>,
}

impl Payees {
    pub fn of(desk: &mut Desk<'_>, found: &[Entry]) -> Result<Payees, PageError> {
        let is_ordered = |state: &str| !matches!(state, "approved");
        let ids: Vec<&str> = found
            .iter()
            .filter(|(status, ..)| is_ordered(&status.state))
            .map(|(status, ..)| status.claim_id.as_str())
            .collect();
        let ordered = match ids.is_empty() {
            true => BTreeMap::new(),
            false => work::last_rows_of_each(&mut desk.db, desk.app.fund_id(), "claim", &["ordered"], &ids)?,
        };
        Ok(Payees { ordered, agreed: None, known: BTreeMap::new() })
    }

    /// Holder, number and bank, and whether it is the first payment since the account was changed.
    pub fn of_claim(&mut self, desk: &mut Desk<'_>, claim: &str, bank: &str) -> Result<(String, bool), PageError> {
        if let Some(order) = self.ordered.get(claim) {
            let details: serde_json::Value = serde_json::from_str(&order.details).unwrap_or_default();
            return Ok((told(order, "payee"), details["account_changed"] == serde_json::json!(true)));
        }
        if !self.known.contains_key(bank) {
            let agreed = match self.agreed.take() {
                Some(agreed) => agreed,
                None => partner::Payers::on(&mut desk.db, desk.app.fund_id(), desk.today)?,
            };
            self.known.insert(bank.to_owned(), agreed.of(bank)?);
            self.agreed = Some(agreed);
        }
        let payee = self.known.get(bank).and_then(Option::as_ref);
        Ok(payee.map_or_else(Default::default, |payee| (payee.text(), payee.is_first_since_change)))
    }
}
