//! One operation of the interface, as it is declared: everything the router, the checks and the description need.
//!
//! **Invariant:** an operation says all it takes and answers; what it does not say is refused before it is carried out.

use super::shape::Shape;
use crate::domain::access::Permission;

/// What an operation asks of who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// A token that holds.
    Token,
    /// A permission; lists are cut to whose business is reached.
    Page(Permission),
    /// A permission, for a thing of a bank: out of reach answers like missing.
    Bank(Permission),
    /// A permission for the fund itself.
    Fund(Permission),
}

/// What an operation takes besides its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: it reads.
    Nothing,
    /// A JSON body.
    Json(Shape),
    /// A form with files and these fields.
    Files(Vec<(&'static str, Shape, bool)>),
}

/// What an operation answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gives {
    /// One JSON document.
    One(Shape),
    /// A stretch of a list.
    Page(Shape),
    /// Bytes as they are stored.
    Bytes,
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Stable name, `loans.list`.
    pub name: &'static str,
    /// Path with places in braces.
    pub path: &'static str,
    /// What it asks of who comes.
    pub needs: Needs,
    /// Parameters of the query: name, kind, whether it must be there.
    pub query: Vec<(&'static str, Shape, bool)>,
    /// What it takes.
    pub takes: Takes,
    /// What it answers.
    pub gives: Gives,
    /// It is an act: wants `Idempotency-Key` and `If-Match`.
    pub acts: bool,
}

impl Operation {
    /// Reads one thing.
    #[must_use]
    pub fn one(name: &'static str, path: &'static str, needs: Needs, shape: Shape) -> Operation {
        let (query, takes) = (Vec::new(), Takes::Nothing);
        Operation { name, path, needs, query, takes, gives: Gives::One(shape), acts: false }
    }

    /// Reads a list, stretch by stretch.
    #[must_use]
    pub fn list(name: &'static str, path: &'static str, needs: Needs, item: Shape) -> Operation {
        let query = vec![("cursor", Shape::Name(200), false), ("limit", Shape::Count(1, 200), false)];
        Operation { name, path, needs, query, takes: Takes::Nothing, gives: Gives::Page(item), acts: false }
    }

    /// Reads stored bytes.
    #[must_use]
    pub fn bytes(name: &'static str, path: &'static str, needs: Needs) -> Operation {
        let (query, takes) = (Vec::new(), Takes::Nothing);
        Operation { name, path, needs, query, takes, gives: Gives::Bytes, acts: false }
    }

    /// Takes a JSON body.
    #[must_use]
    pub fn json(name: &'static str, path: &'static str, needs: Needs, body: Shape, answer: Shape) -> Operation {
        let takes = Takes::Json(body);
        Operation { name, path, needs, query: Vec::new(), takes, gives: Gives::One(answer), acts: false }
    }

    /// Takes an act.
    #[must_use]
    pub fn act(name: &'static str, path: &'static str, needs: Needs, body: Shape, answer: Shape) -> Operation {
        let query = vec![("dry_run", Shape::Flag, false)];
        Operation { acts: true, query, ..Operation::json(name, path, needs, body, answer) }
    }

    /// Takes files.
    #[must_use]
    pub fn files(
        name: &'static str,
        path: &'static str,
        needs: Needs,
        fields: Vec<(&'static str, Shape, bool)>,
        answer: Shape,
    ) -> Operation {
        let takes = Takes::Files(fields);
        Operation { name, path, needs, query: Vec::new(), takes, gives: Gives::One(answer), acts: false }
    }

    /// The same with these parameters more.
    #[must_use]
    pub fn with(mut self, query: Vec<(&'static str, Shape, bool)>) -> Operation {
        self.query.extend(query);
        self
    }

    /// Whether it only reads.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.takes == Takes::Nothing
    }

    /// Names of the places in the path.
    #[must_use]
    pub fn places(&self) -> Vec<&'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
    }
}
