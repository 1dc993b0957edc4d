//! Dated reference data: what holds on which day, and which files are refused.

use pledgefund::domain::dated::Dated;
use pledgefund::reference::Reference;

use super::day;

const HOLIDAYS: &str = "[[year]]\nyear = 2025\nholidays = [\"10-01\"]\nworkdays = [\"09-28\"]\n";
const LPR: &str = "known_until = 2025-12-31\n[[rate]]\nfrom = 2025-05-20\none_year = \"3.00\"\nfive_years = \"3.50\"\n";
const OFFICES: &str = "[[office]]\nid = \"finance\"\nfrom = 2000-01-01\nname = { zh = \"财政局\", en = \"Finance\", short_zh = \"财\" }\n";

const SIZES: &str = "[[table]]\nfrom = 2011-06-18\nnumber = \"300\"\nindustry = []\n";

fn read(holidays: &str, lpr: &str, offices: &str) -> Result<Reference, String> {
    let text_of = |file: &str| {
        let text = match file {
            "holidays.toml" => holidays,
            "lpr.toml" => lpr,
            "offices.toml" => offices,
            "size_classes.toml" => SIZES,
            _unknown => return None,
        };
        Some(text.to_owned())
    };
    Reference::read(text_of).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(result: Result<Reference, String>, words: &[&str]) {
    let message = result.unwrap_err();
    for word in words {
        assert!(message.contains(word), "{word} not in: {message}");
    }
}

#[test]
fn a_value_holds_from_its_day_until_the_next_or_the_last_known_day() {
    let list = Dated::new(vec![(day("2025-03-01"), 'b'), (day("2025-01-01"), 'a')], Some(day("2025-06-30")));
    for (on, value, before) in [
        ("2024-12-31", None, None),
        ("2025-01-01", Some('a'), None),
        ("2025-02-28", Some('a'), None),
        ("2025-03-01", Some('b'), Some('a')),
        ("2025-06-30", Some('b'), Some('a')),
        ("2025-07-01", None, Some('a')),
    ] {
        assert_eq!((list.on(day(on)).copied(), list.before(day(on)).copied()), (value, before), "{on}");
    }
    assert_eq!(Dated::new(vec![(day("2025-01-01"), 'a')], None).on(day("2999-01-01")), Some(&'a'));
}

#[test]
fn the_loan_prime_rate_is_known_from_its_reform_to_the_last_day_of_the_file() {
    let lpr = Reference::embedded().unwrap().lpr;
    for (on, one_year, five_years) in [
        ("2019-08-20", "4.25", "4.85"),
        ("2020-04-19", "4.05", "4.75"),
        ("2020-04-20", "3.85", "4.65"),
        ("2024-10-20", "3.35", "3.85"),
        ("2024-10-21", "3.10", "3.60"),
        ("2025-05-20", "3.00", "3.50"),
        ("2025-12-31", "3.00", "3.50"),
    ] {
        let rates = lpr.on(day(on)).unwrap();
        assert_eq!(
            (rates.one_year.percent(), rates.five_years.percent()),
            (one_year.into(), five_years.into()),
            "{on}"
        );
    }
    assert!(lpr.on(day("2019-08-19")).is_none());
    assert!(lpr.on(day("2026-01-01")).is_none());
}

#[test]
fn an_office_is_named_as_on_the_day_with_its_former_name_at_hand() {
    let reference = Reference::embedded().unwrap();
    let short = |on: &str| reference.office_on("regulator", day(on)).map(|name| name.short_zh.clone());
    assert_eq!(short("2023-07-19").as_deref(), Some("朔州银保监分局"));
    assert_eq!(short("2023-07-20").as_deref(), Some("朔州监管分局"));
    let name = reference.office_on("regulator", day("2025-08-10")).unwrap();
    assert_eq!(name.zh, "国家金融监督管理总局朔州监管分局");
    let former = reference.office_before("regulator", day("2025-08-10")).unwrap();
    assert_eq!(former.short_zh, "朔州银保监分局");
    assert_eq!(reference.office_on("bureau", day("2025-08-10")).unwrap().zh, "朔州市市场监督管理局（知识产权局）");
    assert_eq!(reference.office_on("finance", day("2025-08-10")).unwrap().zh, "朔州市财政局");
    assert!(reference.office_on("post", day("2025-08-10")).is_none());
}

#[test]
fn a_file_with_an_unknown_key_or_none_at_all_is_refused_by_name() {
    assert!(read(HOLIDAYS, LPR, OFFICES).is_ok());
    refused(read(&format!("{HOLIDAYS}extra = 1\n"), LPR, OFFICES), &["holidays.toml", "extra"]);
    refused(read(HOLIDAYS, &format!("{LPR}ten_years = \"4\"\n"), OFFICES), &["lpr.toml", "ten_years"]);
    refused(read(HOLIDAYS, LPR, &format!("{OFFICES}fax = \"1\"\n")), &["offices.toml", "fax"]);
    refused(Reference::read(|_file| None).map_err(|error| error.to_string()), &["holidays.toml"]);
}

#[test]
fn a_holiday_file_that_contradicts_itself_is_refused() {
    let with = |from: &str, to: &str| read(&HOLIDAYS.replace(from, to), LPR, OFFICES);
    refused(with("\"10-01\"", "\"10-32\""), &["holidays.toml", "2025", "10-32"]);
    refused(with("\"10-01\"", "\"10-04\""), &["holidays.toml", "10-04"]);
    refused(with("\"09-28\"", "\"09-29\""), &["holidays.toml", "09-29"]);
    refused(with("\"10-01\"", "\"10-01\", \"10-01\""), &["holidays.toml", "10-01"]);
    refused(read(&format!("{HOLIDAYS}{HOLIDAYS}"), LPR, OFFICES), &["holidays.toml", "2025"]);
}

#[test]
fn a_rate_file_that_contradicts_itself_is_refused() {
    let entry = LPR.split_once('\n').unwrap().1;
    refused(read(HOLIDAYS, &format!("{LPR}{entry}"), OFFICES), &["lpr.toml", "2025-05-20"]);
    refused(read(HOLIDAYS, &LPR.replace("2025-12-31", "2025-05-19"), OFFICES), &["lpr.toml", "known_until"]);
    refused(read(HOLIDAYS, &LPR.replace("3.00", "3.0O"), OFFICES), &["lpr.toml", "2025-05-20", "one_year"]);
}

#[test]
fn an_office_that_takes_two_names_on_one_day_is_refused() {
    refused(read(HOLIDAYS, LPR, &format!("{OFFICES}{OFFICES}")), &["offices.toml", "finance", "2000-01-01"]);
}
