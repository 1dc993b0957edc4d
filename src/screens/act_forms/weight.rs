//! Which acts weigh so much that they are checked once more, and which wait for a second person.
//!
//! **Invariant:** whatever moves money, promises it, ends a case or gives power is in the list.

use crate::usecase::lives::Life;

/// Acts that are checked on a page of their own: they move money, promise it, end a case or give power.
const WEIGHTY: [&str; 36] = [
    "approved",
    "approval_confirmed",
    "approval_revoked",
    "countersigned",
    "rejected",
    "appeal_decided",
    "objection_settled",
    "ordered",
    "order_cancelled",
    "paid",
    "bounced",
    "received",
    "resettled",
    "resettlement_decided",
    "given_back",
    "recovery_collected",
    "recovery_allocated",
    "recovery_banked",
    "movement_reversed",
    "proposal_decided",
    "registered",
    "cancellation_decided",
    "amendment_decided",
    "account_agreed",
    "account_change_decided",
    "suspension_decided",
    "release_decided",
    "succession_decided",
    "appointed",
    "role_given",
    "role_taken",
    "delegated",
    "departed",
    "channel_set",
    "move_decided",
    "unmark_decided",
];
/// Acts that wait for a second person.
pub(super) const PROPOSALS: [&str; 9] = [
    "amendment_proposed",
    "cancellation_proposed",
    "unmark_proposed",
    "account_change_proposed",
    "suspension_proposed",
    "release_proposed",
    "succession_proposed",
    "move_proposed",
    "proposed",
];

/// Whether an act is checked before it is taken.
pub(super) fn is_weighty(act: &str) -> bool {
    WEIGHTY.contains(&act)
}

/// Whether an act is shown once more before it is taken: what is weighty, and a loan's form with what the measure says.
pub(super) fn is_checked(life: Life, act: &str) -> bool {
    is_weighty(act) || matches!((life, act), (Life::Registration, "drafted"))
}
