//! `pledgefund rulebook propose|confirm|reject|withdraw|list|show`.
//!
//! **Invariant:** exit 2 where a step is refused; nothing is saved then.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines, print_text};
use super::case_lines::unreadable;
use super::rulebooks;
use crate::app::{App, Opening};
use crate::i18n::{self, Lang};
use crate::storage::find::{events, parties};
use crate::storage::rows::parties::RulebookRow;
use crate::usecase::issuing::{self, Accepted, Proposal, Proposed, Word};
use crate::usecase::measures::{Measure, Measures};

/// How a rulebook is issued.
#[derive(Debug, Subcommand)]
pub enum IssueCommand {
    /// Propose a file as a new version.
    Propose {
        /// File.
        file: PathBuf,
        /// What there is to say.
        #[arg(long, default_value = "")]
        note: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: PersonArgs,
    },
    /// Confirm a proposal, which stores its rulebook for good.
    Confirm {
        /// Proposal, as `rulebook list` names it.
        proposal_id: String,
        /// Accept every clause that is only assumed or proposed.
        #[arg(long, conflicts_with = "accept")]
        accept_all: bool,
        /// Accept these clauses.
        #[arg(long, num_args = 1.., value_name = "ID")]
        accept: Vec<String>,
        /// First day on which the version in force before is repealed; default: the day this one begins.
        #[arg(long)]
        repeal_from: Option<NaiveDate>,
        /// What there is to say.
        #[arg(long, default_value = "")]
        note: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: PersonArgs,
    },
    /// Reject a proposal.
    Reject {
        /// Proposal, as `rulebook list` names it.
        proposal_id: String,
        /// Why.
        #[arg(long)]
        note: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: PersonArgs,
    },
    /// Withdraw one's own proposal.
    Withdraw {
        /// Proposal, as `rulebook list` names it.
        proposal_id: String,
        /// What there is to say.
        #[arg(long, default_value = "")]
        note: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: PersonArgs,
    },
    /// List the rulebooks stored and the proposals.
    List,
    /// Print a stored rulebook, byte for byte.
    Show {
        /// Rulebook, as `id@version`.
        name: String,
    },
}

/// Who acts, and when.
#[derive(Debug, Args)]
pub struct PersonArgs {
    /// Name of the person who acts.
    #[arg(long)]
    by: String,
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
}

impl PersonArgs {
    fn word<'a>(&'a self, note: &'a str, app: &App) -> Word<'a> {
        Word { by: &self.by, note, on: self.on.unwrap_or_else(|| app.store.clock().today()) }
    }
}

/// Runs a step of issuing, or lists and prints what is stored.
///
/// # Errors
/// A refused step; a file that does not read; storage.
pub fn run(context: &Context, command: &IssueCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    match command {
        IssueCommand::Propose { file, note, act } => propose(context, &app, file, act.word(note, &app)),
        IssueCommand::Confirm { proposal_id, accept_all, accept, repeal_from, note, act } => {
            let accepted = if *accept_all { Accepted::All } else { Accepted::Named(accept) };
            let done = issuing::confirm(&app, proposal_id, accepted, *repeal_from, act.word(note, &app))?;
            told(context, &app, &done)
        }
        IssueCommand::Reject { proposal_id, note, act } => {
            told(context, &app, &issuing::reject(&app, proposal_id, act.word(note, &app))?)
        }
        IssueCommand::Withdraw { proposal_id, note, act } => {
            told(context, &app, &issuing::withdraw(&app, proposal_id, act.word(note, &app))?)
        }
        IssueCommand::List => list(context, &app),
        IssueCommand::Show { name } => show(&app, name),
    }
}

fn propose(context: &Context, app: &App, file: &PathBuf, word: Word<'_>) -> Result<Exit, Failure> {
    rulebooks::read(file)?;
    let shown = file.to_string_lossy().into_owned();
    let body = std::fs::read_to_string(file).map_err(|error| unreadable(&shown, &error))?;
    match issuing::propose(app, &shown, &body, word)? {
        Proposed::Waiting(done) => told(context, app, &done),
        Proposed::Known { name, hash } => {
            if context.json {
                print_json(&json!({ "state": "known", "rulebook": name, "hash": hash }));
            } else {
                print_lines([i18n::text(context.lang, "issuing.known", &[("rulebook", &name), ("hash", &hash)])]);
            }
            Ok(Exit::Done)
        }
    }
}

/// Says what a proposal has become.
fn told(context: &Context, app: &App, done: &Proposal) -> Result<Exit, Failure> {
    let step = &done.proposed;
    let outside = match done.state() {
        "confirmed" => {
            let mut db = app.store.read()?;
            issuing::left_outside(&mut db, app.fund_id(), &step.rulebook_id, &step.rulebook_version)?
        }
        _ => 0,
    };
    if context.json {
        let mut answer = proposal_json(done);
        answer["loans_without_version"] = json!(outside);
        print_json(&answer);
        return Ok(Exit::Done);
    }
    let places = places(done);
    let places: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut lines = vec![i18n::text(context.lang, &format!("issuing.{}", done.state()), &places)];
    let clauses = done.unconfirmed();
    if done.answer.is_none() && !clauses.is_empty() {
        lines.push(i18n::text(context.lang, "issuing.to_accept", &places));
        lines.extend(clauses.iter().map(|clause| format!("  {clause}")));
    }
    if done.answer.as_ref().is_some_and(|answer| answer.repeals.is_some()) {
        lines.push(i18n::text(context.lang, "issuing.repeals", &places));
    }
    if outside > 0 {
        lines.push(i18n::text(context.lang, "issuing.outside", &[("count", &outside.to_string())]));
    }
    print_lines(lines);
    Ok(Exit::Done)
}

fn places(done: &Proposal) -> Vec<(&'static str, String)> {
    let step = &done.proposed;
    let answer = done.answer.as_ref();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    vec![
        ("id", step.proposal_id.clone()),
        ("rulebook", format!("{}@{}", step.rulebook_id, step.rulebook_version)),
        ("hash", step.hash.clone()),
        ("file", step.file_name.clone()),
        ("count", done.unconfirmed().len().to_string()),
        ("unknown_groups", step.unknown_groups.to_string()),
        ("unknown_values", step.unknown_values.to_string()),
        ("proposed_by", step.person.clone()),
        ("proposed_on", step.business_date.to_string()),
        ("answered_by", answer.map(|answer| answer.person.clone()).unwrap_or_default()),
        ("answered_on", day(answer.map(|answer| answer.business_date))),
        ("repeals", answer.and_then(|answer| answer.repeals.clone()).unwrap_or_default()),
        ("repealed_from", day(answer.and_then(|answer| answer.repealed_from))),
    ]
}

/// A proposal as `rulebook list --json` prints it.
#[must_use]
pub fn proposal_json(done: &Proposal) -> Value {
    let step = &done.proposed;
    let answer = done.answer.as_ref();
    json!({
        "id": step.proposal_id,
        "rulebook": format!("{}@{}", step.rulebook_id, step.rulebook_version),
        "hash": step.hash,
        "file": step.file_name,
        "state": done.state(),
        "proposed_by": step.person,
        "proposed_on": step.business_date.to_string(),
        "proposal_note": step.note,
        "unconfirmed": done.unconfirmed(),
        "unknown_groups": step.unknown_groups,
        "unknown_values": step.unknown_values,
        "answered_by": answer.map(|answer| answer.person.clone()),
        "answered_on": answer.map(|answer| answer.business_date.to_string()),
        "answer_note": answer.map(|answer| answer.note.clone()),
        "repeals": answer.and_then(|answer| answer.repeals.clone()),
        "repealed_from": answer.and_then(|answer| answer.repealed_from).map(|day| day.to_string()),
    })
}

/// A stored rulebook with what is known of it.
struct Stored<'a> {
    row: &'a RulebookRow,
    measure: Option<&'a Measure>,
    issued: Option<&'a Proposal>,
    /// Who opened the fund with it, where nobody proposed it.
    opened_by: String,
    today: NaiveDate,
}

impl Stored<'_> {
    fn name(&self) -> String {
        format!("{}@{}", self.row.rulebook_id, self.row.version)
    }

    fn validity(&self) -> (String, String) {
        let days = self.measure.and_then(Measure::validity);
        days.map_or_else(Default::default, |(from, to)| (from.to_string(), to.to_string()))
    }

    /// Whether it is in force today, was, or will be.
    fn state(&self) -> &'static str {
        match self.measure.and_then(Measure::validity) {
            Some((from, _)) if self.today < from => "coming",
            Some((_, to)) if self.today > to => "ended",
            Some(_) => "in_force",
            None => "undated",
        }
    }

    fn json(&self) -> Value {
        let (from, to) = self.validity();
        let step = self.issued.map(|issued| &issued.proposed);
        let answer = self.issued.and_then(|issued| issued.answer.as_ref());
        json!({
            "id": self.row.rulebook_id,
            "version": self.row.version,
            "hash": self.row.hash,
            "from": from,
            "to": to,
            "repealed_from": self.measure.and_then(|measure| measure.repealed_from).map(|day| day.to_string()),
            "state": self.state(),
            "stored_on": self.row.business_date.to_string(),
            "opened_by": self.issued.is_none().then_some(&self.opened_by),
            "proposed_by": step.map(|step| step.person.clone()),
            "proposed_on": step.map(|step| step.business_date.to_string()),
            "confirmed_by": answer.map(|step| step.person.clone()),
            "confirmed_on": answer.map(|step| step.business_date.to_string()),
        })
    }

    fn line(&self, lang: Lang) -> String {
        let (from, to) = self.validity();
        let by = match self.issued {
            Some(issued) => {
                let places = places(issued);
                let places: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
                i18n::text(lang, "issuing.by_two", &places)
            }
            None => {
                let on = self.row.business_date.to_string();
                i18n::text(lang, "issuing.by_opening", &[("person", &self.opened_by), ("on", &on)])
            }
        };
        let state = i18n::text(lang, &format!("issuing.state.{}", self.state()), &[]);
        let places = [
            ("rulebook", &*self.name()),
            ("from", &*from),
            ("to", &*to),
            ("state", &*state),
            ("hash", &*self.row.hash),
            ("by", &*by),
        ];
        i18n::text(lang, "issuing.line", &places)
    }
}

fn list(context: &Context, app: &App) -> Result<Exit, Failure> {
    let mut db = app.store.read()?;
    let rows = parties::rulebooks(&mut db, app.fund_id())?;
    let measures = Measures::load(&mut db, app.fund_id())?;
    let proposals = issuing::list(&mut db, app.fund_id())?;
    let ids: Vec<&str> = rows.iter().map(|row| row.event_id.as_str()).collect();
    let actors = events::causes(&mut db, &ids)?;
    let stored: Vec<Stored<'_>> = rows
        .iter()
        .map(|row| Stored {
            row,
            measure: measures.version(&row.rulebook_id, &row.version),
            issued: proposals
                .iter()
                .find(|one| one.answer.as_ref().is_some_and(|answer| answer.event_id == row.event_id)),
            opened_by: actors
                .iter()
                .find(|(id, ..)| *id == row.event_id)
                .map(|(_, who, _)| who.clone())
                .unwrap_or_default(),
            today: app.store.clock().today(),
        })
        .collect();
    if context.json {
        print_json(&json!({
            "rulebooks": stored.iter().map(Stored::json).collect::<Vec<_>>(),
            "proposals": proposals.iter().map(proposal_json).collect::<Vec<_>>(),
        }));
        return Ok(Exit::Done);
    }
    let mut lines: Vec<String> = stored.iter().map(|one| one.line(context.lang)).collect();
    for one in proposals.iter().filter(|one| one.state() != "confirmed") {
        let mut all = places(one);
        all.push(("state", i18n::text(context.lang, &format!("issuing.state.{}", one.state()), &[])));
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        lines.push(i18n::text(context.lang, "issuing.proposal_line", &all).trim_end().to_owned());
    }
    print_lines(lines);
    Ok(Exit::Done)
}

fn show(app: &App, name: &str) -> Result<Exit, Failure> {
    let rows = parties::rulebooks(&mut *app.store.read()?, app.fund_id())?;
    let found = rows.iter().find(|row| format!("{}@{}", row.rulebook_id, row.version) == name);
    let unknown = || Failure::refused("RULEBOOK_UNKNOWN", "issuing.RULEBOOK_UNKNOWN", &[("names", name)]);
    print_text(&found.ok_or_else(unknown)?.body);
    Ok(Exit::Done)
}
