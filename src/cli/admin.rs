//! Accounts on the command line: the first administrator, opening, resetting, disabling.
//!
//! **Invariant:** whoever works at the console hands out one-time codes and never a password.

use clap::Subcommand;
use serde_json::json;

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::{App, Opening};
use crate::i18n;
use crate::storage::find::accounts as find;
use crate::usecase::sign_in::accounts::{self, CONSOLE};
use crate::usecase::sign_in::{SignInError, setup};

/// What is done to accounts.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Print the one-time code that makes the first administrator, while there is no account.
    FirstCode,
    /// Open an account for a person of the register and print the one-time code for the first sign-in.
    AddAccount {
        /// Name, as on the register.
        name: String,
    },
    /// Void a password and print a one-time code.
    Reset {
        /// Name.
        name: String,
        /// Void the authenticator and the recovery codes, too.
        #[arg(long)]
        authenticator: bool,
    },
    /// Let nobody sign in to an account, and end its sessions.
    Disable {
        /// Name.
        name: String,
    },
    /// Let its person sign in again.
    Enable {
        /// Name.
        name: String,
    },
    /// List the accounts.
    Accounts,
    /// End the sessions of an account.
    EndSessions {
        /// Name.
        name: String,
    },
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Failure {
        match error {
            SignInError::Store(error) => error.into(),
            SignInError::Register(error) => (*error).into(),
            SignInError::Refused(refusal) => {
                Failure::refused("SIGN_IN_REFUSED", &format!("sign_in.refused.{}", refusal.code()), &[])
            }
            SignInError::Broken(_) => Failure::detailed("SIGN_IN", &error.to_string(), false),
        }
    }
}

/// Carries out a command on accounts.
///
/// # Errors
/// Refusals; storage.
pub fn run(context: &Context, command: &AdminCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::Migrate)?;
    match command {
        AdminCommand::FirstCode => first_code(context, &app),
        AdminCommand::AddAccount { name } => {
            let code = accounts::open(&app, name, CONSOLE)?;
            say(context, "opened", name, Some(&code))
        }
        AdminCommand::Reset { name, authenticator } => {
            let code = accounts::reset(&app, name, CONSOLE, *authenticator)?;
            say(context, "reset", name, Some(&code))
        }
        AdminCommand::Disable { name } => {
            accounts::disable(&app, name, CONSOLE)?;
            say(context, "disabled", name, None)
        }
        AdminCommand::Enable { name } => {
            accounts::enable(&app, name, CONSOLE)?;
            say(context, "enabled", name, None)
        }
        AdminCommand::EndSessions { name } => {
            accounts::end_sessions(&app, name, CONSOLE)?;
            say(context, "ended", name, None)
        }
        AdminCommand::Accounts => list(context, &app),
    }
}

fn say(context: &Context, what: &str, name: &str, code: Option<&str>) -> Result<Exit, Failure> {
    if context.json {
        print_json(&json!({ "done": what, "name": name, "code": code }));
    } else {
        let places = [("name", name), ("code", code.unwrap_or_default())];
        print_lines([i18n::text(context.lang, &format!("sign_in.console.{what}"), &places)]);
    }
    Ok(Exit::Done)
}

fn first_code(context: &Context, app: &App) -> Result<Exit, Failure> {
    if !setup::is_new(app)? {
        return Err(Failure::refused("SIGN_IN_HAS_ACCOUNTS", "sign_in.console.has_accounts", &[]));
    }
    let code = setup::first_code(app)?;
    if context.json {
        print_json(&json!({ "code": code }));
    } else {
        let url = format!("http://{}/", context.config.server.listen);
        print_lines([i18n::text(context.lang, "sign_in.console.first_code", &[("code", &code), ("url", &url)])]);
    }
    Ok(Exit::Done)
}

fn list(context: &Context, app: &App) -> Result<Exit, Failure> {
    let rows = find::all(&mut *app.store.read()?)?;
    let state = |row: &crate::storage::rows::accounts::AccountRow| {
        if row.is_disabled {
            "stopped"
        } else if row.signed_in_at.is_none() {
            "waiting"
        } else {
            "active"
        }
    };
    if context.json {
        let all: Vec<_> = rows.iter().map(|row| json!({ "name": row.name, "state": state(row) })).collect();
        print_json(&json!({ "accounts": all }));
        return Ok(Exit::Done);
    }
    print_lines(rows.iter().map(|row| {
        let shown = i18n::text(context.lang, &format!("sign_in.console.{}", state(row)), &[]);
        let last = row.signed_in_at.map(crate::views::beijing).unwrap_or_default();
        format!("{}  {shown}  {last}", row.name)
    }));
    Ok(Exit::Done)
}

/// Prints the current code of an account of a demo.
///
/// # Errors
/// Refused where the books are real.
pub fn demo_code(context: &Context, name: &str) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let (code, left) = setup::demo_code(&app, name)?;
    if context.json {
        print_json(&json!({ "code": code, "seconds": left }));
    } else {
        let places = [("code", code.as_str()), ("seconds", &left.to_string())];
        print_lines([i18n::text(context.lang, "sign_in.console.code", &places)]);
    }
    Ok(Exit::Done)
}
