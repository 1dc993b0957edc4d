//! A candidate tried on the sample loans: who gains, who loses, to the fen, and nothing saved.

use super::steps::file;
use crate::support::product::{Installation, on_both};
use calamine::{Data, Reader, Xlsx, open_workbook};

fn counts(installation: &Installation) -> Vec<u64> {
    let proof = installation.json(&["verify"], &[0]);
    proof["checks"].as_array().unwrap().iter().map(|check| check["checked"].as_u64().unwrap()).collect()
}

#[test]
fn five_points_more_are_worth_what_they_are_worth() {
    on_both(|installation| {
        installation.import_samples();
        let before = counts(installation);
        let candidate = file(
            installation,
            "candidate.toml",
            &[("fund = \"40 %\"", "fund = \"45 %\""), ("version = \"1\"", "version = \"2\"")],
        );
        let xlsx = installation.folder.path().join("trial.xlsx");
        let answer = installation.json(
            &[
                "rulebook",
                "trial",
                "--candidate",
                candidate.to_str().unwrap(),
                "--from",
                "2022-12-01",
                "--to",
                "2026-07-31",
                "--xlsx",
                xlsx.to_str().unwrap(),
            ],
            &[0],
        );
        let found = answer.to_string();
        // SGH-2025-0005: 390,000.00 at 40 % is a loss of 975,000.00, 45 % of which are 438,750.00.
        // YYC(2025)0006: 663,993.00 at 45 % is 1,475,540.00, and 50 % of that 737,770.00; the ceiling stands at 50 %.
        for (contract, paid, then) in
            [("SGH-2025-0005", "390000.00", "438750.00"), ("YYC(2025)0006", "663993.00", "737770.00")]
        {
            let claims = answer["claims"].as_array().unwrap_or_else(|| panic!("{answer}"));
            let claim =
                claims.iter().find(|claim| claim["contract"] == contract).unwrap_or_else(|| panic!("{contract}"));
            let row = claim.to_string();
            assert!(row.contains(paid) && row.contains(then), "{row}");
        }
        assert!(found.contains("4589019.81"), "what the samples are paid under version 1");
        assert_eq!(answer["total"]["payout"]["difference"], "509980.36");
        assert_eq!(counts(installation), before, "nothing is saved");
        let mut book: Xlsx<_> = open_workbook(&xlsx).unwrap();
        assert!(book.sheet_names().len() >= 3, "{:?}", book.sheet_names());
        let names = book.sheet_names().to_vec();
        let mut numbers = 0;
        for name in names {
            let range = book.worksheet_range(&name).unwrap();
            assert!(range.height() > 1, "{name} has rows");
            numbers += range.used_cells().filter(|(_, _, cell)| matches!(cell, Data::Float(_) | Data::Int(_))).count();
        }
        assert!(numbers > 20, "amounts are numbers");
    });
}

#[test]
fn a_candidate_equal_to_what_is_stored_changes_nothing() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let same = file(&installation, "same.toml", &[]);
    let answer = installation.json(
        &["rulebook", "trial", "--candidate", same.to_str().unwrap(), "--from", "2022-12-01", "--to", "2026-07-31"],
        &[0],
    );
    assert_eq!(answer["total"]["payout"]["difference"], "0.00");
    assert_eq!(answer["total"]["decisions_changed"], 0);
    let days = installation.run(&[
        "rulebook",
        "trial",
        "--candidate",
        same.to_str().unwrap(),
        "--from",
        "2026-01-02",
        "--to",
        "2026-01-01",
    ]);
    assert_eq!(days.status.code(), Some(2));
}
