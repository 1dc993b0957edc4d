//! Sharing what is got back after a payment among those who bore the loss.
//!
//! Owns rule R4 as it applies to a claim whose loss may still change: every receipt is shared over what each party has
//! not got back by then.
//! **Invariant:** nobody gets back more than it bore; what is left then is the bank's or the debtor's, never the fund's.

use std::collections::BTreeMap;

use crate::domain::money::Fen;
use crate::domain::recovery::{Receipt, Recovery, RecoveryError};

/// What came back before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Before {
    /// What each party got.
    pub returned: BTreeMap<String, Fen>,
    /// Cost that no receipt covered.
    pub cost_carried: Fen,
}

/// What one receipt does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// What each party gets.
    pub parts: Vec<(String, Fen)>,
    /// What is left when everyone is whole.
    pub surplus: Fen,
    /// Cost that is not covered yet.
    pub cost_carried: Fen,
}

/// What each party has borne once the fund has paid `paid`: what the fund was to bear and did not is the bank's loss,
/// and what it bore above that was not. Without a bank among the parties only the fund's part changes.
#[must_use]
pub fn borne_by_payment(
    mut parties: Vec<(String, Fen)>,
    (fund, bank): (Option<&str>, Option<&str>),
    paid: Fen,
) -> Vec<(String, Fen)> {
    let of = |parties: &[(String, Fen)], name: Option<&str>| {
        parties.iter().position(|(party, _)| Some(party.as_str()) == name)
    };
    let Some(at_fund) = of(&parties, fund) else { return parties };
    let at_bank = of(&parties, bank);
    let Some((_, share)) = parties.get_mut(at_fund) else { return parties };
    let told = std::mem::replace(share, paid);
    if let Some((_, loss)) = at_bank.and_then(|at| parties.get_mut(at)) {
        *loss = loss.checked_add(told.saturating_sub(paid)).unwrap_or(*loss).saturating_sub(paid.saturating_sub(told));
    }
    parties
}

/// Shares a receipt over what each party has borne and not got back. The order of `borne` breaks ties.
///
/// # Errors
/// An amount that does not fit.
pub fn share(borne: &[(String, Fen)], before: &Before, gross: Fen, cost: Fen) -> Result<Shared, RecoveryError> {
    let got = |party: &String| before.returned.get(party).copied().unwrap_or(Fen::ZERO);
    let open: Vec<(String, Fen)> =
        borne.iter().map(|(party, amount)| (party.clone(), amount.saturating_sub(got(party)))).collect();
    let cost = cost.checked_add(before.cost_carried)?;
    let step = Recovery::new(&open).take(Receipt { gross, cost })?;
    Ok(Shared { parts: step.parts, surplus: step.surplus, cost_carried: step.cost_carried })
}
