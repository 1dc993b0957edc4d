//! The twelve example files: every one parses as it stands.

use pledgefund::domain::money::Ppm;
use pledgefund::domain::rulebook::{Handling, Open, PartyIx, Rulebook, Split};
use pledgefund::rulebook::parse;

fn example(name: &str) -> Rulebook {
    let path = format!("{}/tests/data/rulebook-examples/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    match parse(&path, &text) {
        Ok(parsed) => parsed.rulebook,
        Err(faults) => panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

#[test]
fn every_example_parses() {
    let folder = format!("{}/tests/data/rulebook-examples", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    assert_eq!(names.len(), 12);
    for name in names {
        assert_eq!(example(&name).groups.len(), 18, "{name}");
    }
}

fn ratio(book: &Rulebook, rule: usize) -> Open<Vec<(&str, i64)>> {
    let Split::Fixed(ratio) = &book.sharing.as_ref().unwrap().rules.get(rule).unwrap().split else {
        panic!("bands");
    };
    match ratio {
        Open::Known(ratio) => Open::Known(
            ratio.iter().map(|(party, rate): &(PartyIx, Ppm)| (book.party(*party).id.as_str(), rate.get())).collect(),
        ),
        Open::Unknown => Open::Unknown,
    }
}

#[test]
fn ratios_stand_in_the_order_that_breaks_ties() {
    let wanted = vec![("bank", 260_000), ("insurer", 160_000), ("appraiser", 40_000), ("fund", 540_000)];
    assert_eq!(ratio(&example("zs"), 0), Open::Known(wanted));
    let wanted = vec![("bank", 200_000), ("guarantor", 200_000), ("insurer", 600_000)];
    assert_eq!(ratio(&example("qd2015"), 0), Open::Known(wanted));
    let wanted = vec![("guarantor", 800_000), ("fund", 200_000)];
    assert_eq!(ratio(&example("gz2025"), 1), Open::Known(wanted));
}

#[test]
fn what_a_measure_leaves_open_stays_open() {
    assert_eq!(ratio(&example("sc2025"), 0), Open::Unknown);
    let book = example("zh");
    assert_eq!(ratio(&book, 1), Open::Unknown);
    assert_eq!(book.sharing.unwrap().rules.get(1).unwrap().bearer, Open::Unknown);
    assert_eq!(example("qd2015").fund, None);
    assert!(example("wh2024").sharing.is_none());
    let book = example("zs");
    assert!(book.head.issuers.is_empty());
    assert_eq!(book.contributors.first().unwrap().level, Open::Unknown);
    assert_eq!(example("cq").breakers.first().unwrap().trips, Open::Unknown);
    assert_eq!(example("cq").parties.get(1).unwrap().group.as_ref().unwrap().members, ["city", "county"]);
}

#[test]
fn the_file_with_every_key_parses() {
    let path = format!("{}/tests/data/rulebooks/full.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    let book = parse("full.toml", &text).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    });
    assert_eq!(book.rulebook.caps.len(), 12);
    assert_eq!(parse("full.toml", &text.replace('\n', "\r\n")).unwrap().rulebook, book.rulebook);
}

#[test]
fn the_file_with_every_key_has_every_key_of_the_handling() {
    let text = include_str!("../../data/rulebooks/full.toml");
    // Taken apart by name, so that a key that is added has to be added to the file as well.
    let Handling {
        confirm_registration_within,
        report_changes_within,
        accept_within,
        review_within,
        amend_within,
        publicity,
        pay_within,
        confirm_receipt_within,
        appeal_within,
        inspection_over,
        early_default_within,
        countersign,
        levels,
        articles,
        origin: _,
    } = parse("full.toml", text).unwrap().rulebook.handling.unwrap();
    let times = [
        confirm_registration_within,
        report_changes_within,
        accept_within,
        review_within,
        amend_within,
        publicity,
        pay_within,
        confirm_receipt_within,
        appeal_within,
        early_default_within,
    ];
    assert!(times.iter().all(Option::is_some) && inspection_over.is_some() && countersign.is_some());
    assert!(levels.iter().any(|level| level.meeting) && !articles.is_empty());
}

#[test]
fn the_default_rulebook_parses() {
    let text = include_str!("../../../rulebooks/shuozhou-1.toml");
    assert_eq!(parse("shuozhou-1.toml", text).unwrap().rulebook.name(), "shuozhou@1");
}
