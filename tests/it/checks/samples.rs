//! The sample files give few hints, and useful ones.

use std::collections::BTreeMap;

use crate::support::product::{Installation, test_data};

#[test]
fn the_sample_files_give_four_hints_in_all_and_each_is_about_something() {
    let installation = Installation::sqlite();
    let expected = test_data("expected.json");
    let monthly: Vec<&str> = expected["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["kind"] == "monthly")
        .map(|file| file["file"].as_str().unwrap())
        .collect();
    let mut servicing = vec!["import", "servicing"];
    servicing.extend(&monthly);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for call in [
        &["import", "partners", "partners.csv"][..],
        &[
            "import",
            "registrations",
            "registration/SGH_registration.xlsx",
            "registration/YMK_registration.csv",
            "registration/YYC_registration.xlsx",
        ],
        &servicing,
        &["import", "fund", "fund.csv"],
        &["import", "claims", "claims.csv"],
    ] {
        let output = installation.run(call);
        let text = String::from_utf8(output.stdout).unwrap();
        for line in text.lines().filter(|line| line.trim_start().starts_with("参考")) {
            let code = line.split("  ").filter(|part| !part.is_empty()).nth(3).unwrap();
            *counts.entry(code.to_owned()).or_default() += 1;
        }
    }
    let counts: Vec<(&str, usize)> = counts.iter().map(|(code, count)| (code.as_str(), *count)).collect();
    assert_eq!(counts, [("BALANCE_ABOVE_PRINCIPAL", 1), ("GRADE_IMPROVED", 2), ("LOAN_MISSING", 1)]);
}
