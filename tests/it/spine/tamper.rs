//! Whoever changes one fen behind the product's back is named.

use crate::support::product::{Installation, on_both};

fn check_named(installation: &Installation, sql: &str, undo: &str, names: &[&str]) {
    installation.tamper(sql);
    let proof = installation.json(&["verify"], &[1]);
    assert_eq!(proof["ok"], false, "{sql}");
    let failures: Vec<String> = proof["checks"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|check| check["failures"].as_array().unwrap().iter())
        .map(|failure| failure.as_str().unwrap().to_owned())
        .collect();
    for name in names {
        assert!(failures.iter().any(|failure| failure.contains(name)), "{sql}: {name} not in {failures:?}");
    }
    installation.tamper(undo);
    assert_eq!(installation.json(&["verify"], &[0])["ok"], true, "{undo}");
}

#[test]
fn one_fen_in_a_payout_ledger_line_reservation_snapshot_or_projection_makes_verify_name_that_row() {
    on_both(|installation| {
        installation.import_samples();
        installation.json(&["job", "run", "reserve_level", "--on", "2026-07-31"], &[0]);
        let claim = "shuozhou:SGH:SGH-2024-0008@2025-09-29";
        let loan = "shuozhou:SGH:SGH-2025-0040";
        let cases = [
            ("calculations", "payout_fen", format!("claim_id = '{claim}'"), claim),
            ("calculations", "earmark_fen", format!("claim_id = '{claim}'"), claim),
            ("commitments", "amount_fen", format!("subject = '{loan}' AND version = 1"), loan),
            ("commitments", "amount_fen", format!("subject = '{claim}'"), claim),
            ("reserve_snapshots", "reserved_fen", "version = 1".to_owned(), "reserve_snapshots shuozhou:2026-07-31:1"),
            ("loans", "reserved_fen", format!("loan_id = '{loan}'"), loan),
            ("loans", "principal_fen", format!("loan_id = '{loan}'"), loan),
            ("servicing_rows", "balance_fen", format!("loan_id = '{loan}' AND month = '2026-03'"), loan),
            ("claim_status", "payout_fen", format!("claim_id = '{claim}'"), claim),
        ];
        for (table, column, condition, name) in cases {
            let set = |sign: &str| format!("UPDATE {table} SET {column} = {column} {sign} 1 WHERE {condition}");
            check_named(installation, &set("+"), &set("-"), &[name]);
        }
        let line = "line_no = 1 AND tx_id IN (SELECT tx_id FROM fund_rows WHERE row_date = '2025-12-21')";
        let set = |sign: &str| format!("UPDATE ledger_lines SET amount_fen = amount_fen {sign} 1 WHERE {line}");
        check_named(installation, &set("+"), &set("-"), &["ledger_lines shuozhou:2025-12-21"]);
    });
}

#[test]
fn a_changed_event_breaks_its_chain_there() {
    on_both(|installation| {
        installation.json(&["import", "fund", "fund.csv"], &[1]);
        let change = |from: &str, to: &str| {
            format!("UPDATE events SET payload = replace(payload, '{from}', '{to}') WHERE event_id = 'fund:shuozhou#3'")
        };
        let (from, to) = (",3000000000,", ",3000000001,");
        check_named(installation, &change(from, to), &change(to, from), &["events fund:shuozhou#3"]);
    });
}

#[test]
fn a_removed_row_is_missed() {
    on_both(|installation| {
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        installation.tamper("DELETE FROM partners WHERE code = 'SGH'");
        let proof = installation.json(&["verify"], &[1]);
        assert!(proof.to_string().contains("partners row of fund:shuozhou#"), "{proof}");
    });
}
