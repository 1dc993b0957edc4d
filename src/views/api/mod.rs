//! The interface for banks' core systems, as it is declared.
//!
//! Owns every operation with its place in the registry, what it takes and what it answers; router, checks and the
//! description are made from it.
//! **Invariant:** an operation that does not stand here does not exist.

pub mod guide;
pub mod openapi;
pub mod operation;
pub mod shape;
pub mod things;

use operation::Needs::{Bank, Fund, Page, Token};
use operation::{Needs, Operation};
use shape::Shape::{self, Day, Flag, Free, Name, Text};
use shape::kinds::{list, may, must};

use crate::domain::access::Permission as P;
use crate::domain::claim::ClaimAct;
use crate::domain::detail::{Act, Shape as Detail};
use crate::domain::exemption_life::ExemptionAct;
use crate::domain::fund_life::FundAct;
use crate::domain::loan_life::LoanAct;
use crate::domain::partner_life::PartnerAct;
use crate::domain::people::PersonAct;
use crate::domain::registration_life::RegistrationAct;

/// Where the interface begins.
pub const ROOT: &str = "/api/v1";
/// Words of the lives whose acts are taken.
pub const LIVES: [&str; 7] = ["claim", "exemption", "fund", "loan", "partner", "person", "registration"];

/// Every operation.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let mut all = business();
    all.extend(acts());
    all.extend(money());
    all.extend(measures());
    all.extend(files());
    all.extend(running());
    all
}

fn search() -> Vec<(&'static str, Shape, bool)> {
    vec![may("bank", Name(40)), may("search", Name(80))]
}

fn business() -> Vec<Operation> {
    let loans = ["disbursed", "contract", "borrower", "principal", "balance", "overdue", "reserve"];
    let states = ["claimed", "compensated", "settled", "to_verify", "gone", "not_covered", "queued", "registered"];
    let claims = ["filed", "arrival", "borrower", "outstanding", "payout"];
    vec![
        Operation::one("me.get", "/api/v1/me", Token, things::asker()),
        Operation::list("loans.list", "/api/v1/loans", Page(P::ReadPortfolio), things::loan())
            .with(search())
            .with(vec![may("state", Shape::Word(states.to_vec())), may("sort", sorts(&loans))]),
        Operation::one("loans.get", "/api/v1/loans/{id}", Bank(P::ReadPortfolio), things::loan_with_group()),
        Operation::list("loans.months", "/api/v1/loans/{id}/months", Bank(P::ReadPortfolio), things::month()),
        Operation::list("claims.list", "/api/v1/claims", Page(P::ReadClaims), things::claim())
            .with(search())
            .with(vec![may("state", Name(40)), may("sort", sorts(&claims))]),
        Operation::one("claims.get", "/api/v1/claims/{id}", Bank(P::ReadClaims), things::claim()),
        Operation::one(
            "claims.calculation",
            "/api/v1/claims/{id}/calculation",
            Bank(P::ReadClaims),
            things::calculation(),
        ),
        Operation::one("claims.sheet", "/api/v1/claims/{id}/sheet", Bank(P::ReadClaims), Free),
        Operation::list("partners.list", "/api/v1/partners", Page(P::ReadPartners), things::partner()),
        Operation::list("scorecards.list", "/api/v1/scorecards", Page(P::ReadPartners), things::scorecard())
            .with(vec![may("on", Day)]),
        Operation::list("persons.list", "/api/v1/persons", Fund(P::ReadPersons), things::person()),
        Operation::list("rights.list", "/api/v1/rights", Page(P::ReadRights), things::right()),
        Operation::one("portfolio.get", "/api/v1/portfolio", Fund(P::ReadSummaries), Free),
    ]
}

/// Words a list is sorted by; a minus turns the order around.
fn sorts(words: &[&'static str]) -> Shape {
    let turned = words.iter().map(|word| match *word {
        "disbursed" => "-disbursed",
        "contract" => "-contract",
        "borrower" => "-borrower",
        "principal" => "-principal",
        "balance" => "-balance",
        "overdue" => "-overdue",
        "reserve" => "-reserve",
        "filed" => "-filed",
        "arrival" => "-arrival",
        "outstanding" => "-outstanding",
        _ => "-payout",
    });
    Shape::Word(words.iter().copied().chain(turned).collect())
}

/// What one act of a life takes: its word and its particulars, as the domain declares them.
fn acts_of<A: Act>() -> Shape {
    let choices = A::vocabulary().into_iter().map(|(word, detail)| {
        let optional = matches!(&detail, Detail::Group(fields) if fields.iter().all(|(.., needed)| !needed));
        let details = ("details", Shape::of_detail(&detail), !optional);
        (word, Shape::Group(vec![must("act", Shape::Word(vec![word])), details]))
    });
    Shape::Choice("act", choices.collect())
}

fn acts() -> Vec<Operation> {
    let mut all = Vec::new();
    let mut life = |names: [&'static str; 2], path, read: Needs, act: Needs, body: Shape| {
        all.push(Operation::list(names[0], path, read, things::act()));
        all.push(Operation::act(names[1], path, act, body, things::acted()));
    };
    life(
        ["claims.acts", "claims.act"],
        "/api/v1/claims/{id}/acts",
        Bank(P::ReadClaims),
        Bank(P::ActOnClaims),
        acts_of::<ClaimAct>(),
    );
    life(
        ["registrations.acts", "registrations.act"],
        "/api/v1/registrations/{id}/acts",
        Bank(P::ReadPortfolio),
        Bank(P::ActOnRegistrations),
        acts_of::<RegistrationAct>(),
    );
    life(
        ["loans.acts", "loans.act"],
        "/api/v1/loans/{id}/acts",
        Bank(P::ReadPortfolio),
        Bank(P::ActOnLoans),
        acts_of::<LoanAct>(),
    );
    life(
        ["partners.acts", "partners.act"],
        "/api/v1/partners/{id}/acts",
        Bank(P::ReadPartners),
        Fund(P::ActOnPartners),
        acts_of::<PartnerAct>(),
    );
    life(
        ["persons.acts", "persons.act"],
        "/api/v1/persons/{id}/acts",
        Fund(P::ReadPersons),
        Fund(P::KeepPersons),
        acts_of::<PersonAct>(),
    );
    life(
        ["fund.acts", "fund.act"],
        "/api/v1/fund/{id}/acts",
        Fund(P::ReadFund),
        Fund(P::ActOnFund),
        acts_of::<FundAct>(),
    );
    life(
        ["exemptions.acts", "exemptions.act"],
        "/api/v1/exemptions/{id}/acts",
        Fund(P::ReadPortfolio),
        Fund(P::ActOnExemptions),
        acts_of::<ExemptionAct>(),
    );
    let several = Shape::Group(vec![must("items", list(bulk_item()))]);
    all.push(Operation::json(
        "acts.bulk",
        "/api/v1/acts",
        Token,
        several,
        Shape::Group(vec![must("items", list(things::item()))]),
    ));
    let words = Operation::one("acts.words", "/api/v1/act-words/{life}", Token, Free);
    all.push(words);
    all
}

/// One act of several. The particulars are checked by the act itself.
fn bulk_item() -> Shape {
    Shape::Group(vec![
        must("life", Shape::Word(LIVES.to_vec())),
        must("subject", Name(200)),
        must("act", Name(60)),
        may("details", Free),
        may("expected_version", Shape::Count(0, i64::MAX)),
        must("key", Name(160)),
    ])
}

fn money() -> Vec<Operation> {
    let statement = vec![
        must("account", Name(64)),
        may("ledger_account", Name(80)),
        may("opening", Name(30)),
        may("closing", Name(30)),
        may("from", Day),
        may("to", Day),
    ];
    let sent = Shape::Group(vec![
        must("known", Flag),
        must("unbooked", things::count()),
        must("statements", list(things::statement())),
    ]);
    vec![
        Operation::one("fund.get", "/api/v1/fund", Fund(P::ReadFund), things::level()),
        Operation::list("fund.ledger", "/api/v1/fund/ledger", Fund(P::ReadFund), things::booking()),
        Operation::list("fund.commitments", "/api/v1/fund/commitments", Fund(P::ReadFund), things::commitment())
            .with(vec![may("kind", Shape::Word(vec!["earmarked", "ordered"]))]),
        Operation::list("reserve.list", "/api/v1/reserve-snapshots", Fund(P::ReadReserve), things::level()),
        Operation::list("statements.list", "/api/v1/statements", Fund(P::ReadBooks), things::statement()),
        Operation::files("statements.send", "/api/v1/statements", Fund(P::KeepBooks), statement, sent),
        Operation::list("statements.lines", "/api/v1/statement-lines", Fund(P::ReadBooks), things::statement_line())
            .with(vec![may("open", Flag)]),
        Operation::json(
            "statements.match_by_rule",
            "/api/v1/statement-matches",
            Fund(P::KeepBooks),
            Shape::Group(vec![may("days", Shape::Count(0, 30))]),
            Shape::Group(vec![must("items", list(things::statement_match()))]),
        ),
        Operation::json(
            "statements.match",
            "/api/v1/statement-lines/{id}/match",
            Fund(P::KeepBooks),
            Shape::Group(vec![must("booking", Name(200)), may("reason", Name(500))]),
            things::statement_match(),
        ),
        Operation::json(
            "statements.unmatch",
            "/api/v1/statement-lines/{id}/unmatch",
            Fund(P::KeepBooks),
            Shape::Group(vec![must("reason", Name(500))]),
            things::statement_match(),
        ),
        Operation::one("ledger.trial_balance", "/api/v1/trial-balance", Fund(P::ReadBooks), Free)
            .with(vec![must("from", Day), must("to", Day)]),
        Operation::list("reconciliations.list", "/api/v1/reconciliations", Fund(P::ReadBooks), Free)
            .with(vec![may("on", Day)]),
        Operation::list("periods.list", "/api/v1/periods", Fund(P::ReadBooks), things::period()),
    ]
}

fn measures() -> Vec<Operation> {
    let version = "/api/v1/rulebooks/{id}/{version}";
    let quoted = Shape::Group(vec![must("rulebook", Name(60)), must("version", Name(40)), must("cases", list(Free))]);
    let answer = Shape::Group(vec![must("items", list(things::item()))]);
    let article = Shape::Group(vec![must("clause", Text), must("article", Text), must("text", Text)]);
    vec![
        Operation::list("rulebooks.list", "/api/v1/rulebooks", Page(P::ReadRulebooks), things::rulebook()),
        Operation::bytes("rulebooks.text", version, Page(P::ReadRulebooks)),
        Operation::list(
            "rulebooks.articles",
            "/api/v1/rulebooks/{id}/{version}/articles",
            Page(P::ReadRulebooks),
            article,
        ),
        Operation::json("quotes.compute", "/api/v1/quotes", Page(P::ReadRulebooks), quoted, answer),
    ]
}

fn files() -> Vec<Operation> {
    let kinds = vec!["partners", "registrations", "servicing", "claims", "fund"];
    let fields = vec![must("kind", Shape::Word(kinds)), may("bank", Name(40)), may("all_or_nothing", Flag)];
    let rows = Shape::Group(vec![
        must("kind", Shape::Word(vec!["registrations", "servicing", "claims"])),
        may("bank", Name(40)),
        may("all_or_nothing", Flag),
        must("rows", list(Free)),
    ]);
    let answer = Shape::Word(vec!["all", "acceptable", "nothing"]);
    let decision = Shape::Group(vec![must("answer", answer), may("partial", Flag)]);
    let reason = Shape::Group(vec![must("reason", Name(500))]);
    let lives = Shape::Word(vec!["claim", "registration", "loan", "partner", "person", "fund"]);
    let thing = vec![must("life", lives), must("subject", Name(200))];
    let paper = thing.iter().cloned().chain([must("document", Name(64))]).collect();
    vec![
        Operation::list("imports.list", "/api/v1/imports", Page(P::ReadImports), things::import()),
        Operation::list("imports.findings", "/api/v1/imports/{id}/findings", Bank(P::ReadImports), things::finding()),
        Operation::list("undos.list", "/api/v1/undos", Page(P::ReadImports), things::undo()),
        Operation::json("undos.request", "/api/v1/imports/{id}/undo", Bank(P::AskUndo), reason, things::undo()),
        Operation::json(
            "undos.withdraw",
            "/api/v1/undos/{id}/withdrawal",
            Bank(P::AskUndo),
            Shape::Group(Vec::new()),
            things::undo(),
        ),
        Operation::files("uploads.send", "/api/v1/uploads", Page(P::EnterFiles), fields, things::upload()),
        Operation::json("uploads.rows", "/api/v1/uploads/rows", Page(P::EnterFiles), rows, things::upload()),
        Operation::one("uploads.get", "/api/v1/uploads/{id}", Bank(P::ReadImports), things::upload()),
        Operation::json(
            "uploads.decide",
            "/api/v1/uploads/{id}/decision",
            Bank(P::EnterFiles),
            decision,
            things::upload(),
        ),
        Operation::json(
            "uploads.cancel",
            "/api/v1/uploads/{id}/cancellation",
            Bank(P::EnterFiles),
            Shape::Group(Vec::new()),
            things::upload(),
        ),
        Operation::list("attachments.list", "/api/v1/attachments", Page(P::ReadAttachments), things::attachment())
            .with(thing.clone()),
        Operation::files(
            "attachments.add",
            "/api/v1/attachments",
            Page(P::AddAttachments),
            paper,
            things::attachment(),
        ),
        Operation::bytes("attachments.content", "/api/v1/attachments/{id}/content", Page(P::ReadAttachments))
            .with(thing),
    ]
}

fn running() -> Vec<Operation> {
    vec![
        Operation::list("reports.list", "/api/v1/reports", Fund(P::ReadReports), things::report())
            .with(vec![must("name", Name(60))]),
        Operation::bytes("reports.workbook", "/api/v1/reports/{id}/workbook", Fund(P::ReadReports)),
        Operation::bytes("reports.html", "/api/v1/reports/{id}/html", Fund(P::ReadReports)),
        Operation::list("mails.list", "/api/v1/mails", Fund(P::ReadMails), things::mail())
            .with(vec![may("search", Name(80))]),
        Operation::list("jobs.list", "/api/v1/jobs", Fund(P::ReadJobs), things::job()),
        Operation::json(
            "jobs.run",
            "/api/v1/jobs/{id}/runs",
            Fund(P::RunJobs),
            Shape::Group(vec![must("on", Day)]),
            things::run(),
        ),
        Operation::list("runs.list", "/api/v1/job-runs", Fund(P::ReadJobs), things::run())
            .with(vec![may("search", Name(80))]),
        Operation::list("events.list", "/api/v1/events", Fund(P::ReadAudit), things::event())
            .with(vec![may("chain", Name(80))]),
        Operation::one("verification.get", "/api/v1/verification", Fund(P::ReadAudit), Free),
    ]
}
