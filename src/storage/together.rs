//! Several inserts of PostgreSQL in one message.
//!
//! Owns the statement. A small act writes into a handful of tables; one message instead of one a table is what makes it
//! as quick as a program that writes the bare rows.
//! **Invariant:** the parts run as they would one by one: no part reads what another writes, foreign keys are looked at
//! after all of them, and either all are done or none.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{PgConnection, QueryResult, RunQueryDsl};

/// One insert.
pub type Part<'a> = Box<dyn QueryFragment<Pg> + 'a>;

/// Inserts that are sent together.
pub(super) struct Together<'a> {
    parts: Vec<Part<'a>>,
}

impl<'a> Together<'a> {
    /// At least one insert.
    pub(super) const fn new(parts: Vec<Part<'a>>) -> Together<'a> {
        Together { parts }
    }
}

impl QueryId for Together<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Together<'_> {
    type SqlType = diesel::sql_types::Untyped;
}

impl RunQueryDsl<PgConnection> for Together<'_> {}

impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some((last, others)) = self.parts.split_last() else { return Ok(()) };
        for (nth, part) in others.iter().enumerate() {
            out.push_sql(if nth == 0 { "WITH w" } else { ", w" });
            out.push_sql(&nth.to_string());
            out.push_sql(" AS (");
            part.walk_ast(out.reborrow())?;
            out.push_sql(")");
        }
        if !others.is_empty() {
            out.push_sql(" ");
        }
        last.walk_ast(out)
    }
}
