//! What is changed behind the product's back is found, and where.

use pledgefund::storage::Store;
use pledgefund::usecase::verify::verify;
use serde_json::json;

use super::town::{FUND, Town, figures, measure};
use crate::support::product::on_both;

/// Names of the checks that fail.
fn failing(store: &Store) -> Vec<&'static str> {
    let proof = verify(&mut store.read().unwrap(), FUND).unwrap();
    proof.checks.iter().filter(|check| !check.ok).map(|check| check.name).collect()
}

#[test]
fn a_state_that_no_act_leads_to_is_found() {
    on_both(|installation| {
        let mut town = Town::found(installation, "2025-01-10", &measure("shuozhou-1"));
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        town.pay(&claim, &amount);
        let collected = json!({ "kind": "enforcement", "gross": "100000.00", "cost": "0", "on": "2025-09-01" });
        town.claim(&claim, "recovery_collected", "甲经办", collected);
        assert!(failing(&town.app.store).is_empty());
        for (change, back, check) in [
            (
                "claim_status SET paid_fen = paid_fen + 1",
                "claim_status SET paid_fen = paid_fen - 1",
                "projection_claims",
            ),
            ("claim_status SET state = 'closed'", "claim_status SET state = 'recovering'", "projection_claims"),
            (
                "account_balances SET balance_fen = balance_fen + 1 WHERE account = 'cash'",
                "account_balances SET balance_fen = balance_fen - 1 WHERE account = 'cash'",
                "running_balances",
            ),
            ("loans SET ended = 'renewed'", "loans SET ended = NULL", "projection_loans"),
            (
                "acts SET person = '别人' WHERE act = 'approved'",
                "acts SET person = '分管' WHERE act = 'approved'",
                "facts_acts",
            ),
            // Somebody who handed the claim in is made its approver: the fold refuses him, whatever the row says.
            (
                "acts SET person = '甲复核' WHERE act = 'approved'",
                "acts SET person = '分管' WHERE act = 'approved'",
                "acts_fold",
            ),
            (
                "ledger_lines SET amount_fen = amount_fen + 1 WHERE account = 'compensation:city'",
                "ledger_lines SET amount_fen = amount_fen - 1 WHERE account = 'compensation:city'",
                "claims_paid",
            ),
            (
                "claim_status SET paid_fen = paid_fen + 600000000",
                "claim_status SET paid_fen = paid_fen - 600000000",
                "caps_kept",
            ),
            // The money came from another source than the books say: the city paid out what it never paid in.
            (
                "ledger_lines SET account = 'contribution:county' WHERE account = 'contribution:city'",
                "ledger_lines SET account = 'contribution:city' WHERE account = 'contribution:county'",
                "sub_funds_never_negative",
            ),
        ] {
            installation.tamper(&format!("UPDATE {change}"));
            let found = failing(&town.app.store);
            assert!(found.contains(&check), "{change}: {found:?}");
            installation.tamper(&format!("UPDATE {back}"));
        }
        assert!(failing(&town.app.store).is_empty());
    });
}
