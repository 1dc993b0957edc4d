//! Policies and rights that end while a loan stands on them.
//!
//! **Invariant:** what is pointed out is told by `usecase::reminders`; where a list is cut, the page says how much there is.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::reminders::Notice;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::screens::{figures, words};
use crate::storage::find::reminders::EndingLoan;
use crate::usecase::reminders::{PatentNotice, PolicyNotice, Reminders};
use crate::views::casework::Printable;
use crate::views::parts::{Cell, Table};

/// Most of each kind shown, those that end first.
pub(in crate::screens) const MOST: usize = 200;

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.reminders" };
    let most = desk.most(MOST.try_into().unwrap_or(i64::MAX));
    let most = usize::try_from(most).unwrap_or(MOST);
    let of_banks = figures::reminders(desk, most)?;
    let bank = asked.parameter("bank");
    if !bank.is_empty() && desk.banks().all(|known| known.code != bank) {
        return Err(PageError::NotFound);
    }
    let chosen = of_banks.iter().filter(|(code, _)| bank.is_empty() || *code == bank);
    let whole = Reminders::together(chosen.map(|(_, of_bank)| of_bank.as_ref()), most);
    // A column that would say the same in every row is left out.
    let with_bank = bank.is_empty() && of_banks.len() > 1;
    let mut view = say.page();
    if with_bank {
        view.tables.push(by_bank(desk, say, &of_banks));
    } else if !bank.is_empty() {
        view.title = say.with("title_of", &[("bank", &desk.name(bank))]);
        view.crumb = Some(Printable { label: say.text("title"), href: "/reminders".to_owned() });
    }
    view.tables.extend([of_policies(desk, say, &whole, with_bank), of_patents(desk, say, &whole, with_bank)]);
    show(desk, "reminders", &view)
}

/// How many policies and patents within reach are pointed out today.
pub(in crate::screens) fn count(desk: &mut Desk<'_>) -> Result<(usize, usize), PageError> {
    let of_banks = figures::reminders(desk, MOST)?;
    let sum = |of: fn(&Reminders) -> usize| of_banks.values().map(|one| of(one)).fold(0, usize::saturating_add);
    Ok((sum(|one| one.policy_count), sum(|one| one.patent_count)))
}

fn by_bank(desk: &Desk<'_>, say: Words, of_banks: &BTreeMap<String, Arc<Reminders>>) -> Table {
    let count = |count: usize| Cell::Count { count: i64::try_from(count).unwrap_or(i64::MAX) };
    let row = |(bank, all): (&String, &Arc<Reminders>)| {
        let own = link::with_query("/reminders", &[("bank", bank.clone())]);
        vec![Cell::link(desk.name(bank), own), count(all.policy_count), count(all.patent_count)]
    };
    say.table("banks", &["bank", "*policies", "*patents"], of_banks.iter().map(row).collect())
}

/// The tag of a notice, with its word or a more careful one.
fn tag(say: Words, notice: Notice, word: &str) -> Cell {
    let tone = match notice {
        Notice::Over => "bad",
        Notice::BeforeMaturity => "warn",
        Notice::Soon => "info",
    };
    Cell::tag(tone, say.word("notice", word))
}

/// A table with what it holds in its heading, and how much of it is shown where that is less.
fn counted(say: Words, id: &str, columns: &[&str], rows: Vec<Vec<Cell>>, count: usize) -> Table {
    let (count, shown) = (count.to_string(), rows.len().to_string());
    let key = if count == shown { format!("table.{id}") } else { format!("table.first_{id}") };
    Table { title: say.with(&key, &[("count", &count), ("shown", &shown)]), ..say.table(id, columns, rows) }
}

fn of_loan(desk: &Desk<'_>, loan: &EndingLoan, with_bank: bool) -> impl Iterator<Item = Cell> {
    let contract = Cell::link(loan.contract.clone(), format!("/loans/{}", link::segment(&loan.loan_id)));
    let bank = with_bank.then(|| Cell::text(desk.name(&loan.bank)));
    [contract, Cell::text(loan.borrower.clone())].into_iter().chain(bank)
}

/// Names of the columns: those of the loan before those of what ends.
fn columns(with_bank: bool, rest: &[&'static str]) -> Vec<&'static str> {
    let bank = with_bank.then_some("bank");
    ["contract", "borrower"]
        .into_iter()
        .chain(bank)
        .chain(rest.iter().copied())
        .chain(["matures_on", "notice"])
        .collect()
}

fn of_policies(desk: &Desk<'_>, say: Words, all: &Reminders, with_bank: bool) -> Table {
    let row = |PolicyNotice { notice, policy }: &PolicyNotice| {
        let rest = [
            Cell::text(policy.insurer.clone()),
            Cell::text(policy.policy_no.clone()),
            Cell::Day { on: policy.ends_on },
            Cell::day(policy.loan.matures_on),
            tag(say, *notice, notice.code()),
        ];
        of_loan(desk, &policy.loan, with_bank).chain(rest).collect()
    };
    let columns = columns(with_bank, &["insurer", "policy_no", "ends_on"]);
    counted(say, "policies", &columns, all.policies.iter().map(row).collect(), all.policy_count)
}

fn of_patents(desk: &Desk<'_>, say: Words, all: &Reminders, with_bank: bool) -> Table {
    let row = |one: &PatentNotice| {
        let PatentNotice { notice, patent, .. } = one;
        // To the day nobody knows it: the year of the filing alone is in the number.
        let word = if *notice == Notice::BeforeMaturity { "may_precede" } else { notice.code() };
        let rest = [
            Cell::text(words::ip_kind(desk.lang, &patent.kind)),
            Cell::text(patent.number.clone()),
            Cell::text(patent.title.clone()),
            Cell::Day { on: one.last_day() },
            Cell::day(patent.loan.matures_on),
            tag(say, *notice, word),
        ];
        of_loan(desk, &patent.loan, with_bank).chain(rest).collect()
    };
    let columns = columns(with_bank, &["kind", "number", "title", "latest_end"]);
    counted(say, "patents", &columns, all.patents.iter().map(row).collect(), all.patent_count)
}
