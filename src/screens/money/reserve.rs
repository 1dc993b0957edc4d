//! The reserve: what the fund holds against what it may have to pay, day by day, by tier and by bank, and what happens at
//! which line.
//!
//! **Invariant:** a drawing shows the figures of the table beneath it; what a snapshot tells is the stored row.

use crate::domain::access::Permission;
use crate::domain::money::Ppm;
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::link;
use crate::screens::desk::{Desk, ratio};
use crate::screens::money::{funding, thresholds};
use crate::screens::parts::{Words, show};
use crate::screens::{dashboard, figures, fund, words};
use crate::storage::find::board;
use crate::storage::rows::money::ReserveSnapshotRow;
use crate::usecase::bank_sums::BankSum;
use crate::usecase::book::BankTier;
use crate::views::TierShown;
use crate::views::charts::{Picture, months};
use crate::views::dashboard::LevelPoint;
use crate::views::fund::FundStates;
use crate::views::parts::{Cell, Facts, PartsView, Table};

/// Days whose levels are shown.
const DAYS: i64 = 60;

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.reserve" };
    let states = fund::states(desk)?;
    let snapshots = board::newest_levels(&mut desk.db, desk.app.fund_id(), DAYS)?;
    let last = snapshots.last();
    let minimum = last.map_or(0, |row| row.policy_minimum_fen);
    let facts = vec![now(say, &states), model(say, last)];
    let months = dashboard::months(desk)?;
    let whole = figures::whole(desk)?;
    let banks = figures::banks(desk)?;
    let by_bank = banks.iter().map(|(code, sum)| bank_row(desk.name(code), sum, &banks_whole(banks.values())));
    let by_bank: Vec<Vec<Cell>> = by_bank.collect();
    let columns = ["bank", "*balance", "*share", "*npl_balance", "*claims", "*cover"];
    let banks = Table { foot: bank_foot(say, &banks_whole(banks.values())), ..say.table("banks", &columns, by_bank) };
    let (calls, _) = funding::asked(desk)?;
    let lines = thresholds::table(desk, say, &states, minimum)?;
    let silent = silent(desk, say)?;
    let levels: Vec<LevelPoint> = snapshots.into_iter().map(|row| point(desk, row)).collect();
    let view = PartsView {
        note: Some(("info", say.text("model_note"))),
        pictures: vec![
            Picture { open: true, ..months::money(&months, desk.lang) },
            Picture { open: true, ..months::levels(&levels, desk.lang) },
        ],
        facts,
        tables: [lines].into_iter().chain(silent).chain([tiers(say, desk, &whole.tiers), banks, calls]).collect(),
        ..say.page()
    };
    show(desk, "reserve", &view)
}

fn now(say: Words, states: &FundStates) -> Facts {
    let lines = vec![
        ("cash", Cell::money(states.cash)),
        ("floor", Cell::money(states.floor)),
        ("earmarked", Cell::money(states.earmarked)),
        ("ordered", Cell::money(states.ordered)),
        ("free", Cell::money(states.free)),
        ("reserved", Cell::money(states.reserved)),
        ("capacity", Cell::money(states.capacity)),
        ("used", Cell::Ratio { ppm: states.used_ratio }),
    ];
    say.facts("level", lines)
}

/// What the newest snapshot holds, as it was stored.
fn model(say: Words, last: Option<&ReserveSnapshotRow>) -> Facts {
    let Some(row) = last else { return say.facts("model", vec![("taken_on", Cell::Day { on: None })]) };
    let parameters: serde_json::Value = serde_json::from_str(&row.parameters).unwrap_or_default();
    let multiple = parameters["multiple_ppm"].as_i64().and_then(|ppm| Ppm::try_new(ppm).ok());
    let above = row.cash_fen.saturating_sub(row.policy_minimum_fen);
    let lines = vec![
        ("taken_on", Cell::day(row.business_date)),
        ("version", Cell::Count { count: row.version }),
        ("rulebook", Cell::text(format!("{} {}", row.rulebook_id, row.rulebook_version))),
        ("multiple", multiple.map_or(Cell::text(""), |ppm| Cell::text(times(ppm)))),
        ("minimum", Cell::money(row.policy_minimum_fen)),
        ("cover", Cell::Ratio { ppm: ratio(row.cash_fen, row.policy_minimum_fen) }),
        ("above", Cell::money(above)),
        ("maximum", Cell::money(row.contractual_maximum_fen)),
        ("maximum_cover", Cell::Ratio { ppm: ratio(row.cash_fen, row.contractual_maximum_fen) }),
        ("expected", Cell::text(say.text("not_modelled"))),
    ];
    say.facts("model", lines)
}

/// Cover that nobody and nothing ends: somebody has to ask the bank. No table where there is none.
fn silent(desk: &mut Desk<'_>, say: Words) -> Result<Option<Table>, PageError> {
    if !desk.asker.may(Permission::ReadPortfolio) {
        return Ok(None);
    }
    let rows: Vec<Vec<Cell>> = figures::silent(desk)?
        .iter()
        .map(|loan| {
            vec![
                Cell::link(loan.contract.clone(), format!("/loans/{}", link::segment(&loan.loan_id))),
                Cell::text(desk.name(&loan.bank)),
                Cell::day(loan.matures_on),
                Cell::money(loan.reserved_fen),
            ]
        })
        .collect();
    let columns = ["contract", "bank", "matures_on", "*cover"];
    Ok((!rows.is_empty()).then(|| Table { in_pages: true, ..say.table("silent", &columns, rows) }))
}

/// A multiple as people say it: 10,000,000 ppm are 10.
fn times(multiple: Ppm) -> String {
    let percent = multiple.percent();
    let (whole, _) = percent.split_once('.').unwrap_or((&percent, ""));
    let whole = whole.replace(',', "");
    let (times, rest) = whole.split_at(whole.len().saturating_sub(2));
    let times = if times.is_empty() { "0" } else { times };
    if rest.chars().all(|c| c == '0') { times.to_owned() } else { format!("{times}.{rest}") }
}

fn point(desk: &Desk<'_>, row: ReserveSnapshotRow) -> LevelPoint {
    LevelPoint {
        on: Some(row.business_date),
        cash: row.cash_fen,
        earmarked: row.earmarked_fen,
        ordered: row.ordered_fen,
        free: row.free_fen,
        reserved: row.reserved_fen,
        capacity: row.capacity_fen,
        policy_minimum: row.policy_minimum_fen,
        contractual_maximum: row.contractual_maximum_fen,
        rulebook: crate::screens::calculation::rulebook_label(desk, &row.rulebook_id, &row.rulebook_version),
    }
}

/// Sums of a tier: loans, balance, cover.
type Sums = (i64, i64, i64);

fn plus(sum: Sums, lot: &BankTier) -> Sums {
    (sum.0.saturating_add(lot.loans), sum.1.saturating_add(lot.balance), sum.2.saturating_add(lot.cover))
}

/// Every loan on record by its tier; those before their first report have a line of their own.
fn tiers(say: Words, desk: &Desk<'_>, lots: &[BankTier]) -> Table {
    let whole = lots.iter().fold((0, 0, 0), plus);
    let line = |name: String, sum: Sums| {
        vec![
            Cell::text(name),
            Cell::Count { count: sum.0 },
            Cell::money(sum.1),
            Cell::Ratio { ppm: ratio(sum.1, whole.1) },
            Cell::money(sum.2),
            Cell::Ratio { ppm: ratio(sum.2, whole.2) },
        ]
    };
    let of = |tier: Option<TierShown>| {
        lots.iter().filter(|lot| lot.tier.as_deref().map(words::tier) == tier).fold((0, 0, 0), plus)
    };
    let mut rows: Vec<Vec<Cell>> = TierShown::ALL
        .iter()
        .map(|tier| line(desk.text(&format!("page.tier.{}", tier.code()), &[]), of(Some(*tier))))
        .collect();
    rows.push(line(say.text("unreported"), of(None)));
    let columns = ["tier", "*loans", "*balance", "*share", "*cover", "*cover_share"];
    Table { foot: line(say.text("sum"), whole), ..say.table("tiers", &columns, rows) }
}

fn banks_whole<'s>(sums: impl Iterator<Item = &'s BankSum>) -> BankSum {
    sums.fold(BankSum::default(), |whole, sum| BankSum {
        balance: whole.balance.saturating_add(sum.balance),
        npl_balance: whole.npl_balance.saturating_add(sum.npl_balance),
        claims_net: whole.claims_net.saturating_add(sum.claims_net),
        cover: whole.cover.saturating_add(sum.cover),
        ..whole
    })
}

fn bank_row(name: String, sum: &BankSum, whole: &BankSum) -> Vec<Cell> {
    vec![
        Cell::text(name),
        Cell::money(sum.balance),
        Cell::Ratio { ppm: ratio(sum.balance, whole.balance) },
        Cell::money(sum.npl_balance),
        Cell::money(sum.claims_net),
        Cell::money(sum.cover),
    ]
}

fn bank_foot(say: Words, whole: &BankSum) -> Vec<Cell> {
    bank_row(say.text("sum"), whole, whole)
}
