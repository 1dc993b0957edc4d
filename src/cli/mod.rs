//! The command line: what a person or another program types.
//!
//! Owns the commands, their answers as text or JSON, and the exit codes: 0 done, 1 done but something needs
//! attention, 2 refused, 3 internal error.
//! **Invariant:** with `--json` standard output holds one JSON document and nothing else (`payout-math`: one a line).

pub mod acts;
pub mod admin;
pub mod answer;
pub mod audit;
pub mod backup;
pub mod case_lines;
pub mod demo;
pub mod demo_people;
pub mod disclose;
pub mod export;
pub mod files;
pub mod forms;
pub mod imports;
pub mod issuing;
pub mod jobs;
pub mod known;
pub mod ledger;
mod logging;
pub mod mappings;
mod mappings_text;
mod os_user;
pub mod packs;
pub mod papers;
pub mod partners;
pub mod payout_math;
pub mod periods;
pub mod quote;
pub mod read;
mod rulebook_texts;
pub mod rulebooks;
pub mod serve;
pub mod sheets;
mod statement_texts;
pub mod statements;
pub mod template;
pub mod tokens;
pub mod trial;
pub mod undo;
pub mod webhooks;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Parser, Subcommand, ValueEnum};

use crate::app::{App, Opening};
use crate::clock::Clock;
use crate::config::Config;
use crate::export::apart;
use crate::i18n::Lang;
use crate::import::apart::child;
use crate::storage::Circumstances;

pub use answer::{Exit, Failure};

/// Fund manager for IP-pledge loan risk-compensation funds (知识产权质押融资风险补偿资金管理).
#[derive(Debug, Parser)]
#[command(name = "pledgefund", version, about)]
pub struct Cli {
    /// SQLite path, `sqlite:PATH`, or `postgres://…`; default: a SQLite file in the data folder.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Settings file.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Folder for the database, mails and extra mappings.
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
    /// Language of messages.
    #[arg(long, global = true, default_value = "zh")]
    lang: LangWord,
    /// Print one JSON document instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// A language on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LangWord {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Replay a year of sample files on a simulated clock, then serve it.
    Demo {
        /// Stop after the replay.
        #[arg(long)]
        no_serve: bool,
        /// Last day of the replay.
        #[arg(long)]
        to: Option<NaiveDate>,
        /// Address to listen on.
        #[arg(long)]
        listen: Option<std::net::SocketAddr>,
    },
    /// Serve the pages and run the jobs.
    Serve {
        /// Address to listen on; beyond loopback only with public hosts and TLS or a trusted proxy in the settings.
        #[arg(long)]
        listen: Option<std::net::SocketAddr>,
    },
    /// Accounts: the first administrator, open, reset, disable, list.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Print the current code of an account of a demo.
    TotpDemo {
        /// Name.
        name: String,
    },
    /// Bring the database up to date.
    Migrate,
    /// Take in files.
    Import(imports::ImportArgs),
    /// Write a list into a file, every row of it.
    Export(export::ExportArgs),
    /// Write a workbook to fill in.
    Template(template::TemplateArgs),
    /// Layouts of bank files: propose one for a new file, keep, list, show, retire.
    #[command(subcommand)]
    Mapping(mappings::MappingCommand),
    /// List the files taken in, newest first.
    ImportLog,
    /// Take an import back: asked for by one person, approved by another.
    #[command(subcommand)]
    Undo(undo::UndoCommand),
    /// Do something to a claim, a registration, a partner, a person or the fund.
    Act(acts::DoArgs),
    /// List what was done to a thing, oldest first.
    Acts(acts::HistoryArgs),
    /// List what can be done, with the fields it takes.
    ActWords {
        /// What: claim, registration, partner, person, fund.
        life: String,
    },
    /// Scheduled jobs.
    #[command(subcommand)]
    Job(jobs::JobCommand),
    /// The book in figures.
    Portfolio(known::KnownArgs),
    /// How banks do, and what breakers propose.
    #[command(subcommand)]
    Partner(partners::PartnerCommand),
    /// Claims.
    #[command(subcommand)]
    Claim(read::ClaimCommand),
    /// The level of the fund: as the books stand now, as measured on a day, or for a day as known at a moment.
    Reserve(known::KnownArgs),
    /// What moved the fund between two moments of knowledge, two business dates, or both.
    Difference(known::DifferenceArgs),
    /// Rulebooks.
    #[command(subcommand)]
    Rulebook(rulebooks::RulebookCommand),
    /// Recompute payouts from bare figures: a JSON case a line in, a result a line out.
    PayoutMath(payout_math::PayoutMathArgs),
    /// Check a payout sheet without a database: signature, rulebook, and the payout computed again.
    VerifyPayout(sheets::VerifyArgs),
    /// Print the public half of the key that signs payout sheets.
    SigningKey,
    /// Compute trial cases under a rulebook, one JSON case a line.
    Quote(quote::QuoteArgs),
    /// Prove ledger, promises, projections, payouts and chains.
    Verify,
    /// Copy a SQLite database while it is in use, and prove the copy.
    Backup(backup::BackupArgs),
    /// Prove the audit chain alone, and compare it with a head that a mail printed.
    VerifyAudit(audit::VerifyAuditArgs),
    /// The audit chain: head of a day, events, export.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Check an audit export without a database: chains, balances, every payout again.
    VerifyExport(audit::VerifyExportArgs),
    /// Settings.
    #[command(subcommand)]
    Config(read::ConfigCommand),
    /// Bank statements: take in, match, reconcile.
    #[command(subcommand)]
    Statement(statements::StatementCommand),
    /// The ledger: trial balance, journal, voucher numbers.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Close months: proposed by one person, sealed by another.
    #[command(subcommand)]
    Period(periods::PeriodCommand),
    /// Hand in a paper that belongs to a thing.
    Attach(papers::AttachArgs),
    /// Show account, telephone and identity numbers of a thing, for a reason that is kept.
    Disclose(disclose::DiscloseArgs),
    /// List the papers of a thing.
    Attachments(papers::AttachmentsArgs),
    /// Loans.
    #[command(subcommand)]
    Loan(forms::LoanCommand),
    /// The fund.
    #[command(subcommand)]
    Fund(forms::FundCommand),
    /// Systems that are told what happens.
    #[command(subcommand)]
    Webhook(webhooks::WebhookCommand),
    /// Machine accounts and their tokens for the interface.
    #[command(subcommand)]
    Token(tokens::TokenCommand),
    /// Check an evidence pack without a database: every file, every event, the signature, the payout again.
    VerifyPack(packs::VerifyPackArgs),
}

/// Everything a command needs besides its own arguments.
#[derive(Debug)]
pub struct Context {
    /// Settings.
    pub config: Config,
    /// Language of messages.
    pub lang: Lang,
    /// Print JSON.
    pub json: bool,
}

impl Context {
    /// Opens the application on the machine's clock, or on the clock a demo database keeps.
    ///
    /// # Errors
    /// What stops the application from opening.
    pub fn open(&self, opening: Opening) -> Result<App, Failure> {
        let app = App::open(self.config.clone(), Clock::System, opening)?;
        let via = os_user::name().map(|name| format!("os:{name}"));
        Ok(app.within(&Circumstances { via, ..Circumstances::console() }))
    }
}

/// Runs the command line. Gives the exit code.
#[must_use]
pub fn run() -> std::process::ExitCode {
    let (input, output) = (std::io::stdin(), std::io::stdout());
    let apart = match std::env::args().nth(1).as_deref() {
        Some(child::COMMAND) => Some(child::serve(input.lock(), output.lock())),
        Some(apart::COMMAND) => Some(apart::serve(input.lock(), output.lock())),
        _ => None,
    };
    if let Some(answered) = apart {
        return if answered { Exit::Done.into() } else { Exit::Internal.into() };
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _printed = error.print();
            return if error.use_stderr() { Exit::Refused.into() } else { Exit::Done.into() };
        }
    };
    logging::start();
    let lang = match cli.lang {
        LangWord::Zh => Lang::Zh,
        LangWord::En => Lang::En,
    };
    match dispatch(cli, lang) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            answer::print_failure(&failure, lang);
            failure.exit().into()
        }
    }
}

fn dispatch(cli: Cli, lang: Lang) -> Result<Exit, Failure> {
    let mut config = Config::load(cli.config.as_deref())?;
    if let Some(dir) = cli.data_dir {
        config.data.dir = dir;
    }
    if let Some(url) = cli.database_url.filter(|url| !url.is_empty()) {
        config.data.database_url = url;
    }
    let context = Context { config, lang, json: cli.json };
    match cli.command {
        Command::Demo { no_serve, to, listen } => demo::run(&context, to, (!no_serve).then_some(listen)),
        Command::Serve { listen } => serve::run(&context, listen),
        Command::Admin(command) => admin::run(&context, &command),
        Command::TotpDemo { name } => admin::demo_code(&context, &name),
        Command::Migrate => read::migrate(&context),
        Command::Import(args) => imports::run(&context, &args),
        Command::Export(args) => export::run(&context, &args),
        Command::Template(args) => template::run(&context, &args),
        Command::Mapping(command) => mappings::run(&context, &command),
        Command::ImportLog => undo::log(&context),
        Command::Undo(command) => undo::run(&context, &command),
        Command::Act(args) => acts::run(&context, &args),
        Command::Acts(args) => acts::history(&context, &args),
        Command::ActWords { life } => acts::words(&context, &life),
        Command::Job(command) => jobs::run(&context, &command),
        Command::Partner(command) => partners::run(&context, &command),
        Command::Portfolio(books) => read::portfolio(&context, &books),
        Command::Claim(read::ClaimCommand::List(books)) => read::claims(&context, &books),
        Command::Claim(read::ClaimCommand::Sheet(args)) => sheets::sheet(&context, &args),
        Command::VerifyPayout(args) => sheets::verify(&context, &args),
        Command::SigningKey => sheets::public_key(&context),
        Command::Reserve(books) => read::reserve(&context, &books),
        Command::Difference(args) => known::run(&context, &args),
        Command::Rulebook(command) => rulebooks::rulebook(&context, &command),
        Command::PayoutMath(args) => payout_math::run(&args),
        Command::Quote(args) => quote::run(&args),
        Command::Verify => read::verify(&context),
        Command::Backup(args) => backup::run(&context, &args),
        Command::VerifyAudit(args) => audit::verify(&context, &args),
        Command::Audit(command) => audit::run(&context, &command),
        Command::VerifyExport(args) => audit::verify_export(&context, &args),
        Command::Config(command) => read::config(&context, &command),
        Command::Statement(command) => statements::run(&context, &command),
        Command::Ledger(command) => ledger::run(&context, &command),
        Command::Period(command) => periods::run(&context, &command),
        Command::Attach(args) => papers::attach(&context, &args),
        Command::Disclose(args) => disclose::run(&context, &args),
        Command::Attachments(args) => papers::attachments(&context, &args),
        Command::Claim(read::ClaimCommand::Form(args)) => forms::claim(&context, &args),
        Command::Claim(read::ClaimCommand::Pack(args)) => packs::pack(&context, &args),
        Command::Token(command) => tokens::run(&context, &command),
        Command::VerifyPack(args) => packs::verify(&context, &args),
        Command::Webhook(command) => webhooks::run(&context, &command),
        Command::Loan(command) => forms::loan(&context, &command),
        Command::Fund(command) => forms::fund(&context, &command),
    }
}
