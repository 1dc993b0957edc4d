//! `pledgefund demo`: a year of sample files on a simulated clock.
//!
//! Owns the order in which the samples arrive; everything else is what any installation does.
//! **Invariant:** a replay that was stopped goes on where it stopped and ends with the same books, byte for byte.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};

use super::answer::{Exit, Failure, print_lines};
use super::serve::{own_alone, serve_app};
use super::{Context, demo_people};
use crate::app::{App, Opening, SIMULATED_CLOCK};
use crate::clock::Clock;
use crate::domain::calendar::{beijing_date, utc_of_beijing};
use crate::domain::money::FenDelta;
use crate::embedded::{self, DemoFiles};
use crate::i18n;
use crate::import::Body;
use crate::import::field::FileKind;
use crate::storage::find::{Reach, claims, jobs, loans, mail, settings};
use crate::usecase::import::{FileOutcome, ImportCall, Incoming, Unwatched, import};
use crate::usecase::intake::{Intake, Request};
use crate::usecase::{reserve, verify};

/// Day on which the fund's books begin.
const START: (i32, u32, u32) = (2025, 7, 1);
/// Last day of the replay.
const END: (i32, u32, u32) = (2026, 7, 31);
/// Rows of the fund file up to this day are there from the start.
const OPENING_ROWS: (i32, u32, u32) = (2025, 6, 30);
/// The corrected report and the day it arrives.
const CORRECTION: (&str, (i32, u32, u32)) = ("monthly/YMK_202601_v2.csv", (2026, 2, 20));
/// Day of the following month on which reports arrive.
const REPORT_DAY: u32 = 6;
/// Refusals that the samples are known to bring: file, row, code.
const KNOWN_REFUSALS: &str = "known-refusals.csv";

/// Files that arrive together.
#[derive(Debug, Clone)]
struct Step {
    at: NaiveDateTime,
    kind: FileKind,
    files: Vec<String>,
    until: Option<NaiveDate>,
}

/// Replays the year and, unless told not to, serves it. `listen` is `None` to stop after the replay.
///
/// # Errors
/// Storage; a job that fails; a sample that does not read.
pub fn run(context: &Context, to: Option<NaiveDate>, listen: Option<Option<SocketAddr>>) -> Result<Exit, Failure> {
    let start = utc_of_beijing(day(START).and_time(NaiveTime::MIN));
    let mut app = App::open(context.config.clone(), Clock::simulated(start), Opening::Migrate)?;
    let lock = own_alone(&app)?;
    refuse_real_books(&app)?;
    app.count_jobs_from(day(START));
    app.move_clock_to(start)?;
    keep_clock(&app)?;
    // People sign in by the time of day, whatever the books' clock says.
    app.wall = Clock::System;
    demo_people::settle(&app)?;
    let end = to.unwrap_or(day(END));
    let outcomes = replay(&app, end)?;
    let met = account(context, &app, &outcomes)?;
    if end >= day(END) {
        // The samples tell of no accounts; without them no visitor could carry a payment to its end.
        demo_people::agree_accounts(&app)?;
    }
    demo_people::tell(context);
    if let Some(address) = listen {
        serve_app(context, app, address)?;
    }
    drop(lock);
    Ok(if met || to.is_some() { Exit::Done } else { Exit::Attention })
}

fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("the dates of the replay are written in this file")
}

/// A replay never runs on books that live on the machine's clock.
fn refuse_real_books(app: &App) -> Result<(), Failure> {
    let mut db = app.store.read()?;
    let simulated = settings::get(&mut db, SIMULATED_CLOCK)?.is_some();
    let empty = loans::count(&mut db, &Reach::of_fund(app.fund_id()))? == 0;
    if simulated || empty {
        return Ok(());
    }
    Err(Failure::refused("NOT_A_DEMO", "cli.not_a_demo", &[]))
}

/// Marks the database as one that lives on a simulated clock, before anything else is written.
fn keep_clock(app: &App) -> Result<(), Failure> {
    let now = app.store.clock().now();
    let act = crate::storage::Act::new("clock", beijing_date(now));
    let text = now.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    app.store.write(&crate::storage::Scope::system(), &act, |tx| match settings::get(tx, SIMULATED_CLOCK)? {
        Some(_) => Ok(()),
        None => settings::set(tx, SIMULATED_CLOCK, &text),
    })?;
    Ok(())
}

fn replay(app: &App, end: NaiveDate) -> Result<Vec<FileOutcome>, Failure> {
    let intake = Intake::open(app).map_err(|error| Failure::of_intake("", error))?;
    let mut outcomes: Vec<FileOutcome> = Vec::new();
    for step in steps(app, &intake)? {
        if beijing_date(step.at) > end {
            break;
        }
        if step.at < app.store.clock().now() {
            continue;
        }
        walk_to(app, step.at)?;
        outcomes.extend(take_in(app, &intake, &step)?);
    }
    let last = end.and_hms_opt(23, 59, 59).unwrap_or(end.and_time(NaiveTime::MIN));
    walk_to(app, utc_of_beijing(last))?;
    Ok(outcomes)
}

/// Lets time pass in half days, so that mail leaves soon after it is written.
fn walk_to(app: &App, at: NaiveDateTime) -> Result<(), Failure> {
    loop {
        let now = app.store.clock().now();
        if now >= at {
            return Ok(());
        }
        let today = beijing_date(now);
        let noon = utc_of_beijing(today.and_hms_opt(12, 0, 0).unwrap_or(now));
        let midnight = utc_of_beijing(today.succ_opt().unwrap_or(today).and_time(NaiveTime::MIN));
        let next = [noon, midnight].into_iter().find(|stop| *stop > now).unwrap_or(at);
        app.advance_to(next.min(at))?;
    }
}

fn at(on: NaiveDate, hour: u32, minute: u32) -> NaiveDateTime {
    utc_of_beijing(on.and_hms_opt(hour, minute, 0).unwrap_or(on.and_time(NaiveTime::MIN)))
}

/// When each sample arrives.
fn steps(app: &App, intake: &Intake) -> Result<Vec<Step>, Failure> {
    let start = day(START);
    let one = |at: NaiveDateTime, kind: FileKind, file: &str, until: Option<NaiveDate>| Step {
        at,
        kind,
        files: vec![file.to_owned()],
        until,
    };
    let samples = embedded::paths::<DemoFiles>();
    let starting =
        |folder: &str| -> Vec<String> { samples.iter().filter(|path| path.starts_with(folder)).cloned().collect() };
    let mut steps = vec![
        one(at(start, 8, 30), FileKind::Partners, "partners.csv", None),
        one(at(start, 8, 40), FileKind::Fund, "fund.csv", Some(day(OPENING_ROWS))),
        Step { at: at(start, 9, 0), kind: FileKind::Registrations, files: starting("registration/"), until: None },
    ];
    let mut month = app.first_period();
    while month.next().first_day() <= day(END) {
        let suffix = format!("_{}{:02}.csv", month.year(), month.month());
        let arrived: Vec<String> = starting("monthly/").into_iter().filter(|path| path.ends_with(&suffix)).collect();
        if !arrived.is_empty() {
            let on = month.next().first_day().with_day(REPORT_DAY).unwrap_or(month.next().first_day());
            steps.push(Step { at: at(on, 10, 0), kind: FileKind::Servicing, files: arrived, until: None });
        }
        month = month.next();
    }
    steps.push(one(at(day(CORRECTION.1), 10, 0), FileKind::Servicing, CORRECTION.0, None));
    for on in dates_in(intake, FileKind::Claims, "claims.csv")? {
        steps.push(one(at(on, 11, 0), FileKind::Claims, "claims.csv", Some(on)));
    }
    for on in dates_in(intake, FileKind::Fund, "fund.csv")?.into_iter().filter(|on| *on > day(OPENING_ROWS)) {
        steps.push(one(at(on, 11, 30), FileKind::Fund, "fund.csv", Some(on)));
    }
    steps.sort_by_key(|step| step.at);
    Ok(steps)
}

/// Days on which rows of a sample arrive.
fn dates_in(intake: &Intake, kind: FileKind, file: &str) -> Result<BTreeSet<NaiveDate>, Failure> {
    let incoming = read(intake, kind, file)?;
    Ok(match incoming.reading.body {
        Body::Claims(records) => records.iter().map(|record| record.value.filed_on).collect(),
        Body::Fund(records) => records.iter().map(|record| record.value.on).collect(),
        _ => BTreeSet::new(),
    })
}

fn read(intake: &Intake, kind: FileKind, file: &str) -> Result<Incoming, Failure> {
    let bytes = embedded::bytes::<DemoFiles>(file).ok_or_else(|| {
        Failure::refused("FILE_UNREADABLE", "import.FILE_UNREADABLE", &[("file", file), ("detail", "")])
    })?;
    let request = Request { kind, bank: None, mapping: None };
    intake.read(file, &bytes, &request, &Unwatched).map_err(|error| Failure::of_intake(file, error))
}

fn take_in(app: &App, intake: &Intake, step: &Step) -> Result<Vec<FileOutcome>, Failure> {
    let incoming = step.files.iter().map(|file| read(intake, step.kind, file)).collect::<Result<Vec<_>, _>>()?;
    let call = ImportCall {
        actor: "demo".to_owned(),
        on: beijing_date(step.at),
        dry_run: false,
        partial: false,
        whole: false,
        until: step.until,
    };
    Ok(import(app, &call, &incoming, &Unwatched)?)
}

/// Prints what happened and where to look. Gives whether exactly the known refusals happened.
fn account(context: &Context, app: &App, outcomes: &[FileOutcome]) -> Result<bool, Failure> {
    let lang = context.lang;
    let mut db = app.store.read()?;
    let reach = Reach::of_fund(app.fund_id());
    let say = |key: &str, places: &[(&str, String)]| {
        let places: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
        print_lines([i18n::text(lang, key, &places)]);
    };
    let (unknown, missed) = surprises(app, &mut db)?;
    let rows: u32 = outcomes.iter().map(|outcome| outcome.records_total).sum();
    let refused: usize = outcomes.iter().map(|outcome| outcome.rejected.len()).sum();
    say(
        "demo.files",
        &[("files", outcomes.len().to_string()), ("rows", rows.to_string()), ("refused", refused.to_string())],
    );
    say("demo.loans", &[("count", loans::count(&mut db, &reach)?.to_string())]);
    let statuses = claims::statuses(&mut db, &reach)?;
    let payable = statuses.iter().filter(|claim| claim.decision.as_deref() == Some("pay")).count();
    let payout: i64 = statuses.iter().filter_map(|claim| claim.payout_fen).sum();
    let wan = |fen: i64| crate::render::grouped(&FenDelta::new(fen).yuan());
    say(
        "demo.claims",
        &[("count", statuses.len().to_string()), ("payable", payable.to_string()), ("payout", wan(payout))],
    );
    let level = reserve::level(&mut db, app.fund_id(), app.store.clock().today())?;
    say(
        "demo.fund",
        &[
            ("cash", wan(level.cash_fen)),
            ("earmarked", wan(level.earmarked_fen)),
            ("free", wan(level.free_fen)),
            ("reserved", wan(level.reserved_fen)),
        ],
    );
    let mails = mail::lines(&mut db, app.fund_id(), i64::MAX)?;
    let folder = context.config.mail_folder().to_string_lossy().into_owned();
    say("demo.mails", &[("count", mails.len().to_string()), ("folder", folder)]);
    let runs = jobs::runs(&mut db, None, i64::MAX)?;
    say("demo.runs", &[("count", runs.len().to_string()), ("until", app.store.clock().today().to_string())]);
    let proof = verify::verify(&mut db, app.fund_id())?;
    say(if proof.ok { "demo.proved" } else { "demo.not_proved" }, &[("digest", proof.digest.clone())]);
    if !unknown.is_empty() || !missed.is_empty() {
        say("demo.surprises", &[("unknown", unknown.join(" ")), ("missed", missed.join(" "))]);
    }
    Ok(proof.ok && unknown.is_empty() && missed.is_empty())
}

/// Refusals that are not in the list of the samples, and listed ones that did not happen.
fn surprises(app: &App, db: &mut crate::storage::Db) -> Result<(Vec<String>, Vec<String>), Failure> {
    let listed: BTreeSet<String> = embedded::text::<DemoFiles>(KNOWN_REFUSALS)
        .unwrap_or_default()
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    let mut met = BTreeSet::new();
    for import in crate::storage::find::imports::all(db, app.fund_id())? {
        for finding in crate::storage::find::imports::findings(db, &import.import_id)? {
            if finding.severity == "rejected" {
                met.insert(format!("{},{},{}", import.file_name, finding.row_no, finding.code));
            }
        }
    }
    let unknown = met.difference(&listed).cloned().collect();
    let missed = listed.difference(&met).cloned().collect();
    Ok((unknown, missed))
}
