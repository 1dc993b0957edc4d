//! Sums over BIGINT that stay BIGINT on both databases.
//!
//! **Invariant:** a sum over no rows is 0, never NULL.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;

/// `SUM` of a BIGINT expression as BIGINT.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Total<E>(E);

/// `SUM` of a BIGINT expression as BIGINT: 0 for no rows.
pub fn total<E: Expression>(expression: E) -> Total<E> {
    Total(expression)
}

impl<E: Expression> Expression for Total<E> {
    type SqlType = BigInt;
}

impl<E, GB> ValidGrouping<GB> for Total<E> {
    type IsAggregate = is_aggregate::Yes;
}

impl<E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for Total<E> where Self: Expression {}

impl<E: SelectableExpression<QS>, QS> SelectableExpression<QS> for Total<E> where Self: AppearsOnTable<QS> {}

impl<DB: Backend, E: QueryFragment<DB>> QueryFragment<DB> for Total<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("CAST(COALESCE(SUM(");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql("), 0) AS BIGINT)");
        Ok(())
    }
}
