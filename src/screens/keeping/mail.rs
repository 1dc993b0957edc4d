//! How mail leaves: the settings, what came of it last, and a mail to try it with.
//!
//! **Invariant:** no secret is shown; what a test mail says is fixed.

use super::amounts::age;
use crate::config::{MailTransport, SmtpSecurity};
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::guard;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::parts::{Words, keep_typed, show};
use crate::screens::words::word;
use crate::storage::find::{mail, upkeep as find};
use crate::storage::rows::upkeep::UpkeepStepRow;
use crate::usecase::upkeep::{Word, details, mail_test};
use crate::views::beijing;
use crate::views::casework::Printable;
use crate::views::parts::{Cell, Facts, PartsView, Table};
use crate::views::uploads::FormError;

/// Tries listed.
const LISTED: i64 = 10;

const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.mail_settings" }
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let tried = asked.parameter("test");
    let tried = find::one(&mut desk.db, desk.app.fund_id(), &mail_test::step_id(tried))?;
    let view = view(desk, tried.as_ref(), Vec::new())?;
    show(desk, "settings", &view)
}

fn view(desk: &mut Desk<'_>, tried: Option<&UpkeepStepRow>, errors: Vec<FormError>) -> Result<PartsView, PageError> {
    let say = words(desk);
    let tests = find::latest(&mut desk.db, desk.app.fund_id(), mail_test::TRIED, LISTED)?;
    let own = tests.iter().find(|row| row.person == desk.asker.name);
    let own = own.and_then(|row| details(row)["to"].as_str().map(str::to_owned));
    let to = own.unwrap_or_else(|| desk.app.config.mail.from.clone());
    let mut form = say.form("test", vec![say.field("to", "text", true, &to)]);
    let limit = [("count", mail_test::MOST.to_string()), ("minutes", mail_test::WITHIN_MINUTES.to_string())];
    form.help = say.with("test_help", &limit.each_ref().map(|(name, text)| (*name, text.as_str())));
    form.hidden.push(("key".to_owned(), guard::random()));
    Ok(PartsView {
        crumb: Some(Printable { label: desk.text("page.system.title", &[]), href: "/settings".to_owned() }),
        note: tried.map(|row| note(say, row)),
        errors,
        facts: vec![configured(desk, say), lately(desk, say)?],
        forms: vec![form],
        tables: vec![tried_table(say, &tests), recipients(desk, say)],
        ..say.page()
    })
}

/// What came of a try, in a sentence.
fn note(say: Words, row: &UpkeepStepRow) -> (&'static str, String) {
    let told = details(row);
    let text = |name: &str| told[name].as_str().unwrap_or_default();
    let outcome = text("outcome");
    (tone(outcome), say.with(&format!("came.{outcome}"), &[("to", text("to")), ("said", text("said"))]))
}

fn tone(outcome: &str) -> &'static str {
    if matches!(outcome, "accepted" | "written") { "ok" } else { "bad" }
}

/// The way out as it is set.
fn configured(desk: &Desk<'_>, say: Words) -> Facts {
    let set = &desk.app.config.mail;
    let mut lines = Vec::new();
    match set.transport {
        MailTransport::Folder => {
            lines.push(("transport", Cell::tag("warn", say.text("by_folder"))));
        }
        MailTransport::Smtp => {
            let security = match set.smtp.security {
                SmtpSecurity::None => Cell::tag("warn", say.text("tls.none")),
                SmtpSecurity::Starttls => Cell::tag("ok", say.text("tls.starttls")),
                SmtpSecurity::Tls => Cell::tag("ok", say.text("tls.tls")),
            };
            let user = if set.smtp.user.is_empty() { "user_none" } else { "user_set" };
            lines.push(("transport", Cell::tag("ok", say.text("by_smtp"))));
            lines.push(("host", Cell::code(set.smtp.host.clone())));
            lines.push(("port", Cell::text(set.smtp.port.to_string())));
            lines.push(("security", security));
            lines.push(("user", Cell::text(say.text(user))));
        }
    }
    lines.push(("from", Cell::text(format!("{} {}", set.from_name, set.from))));
    let font = desk.app.raster.font();
    lines.push((
        "pictures",
        match font {
            Some(file) => Cell::code(file.display().to_string()),
            None => Cell::tag("warn", say.text("no_font")),
        },
    ));
    say.facts("set", lines)
}

/// The last delivery and the last failure.
fn lately(desk: &mut Desk<'_>, say: Words) -> Result<Facts, PageError> {
    let now = desk.app.store.clock().now();
    let standing = mail::standing(&mut desk.db, desk.app.fund_id())?;
    let none = || Cell::text(say.text("never"));
    let delivered = standing.delivered.map_or_else(none, |(to, at, place)| {
        let places = [("to", to), ("at", beijing(at)), ("place", place.unwrap_or_default())];
        Cell::text(say.with("told.delivered", &places.each_ref().map(|(name, text)| (*name, text.as_str()))))
    });
    let failed = standing.failed.map_or_else(none, |(to, at, said)| {
        let places = [("to", to), ("at", beijing(at)), ("said", said.unwrap_or_default())];
        Cell::text(say.with("told.failed", &places.each_ref().map(|(name, text)| (*name, text.as_str()))))
    });
    let waiting = standing.waiting_since.map_or_else(
        || Cell::text(say.text("told.nothing_waits")),
        |since| Cell::text(say.with("told.waits", &[("age", &age(desk.lang, since, now))])),
    );
    let given_up = Cell::Count { count: standing.given_up };
    let lines = vec![("delivered", delivered), ("failed", failed), ("waiting", waiting), ("given_up", given_up)];
    Ok(say.facts("lately", lines))
}

fn tried_table(say: Words, tests: &[UpkeepStepRow]) -> Table {
    let rows = tests.iter().map(|row| {
        let told = details(row);
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        let outcome = text("outcome");
        vec![
            Cell::text(beijing(row.recorded_at)),
            Cell::text(row.person.clone()),
            Cell::text(text("to")),
            Cell::tag(tone(&outcome), say.word("outcome", &outcome)),
            Cell::text(text("said")),
        ]
    });
    say.table("tests", &["at", "who", "to", "outcome", "said"], rows.collect())
}

fn recipients(desk: &Desk<'_>, say: Words) -> Table {
    let rows = desk.app.config.mail.recipients.iter().map(|to| {
        let kind = word(desk.lang, "page.report.kinds", &to.report);
        vec![Cell::text(kind), Cell::text(to.name.clone()), Cell::text(to.address.clone())]
    });
    say.table("recipients", &["report", "name", "to"], rows.collect())
}

/// Sends a test mail; its page tells what came of it.
pub(super) fn act(here: Here<'_>, form: &Submission) -> Result<Acted, PageError> {
    let key = form.field("key");
    if !guard::is_well_formed(key) {
        return Err(PageError::BadForm);
    }
    let word = Word { by: &here.asker.name, reason: "", key };
    match mail_test::send(here.app, form.field("to"), here.lang, &word) {
        Ok(()) => Ok(Acted::SeeOther(link::with_query("/settings/mail", &[("test", key.to_owned())]))),
        Err(error) if error.is_refusal() => {
            let mut faults = Faults::new(here.lang);
            faults.say("to", error.text(here.lang));
            let mut desk = here.desk()?;
            let mut view = view(&mut desk, None, faults.found)?;
            keep_typed(&mut view, form);
            Ok(Acted::Again(named::page(&mut desk, "parts", "settings", &view)?))
        }
        Err(error) => Err(error.into()),
    }
}
