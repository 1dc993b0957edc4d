//! The audit: events looked for, and the proof of everything.
//!
//! **Invariant:** payloads stay in the export; the list says who did what to which thing, when.

use crate::domain::access::Permission as P;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::act_forms::words as act_words;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::storage::find::{acts, events};
use crate::usecase::audit::aside::Proved;
use crate::usecase::lives::Life;
use crate::views::beijing;
use crate::views::casework::Printable;
use crate::views::parts::{Cell, PartsView, SmallForm};

/// Lives whose acts have names.
const LIVES: [&str; 7] = ["claim", "exemption", "fund", "loan", "partner", "person", "registration"];
/// Events of one page.
const MOST: i64 = 100;

const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.audit" }
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = words(desk);
    let named = |name: &str| Some(asked.parameter(name).to_owned()).filter(|text| !text.is_empty());
    let last: Vec<String> = asked.parameter("older").splitn(3, '|').map(str::to_owned).collect();
    let older_than = match last.as_slice() {
        [at, chain, seq] => {
            let at = chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%S%.f").ok();
            at.zip(seq.parse().ok()).map(|(at, seq)| (at, chain.clone(), seq))
        }
        _ => None,
    };
    let wanted = events::Asked {
        actor: named("actor"),
        subject: named("subject"),
        kind: named("kind"),
        chain: named("chain"),
        older_than,
        ..events::Asked::default()
    };
    let found = events::listed(&mut desk.db, &wanted, MOST)?;
    let subjects: Vec<&str> = found.iter().map(|event| event.subject.as_str()).collect();
    let acts = acts::of_events(&mut desk.db, desk.app.fund_id(), (&LIVES, &subjects))?;
    let act_of = |event: &events::Listed| {
        let (life, act) = acts.get(&event.event_id)?;
        Some(act_words::act(desk.lang, Life::from_code(life)?, act))
    };
    let rows = found.iter().map(|event| {
        vec![
            Cell::text(beijing(event.recorded_at)),
            Cell::text(crate::screens::words::actor(desk, &event.actor)),
            Cell::text(act_of(event).unwrap_or_default()),
            Cell::code(event.kind.clone()),
            Cell::text(event.subject.clone()),
            Cell::code(event.chain.clone()),
            Cell::Count { count: event.seq },
        ]
    });
    let table = say.table("events", &["at", "who", "act", "kind", "subject", "chain", "*seq"], rows.collect());
    let fields = ["actor", "subject", "kind"].map(|name| say.field(name, "text", false, asked.parameter(name)));
    let search =
        SmallForm { method: "get", action: "/audit".to_owned(), hidden: Vec::new(), ..say.form("find", fields.into()) };
    let mut actions = Vec::new();
    if desk.may_for_fund(P::ReadAudit) {
        actions.push(say.action("verify", "/audit/verification"));
    }
    if let Some(event) = found.last().filter(|_| i64::try_from(found.len()).is_ok_and(|count| count == MOST)) {
        let at = event.recorded_at.format("%Y-%m-%dT%H:%M:%S%.6f");
        let mut pairs: Vec<(&str, String)> =
            ["actor", "subject", "kind", "chain"].map(|name| (name, asked.parameter(name).to_owned())).into();
        pairs.push(("older", format!("{at}|{}|{}", event.chain, event.seq)));
        actions.push(say.action("older", link::with_query("/audit", &pairs)));
    }
    show(desk, "audit", &PartsView { forms: vec![search], tables: vec![table], actions, ..say.page() })
}

/// Everything proved lately; where nothing is being proved, that begins now.
pub(super) fn verified(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = words(desk);
    let shown = desk.app.proofs.look(&desk.app.store, desk.app.fund_id());
    if let Some(detail) = shown.fault {
        return Err(PageError::Internal { detail });
    }
    let mut view = PartsView {
        title: say.text("table.checks"),
        help: say.text("verify_help"),
        crumb: Some(Printable { label: say.text("title"), href: "/audit".to_owned() }),
        ..PartsView::default()
    };
    if let Some(proved) = &shown.proved {
        view = of_proof(say, proved, view);
    }
    if let Some(since) = shown.running {
        view.note = Some(("info", say.with("verify_running", &[("since", &beijing(since))])));
    }
    show(desk, "audit", &view)
}

/// What a check proves, in words.
fn in_words(say: Words, name: &str) -> String {
    match name.strip_prefix("facts_") {
        Some(table) => say.with("proof_of_table", &[("table", table)]),
        None => say.word("proof", name),
    }
}

fn of_proof(say: Words, proved: &Proved, view: PartsView) -> PartsView {
    let proof = &proved.proof;
    let rows = proof.checks.iter().map(|check| {
        vec![
            Cell::text(in_words(say, check.name)),
            if check.ok { Cell::tag("ok", say.text("passed")) } else { Cell::tag("bad", say.text("failed")) },
            Cell::Count { count: i64::try_from(check.checked).unwrap_or(i64::MAX) },
            Cell::text(check.failures.iter().take(3).cloned().collect::<Vec<_>>().join("；")),
            Cell::code(check.name),
        ]
    });
    let table = say.table("checks", &["check", "result", "*checked", "detail", "code"], rows.collect());
    let rows = proved.heads.iter().map(|(chain, seq, hash)| {
        vec![Cell::code(chain.clone()), Cell::Count { count: *seq }, Cell::code(hash.clone())]
    });
    let heads = say.table("heads", &["chain", "*seq", "hash"], rows.collect());
    let tone = if proof.ok { "ok" } else { "bad" };
    let verdict = say.text(if proof.ok { "passed" } else { "failed" });
    PartsView {
        help: say.with("verified_at", &[("at", &beijing(proved.at))]),
        tags: vec![Cell::tag(tone, verdict)],
        note: Some((tone, say.with("digest", &[("digest", &proof.digest)]))),
        tables: vec![table, heads],
        ..view
    }
}
