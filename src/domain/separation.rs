//! Which roles no person may hold together (三员分立).
//!
//! Owns the table of exclusive roles. System, security and audit administration are apart from each other and from every
//! role in the business; the regulator and the bureau only read, and so do nothing else.
//! **Invariant:** the table is symmetric, and no role excludes itself.

use super::people::Role;

/// Whether a role stands alone: nobody who holds it holds another one.
#[must_use]
pub const fn stands_alone(role: Role) -> bool {
    match role {
        Role::SystemAdministrator
        | Role::SecurityAdministrator
        | Role::Auditor
        | Role::Regulator
        | Role::BureauReader => true,
        Role::BankOfficer
        | Role::BankReviewer
        | Role::FundAdministrator
        | Role::FundApprover
        | Role::FinanceOfficer
        | Role::TreasuryOfficer => false,
    }
}

/// Whether two roles exclude each other.
#[must_use]
pub fn excludes(one: Role, other: Role) -> bool {
    one != other && (stands_alone(one) || stands_alone(other))
}

/// The first two roles of these that exclude each other.
#[must_use]
pub fn conflict(roles: impl Iterator<Item = Role>) -> Option<(Role, Role)> {
    let all: Vec<Role> = roles.collect();
    let pairs = all.iter().flat_map(|one| all.iter().map(move |other| (*one, *other)));
    pairs.into_iter().find(|(one, other)| excludes(*one, *other))
}
