//! The interface: requests of machines, checked against what is declared and answered as JSON.
//!
//! Owns how a request is read, refused and answered; what it does is behind `call`.
//! **Invariant:** nothing is carried out before the token, the permission, the parameters and the body have been
//! checked, in this order.

pub mod gate;
pub mod limits;
pub mod papers;
pub mod problem;
mod reading;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::forms::SentFile;
use super::pages::Download;
use crate::domain::access::Asker;
use crate::i18n::Lang;
use limits::Limits;
use problem::Problem;

/// A request that was checked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Name of the operation.
    pub operation: &'static str,
    /// Who asks.
    pub asker: Asker,
    /// With which token; empty for a person.
    pub token_id: String,
    /// How it was made sure who asks: `token:…`, `session:…`.
    pub via: String,
    /// Number of the request.
    pub request_id: Option<String>,
    /// Address it comes from.
    pub address: Option<String>,
    /// Places of the path.
    pub places: BTreeMap<&'static str, String>,
    /// Parameters.
    pub query: BTreeMap<String, String>,
    /// From which item on, and how many.
    pub span: (usize, usize),
    /// Body; fields of a form with files.
    pub body: Value,
    /// Files.
    pub files: Vec<SentFile>,
    /// `Idempotency-Key`.
    pub key: Option<String>,
    /// Version named by `If-Match`.
    pub expected: Option<i64>,
    /// Language of words.
    pub lang: Lang,
}

impl Asked {
    /// A place of the path.
    #[must_use]
    pub fn place(&self, name: &str) -> &str {
        self.places.get(name).map_or("", String::as_str)
    }

    /// A parameter; empty where it is not there.
    #[must_use]
    pub fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// A text of the body; empty where it is not there.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or("")
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// One thing.
    One(Value),
    /// One thing with the number of its last act.
    Versioned(Value, i64),
    /// A stretch of a list, and whether more follows.
    Page(Vec<Value>, bool),
    /// A stretch of the acts on a thing, with the number of the last.
    Acts(Vec<Value>, bool, i64),
    /// Stored bytes.
    Bytes(Download),
}

/// Recognises a token; may block.
pub type Recognise = Arc<dyn Fn(&str) -> Result<Option<(Asker, String)>, Problem> + Send + Sync>;
/// Carries out a request; may block.
pub type Call = Arc<dyn Fn(&Asked) -> Result<Given, Problem> + Send + Sync>;

/// What the interface needs.
#[derive(Clone)]
pub struct Api {
    /// Recognises a token.
    pub recognise: Recognise,
    /// Carries out a request.
    pub call: Call,
    /// How often one may ask.
    pub limits: Arc<Limits>,
}

impl Api {
    /// An interface that knows no token and so answers nothing.
    #[must_use]
    pub fn closed() -> Api {
        Api {
            recognise: Arc::new(|_token| Ok(None)),
            call: Arc::new(|_asked| Err(Problem::of(404, "NOT_FOUND"))),
            limits: Arc::new(Limits::new(u32::MAX, u32::MAX)),
        }
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").finish_non_exhaustive()
    }
}
