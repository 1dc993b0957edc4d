//! Answers: exit codes, failures in both languages, printing.
//!
//! **Invariant:** a failure names its stable code and says in Chinese and English what is wrong.

use std::io::Write;
use std::process::ExitCode;

use serde_json::Value;

use crate::app::AppError;
use crate::config::ConfigError;
use crate::i18n::{self, Lang};
use crate::import::file_error::FileError;
use crate::jobs::runner::RunnerError;
use crate::storage::StoreError;
use crate::usecase::UseCaseError;
use crate::usecase::intake::IntakeError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Done, but something needs attention.
    Attention,
    /// Refused; nothing saved.
    Refused,
    /// Internal error.
    Internal,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Attention => 1,
            Exit::Refused => 2,
            Exit::Internal => 3,
        })
    }
}

/// Why a command failed, in words for people.
#[derive(Debug)]
pub struct Failure {
    code: String,
    zh: String,
    en: String,
    refused: bool,
}

impl Failure {
    /// A refusal with a text of the catalogue.
    #[must_use]
    pub fn refused(code: &str, key: &str, places: &[(&str, &str)]) -> Failure {
        Failure {
            code: code.to_owned(),
            zh: i18n::text(Lang::Zh, key, places),
            en: i18n::text(Lang::En, key, places),
            refused: true,
        }
    }

    /// A file that was not read.
    #[must_use]
    pub fn of_intake(path: &str, error: IntakeError) -> Failure {
        match error {
            IntakeError::Store(error) => error.into(),
            IntakeError::File(error) => Failure::of_file(path, &error),
            IntakeError::Installation(error) => (*error).into(),
            IntakeError::Cancelled => UseCaseError::Cancelled.into(),
        }
    }

    /// A whole file that is refused.
    #[must_use]
    pub fn of_file(path: &str, error: &FileError) -> Failure {
        let line = |lang: Lang| format!("{path}: {}", error.message(lang));
        Failure { code: error.code().to_owned(), zh: line(Lang::Zh), en: line(Lang::En), refused: true }
    }

    /// The same failure with the file it is about.
    #[must_use]
    pub fn in_file(mut self, path: &str) -> Failure {
        self.zh = format!("{path}: {}", self.zh);
        self.en = format!("{path}: {}", self.en);
        self
    }

    /// The same failure with a sentence more on what to do.
    #[must_use]
    pub fn with_hint(mut self, key: &str, places: &[(&str, &str)]) -> Failure {
        for (text, lang) in [(&mut self.zh, Lang::Zh), (&mut self.en, Lang::En)] {
            text.push(' ');
            text.push_str(&i18n::text(lang, key, places));
        }
        self
    }

    /// The exit code.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        if self.refused { Exit::Refused } else { Exit::Internal }
    }

    pub(super) fn detailed(code: &str, detail: &str, refused: bool) -> Failure {
        let key = format!("error.{code}");
        let text = |lang: Lang| i18n::text(lang, &key, &[("detail", detail)]);
        Failure { code: code.to_owned(), zh: text(Lang::Zh), en: text(Lang::En), refused }
    }
}

impl From<UseCaseError> for Failure {
    fn from(error: UseCaseError) -> Failure {
        Failure {
            code: error.code().to_owned(),
            zh: error.text(Lang::Zh),
            en: error.text(Lang::En),
            refused: error.is_refusal(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        UseCaseError::from(error).into()
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Failure {
        match error {
            AppError::Store(error) => error.into(),
            AppError::Folder { .. } => Failure::detailed("FOLDER", &error.to_string(), true),
            AppError::CheapHashes => Failure::detailed("SIGN_IN_CHEAP_HASHES", &error.to_string(), true),
            AppError::SignIn(_) => Failure::detailed("SIGN_IN", &error.to_string(), false),
            AppError::Sealing(error) => Failure::detailed("SEALING", &error.to_string(), true),
            AppError::Jobs(_) | AppError::Reference(_) | AppError::Template(_) => {
                Failure::detailed("START", &error.to_string(), false)
            }
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure::detailed("CONFIG", &error.to_string(), true)
    }
}

impl From<RunnerError> for Failure {
    fn from(error: RunnerError) -> Failure {
        match error {
            RunnerError::Store(error) => error.into(),
            RunnerError::Unknown(_) => Failure::detailed("JOB_UNKNOWN", &error.to_string(), true),
            RunnerError::Failed { .. } => Failure::detailed("JOB_FAILED", &error.to_string(), false),
        }
    }
}

/// Prints a failure on standard error: code, then the language asked for first.
pub fn print_failure(failure: &Failure, lang: Lang) {
    let (first, second) = match lang {
        Lang::Zh => (&failure.zh, &failure.en),
        Lang::En => (&failure.en, &failure.zh),
    };
    let mut out = std::io::stderr().lock();
    let _written = writeln!(out, "{}: {first}\n  {second}", failure.code);
}

/// Prints lines on standard output.
pub fn print_lines<I: IntoIterator<Item = String>>(lines: I) {
    let mut out = std::io::stdout().lock();
    for line in lines {
        if writeln!(out, "{line}").is_err() {
            return;
        }
    }
}

/// Prints a text on standard output as it is.
pub fn print_text(text: &str) {
    let _written = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints one JSON document on standard output.
pub fn print_json(value: &Value) {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    print_lines([text]);
}
