//! Which rows of a loan's registrations count.
//!
//! **Invariant:** only the last registration of a loan counts, and only one that stands.

/// Of a query of rows that belong to registrations (rights, policies) those of a fund whose registration counts.
macro_rules! counting {
    ($query:expr, $rows:ident, $fund_id:expr) => {{
        // Hardly any loan is registered twice, or was taken back; only of those is asked which registration counts.
        let doubtful = diesel::alias!(loan_registrations as doubtful);
        let brought = diesel::alias!(loan_registrations as brought);
        let own = diesel::alias!(loan_registrations as own);
        let later = diesel::alias!(loan_registrations as later);
        let counts = own
            .filter(own.field(loan_registrations::loan_id).eq($rows::loan_id))
            .filter(own.field(loan_registrations::version).eq($rows::version))
            .filter(standing!(own.field(loan_registrations::import_id)));
        let is_replaced = later
            .filter(later.field(loan_registrations::loan_id).eq($rows::loan_id))
            .filter(standing!(later.field(loan_registrations::import_id)))
            .filter(later.field(loan_registrations::version).gt($rows::version));
        let undone = import_undos::table.filter(import_undos::state.eq(APPROVED)).select(import_undos::import_id);
        // Two questions, each of an index of its own: one for both would read every registration.
        let again = doubtful
            .filter(doubtful.field(loan_registrations::version).gt(1))
            .select(doubtful.field(loan_registrations::loan_id));
        let taken_back = brought
            .filter(brought.field(loan_registrations::import_id).eq_any(undone))
            .select(brought.field(loan_registrations::loan_id));
        let is_plain = $rows::loan_id.ne_all(again).and($rows::loan_id.ne_all(taken_back));
        $query
            .filter($rows::fund_id.eq($fund_id.to_owned()))
            .filter(is_plain.or(diesel::dsl::exists(counts).and(diesel::dsl::not(diesel::dsl::exists(is_replaced)))))
    }};
}
pub(super) use counting;
