//! `pledgefund partner`: how banks do, and what the breakers of the measure propose.
//!
//! **Invariant:** both commands only read; a proposal becomes a suspension by acts of two persons.

use chrono::NaiveDate;
use clap::Subcommand;
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::Opening;
use crate::domain::money::Ppm;
use crate::i18n;
use crate::usecase::UseCaseError;
use crate::usecase::lives::ActRefusal;
use crate::usecase::scorecards::{Card, Proposal, Reading, cards, proposals};

/// What to do with partners.
#[derive(Debug, Subcommand)]
pub enum PartnerCommand {
    /// The scorecard of a bank, or of every bank.
    Scorecard {
        /// Code of the bank; default: every bank.
        bank: Option<String>,
        /// Day; default: today.
        #[arg(long)]
        on: Option<NaiveDate>,
    },
    /// What breakers show, and which suspensions and releases they propose.
    Breakers {
        /// Day; default: today.
        #[arg(long)]
        on: Option<NaiveDate>,
    },
}

/// Figures of a card, in the order in which they are printed.
const FIGURES: [&str; 9] = [
    "npl_ratio",
    "claim_ratio",
    "late_marking",
    "late_registration",
    "deficiency",
    "recovery",
    "bank_days",
    "fund_days",
    "in_time",
];

/// Runs a command on partners.
///
/// # Errors
/// A bank without a card; storage.
pub fn run(context: &Context, command: &PartnerCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let today = app.store.clock().today();
    let mut db = app.store.read()?;
    match command {
        PartnerCommand::Scorecard { bank, on } => {
            let on = on.unwrap_or(today);
            let mut all = cards(&app, &mut db, on)?;
            if let Some(bank) = bank {
                all.retain(|card| card.bank == *bank);
                if all.is_empty() {
                    let refusal = ActRefusal::new("PARTNER_UNKNOWN", vec![("partner", bank.clone())]);
                    return Err(UseCaseError::from(refusal).into());
                }
            }
            let told = json!({ "on": on.to_string(), "banks": all.iter().map(card_json).collect::<Vec<_>>() });
            if context.json {
                print_json(&told)
            } else {
                print_lines(card_lines(context, &told))
            }
            Ok(Exit::Done)
        }
        PartnerCommand::Breakers { on } => {
            let on = on.unwrap_or(today);
            let all = proposals(&app, &mut db, on)?;
            let told = json!({ "on": on.to_string(), "breakers": all.iter().map(reading_json).collect::<Vec<_>>() });
            if context.json {
                print_json(&told)
            } else {
                print_lines(reading_lines(context, &all))
            }
            let waits = all.iter().any(|reading| reading.proposal.is_some());
            Ok(if waits { Exit::Attention } else { Exit::Done })
        }
    }
}

/// A card for programs: ratios as fractions, none as null.
#[must_use]
pub fn card_json(card: &Card) -> Value {
    let (tally, figures) = (&card.tally, &card.figures);
    let share = |ratio: Option<Ppm>| ratio.map(Ppm::fraction);
    json!({
        "bank": card.bank,
        "stands_for": card.stands_for,
        "npl_ratio": share(figures.npl_ratio),
        "claim_ratio": share(figures.claim_ratio),
        "late_marking": share(figures.late_marking),
        "late_registration": share(figures.late_registration),
        "deficiency": share(figures.deficiency),
        "recovery": share(figures.recovery),
        "bank_days": figures.bank_days,
        "fund_days": figures.fund_days,
        "in_time": share(figures.in_time),
        "counted": {
            "balance": tally.balance.yuan(),
            "npl_balance": tally.npl_balance.yuan(),
            "claims_net": tally.claims_net.yuan(),
            "registered_ip": tally.registered_ip.yuan(),
            "graded": tally.graded,
            "late_marked": tally.late_marked,
            "late_marked_balance": tally.late_marked_balance.yuan(),
            "registered": tally.registered,
            "registered_late": tally.registered_late,
            "filed": tally.filed,
            "returned": tally.returned,
            "paid": tally.paid.yuan(),
            "recovered": tally.recovered.yuan(),
            "reported": tally.reported,
            "reported_in_time": tally.reported_in_time,
            "returns_due": tally.returns_due,
        },
    })
}

fn card_lines(context: &Context, told: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for card in told["banks"].as_array().into_iter().flatten() {
        lines.push(card["bank"].as_str().unwrap_or_default().to_owned());
        for figure in FIGURES {
            let label = i18n::text(context.lang, &format!("scorecard.{figure}"), &[]);
            let value = match &card[figure] {
                Value::Null => i18n::text(context.lang, "scorecard.none", &[]),
                Value::String(fraction) => fraction.clone(),
                other => other.to_string(),
            };
            lines.push(format!("  {label}  {value}"));
        }
    }
    lines
}

fn proposal_word(proposal: Proposal) -> &'static str {
    match proposal {
        Proposal::Suspend(crate::domain::partner_life::SuspensionScope::NewLoans) => "suspend_new_loans",
        Proposal::Suspend(crate::domain::partner_life::SuspensionScope::Payments) => "suspend_payments",
        Proposal::Release => "release",
    }
}

/// A reading for programs.
#[must_use]
pub fn reading_json(reading: &Reading) -> Value {
    json!({
        "breaker": reading.breaker,
        "bank": reading.bank,
        "value": reading.gauge.map(|gauge| gauge.shown.fraction()),
        "tripped": reading.gauge.map(|gauge| gauge.tripped),
        "warned": reading.gauge.map(|gauge| gauge.warned),
        "suspended": reading.suspended.map(|scope| scope.code()),
        "proposal": reading.proposal.map(proposal_word),
    })
}

fn reading_lines(context: &Context, all: &[Reading]) -> Vec<String> {
    let word = |code: &str| i18n::text(context.lang, &format!("scorecard.{code}"), &[]);
    let line = |reading: &Reading| {
        let bank = reading.bank.clone().unwrap_or_else(|| word("everyone"));
        let state = match reading.gauge {
            None => "unknown",
            Some(gauge) if gauge.tripped => "tripped",
            Some(gauge) if gauge.warned => "warned",
            Some(_) => "calm",
        };
        let value = reading.gauge.map_or_else(|| word("none"), |gauge| gauge.shown.fraction());
        let proposal = reading.proposal.map(|proposal| word(proposal_word(proposal))).unwrap_or_default();
        format!("{}  {bank}  {value}  {}  {proposal}", reading.breaker, word(state)).trim_end().to_owned()
    };
    if all.is_empty() { vec![word("no_breakers")] } else { all.iter().map(line).collect() }
}
