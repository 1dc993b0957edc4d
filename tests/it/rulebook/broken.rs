//! Broken files: each mistake has its code and its line, and nothing is ignored.

use pledgefund::rulebook::{Fault, parse};

use super::cases::default_text;

fn faults(text: &str) -> Vec<Fault> {
    parse("x.toml", text).err().unwrap_or_default()
}

/// The line on which `needle` stands in `text`.
#[track_caller]
fn line_of(text: &str, needle: &str) -> usize {
    1 + text.lines().position(|line| line.contains(needle)).unwrap_or_else(|| panic!("no line with {needle}"))
}

/// Replaces `from` by `to` in the default file: there must be exactly these faults, each as code and text of its line.
#[track_caller]
fn check(from: &str, to: &str, wanted: &[(&str, &str)]) -> Vec<Fault> {
    let text = default_text();
    assert!(text.contains(from), "{from}");
    let broken = text.replacen(from, to, 1);
    let found = faults(&broken);
    let told: Vec<(&str, usize)> = found.iter().map(|fault| (fault.code.code(), fault.line)).collect();
    let wanted: Vec<(&str, usize)> = wanted.iter().map(|(code, needle)| (*code, line_of(&broken, needle))).collect();
    assert_eq!(told, wanted, "{found:#?}");
    found
}

#[test]
fn text_that_is_not_toml_is_told_with_its_line() {
    check("pays_also = []", "pays_also = [", &[("SYNTAX", "interest = \"stays\"")]);
    check("trial = false", "trial = false\ntrial = true", &[("SYNTAX", "trial = true")]);
    let empty = faults("");
    assert!(empty.iter().any(|fault| fault.code.code() == "KEY_MISSING" && fault.key == "format"));
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_known_one() {
    let found = check("revolving = true", "revolving = true\nfloors = \"1 元\"", &[("UNKNOWN_KEY", "floors =")]);
    assert_eq!(found.first().unwrap().expected, "floor");
    let found = check("proposal = true", "proposals = true", &[("UNKNOWN_KEY", "proposals")]);
    assert_eq!(found.first().unwrap().expected, "proposal");
    check("[timing]", "[timings]\n[timing]", &[("UNKNOWN_KEY", "[timings]")]);
    check("multiple = { limit", "multiple = { most = 1, limit", &[("UNKNOWN_KEY", "multiple =")]);
}

#[test]
fn an_unknown_fact_is_told_with_the_nearest_known_one() {
    let found = check("loan.ip_share = {", "loan.ip_shares = {", &[("UNKNOWN_FACT", "loan.ip_shares")]);
    assert_eq!(found.first().unwrap().expected, "loan.ip_share");
    check("loan.ip_share = {", "lone.ip_share = {", &[("UNKNOWN_FACT", "lone.ip_share")]);
}

#[test]
fn a_missing_key_is_told_at_its_table() {
    let found = check("rounding = \"largest_remainder\"\n", "", &[("KEY_MISSING", "[sharing]")]);
    assert_eq!(found.first().unwrap().key, "sharing.rounding");
    check("revolving = true\n", "", &[("KEY_MISSING", "[sources]")]);
    check("limit = \"300 万元\"\n", "", &[("ONE_OF", "[[cap]]")]);
    check("format = 1", "", &[("KEY_MISSING", "朔州市")]);
}

#[test]
fn a_group_that_is_not_answered_is_told() {
    let found = check("portfolio = \"none\"\n", "", &[("GROUP_MISSING", "[groups]")]);
    assert_eq!(found.first().unwrap().found, "portfolio");
    check("subsidies = \"none\"", "subsidies = \"maybe\"", &[("UNKNOWN_WORD", "subsidies = ")]);
}

#[test]
fn a_cover_sheet_that_contradicts_the_sections_is_told() {
    check("caps = { state = \"stated\"", "caps = { state = \"none\"", &[("GROUP_CONTRADICTS", "caps = {")]);
    check("portfolio = \"none\"", "portfolio = \"stated\"", &[("GROUP_CONTRADICTS", "portfolio = ")]);
    check("trigger = { state = \"stated\"", "trigger = { state = \"unknown\"", &[("GROUP_CONTRADICTS", "trigger = {")]);
}

#[test]
fn numbers_without_their_unit_are_refused() {
    check("limit = \"300 万元\"", "limit = 3000000", &[("MONEY_UNIT", "limit = 3000000")]);
    check("limit = \"300 万元\"", "limit = \"300\"", &[("MONEY_UNIT", "limit = \"300\"")]);
    check("limit = \"300 万元\"", "limit = \"30,00 元\"", &[("MONEY_UNIT", "30,00")]);
    check("limit = \"300 万元\"", "limit = \"0.001 元\"", &[("MONEY_UNIT", "0.001")]);
    check("limit = \"300 万元\"", "limit = \"-1 元\"", &[("MONEY_UNIT", "\"-1 元")]);
    check("rate = \"50 %\"", "rate = \"50\"", &[("RATE_UNIT", "rate = \"50\"")]);
    check("points = \"5 pp\"", "points = \"5 %\"", &[("POINTS_UNIT", "points = \"5 %\"")]);
    check("limit = \"10 倍\"", "limit = \"10\"", &[("MULTIPLE_UNIT", "multiple = ")]);
    check("over = \"90 天\"", "over = \"90 个月\"", &[("SPAN_UNIT", "over = ")]);
    check("over = \"90 天\"", "over = \"90 工作日\"", &[("SPAN_UNIT", "over = ")]);
    check("below = \"60 个月\"", "below = \"60\"", &[("SPAN_UNIT", "below = ")]);
}

#[test]
fn numbers_with_a_decimal_point_outside_quotes_are_refused() {
    check("rate = \"50 %\"", "rate = 0.5", &[("FLOAT_REFUSED", "rate = 0.5")]);
    check("limit = \"300 万元\"", "limit = 3e6", &[("FLOAT_REFUSED", "limit = 3e6")]);
}

#[test]
fn values_of_another_type_are_refused() {
    check("trial = false", "trial = \"no\"", &[("WRONG_TYPE", "trial = ")]);
    check("effective_to = 2026-07-31", "effective_to = \"2026-07-31\"", &[("WRONG_TYPE", "effective_to")]);
    check("effective_to = 2026-07-31", "effective_to = 2026-07-31T00:00:00", &[("WRONG_TYPE", "effective_to")]);
    check("loan.ip_share = { at_least = \"50 %\" }", "loan.ip_share = \"50 %\"", &[("WRONG_TYPE", "loan.ip_share")]);
    check("format = 1", "format = 2", &[("FORMAT_VERSION", "format")]);
    check("effective_to = 2026-07-31", "effective_to = 2022-11-30", &[("DATE_ORDER", "effective_to")]);
    check("id = \"shuozhou\"", "id = \"朔州\"", &[("ID_FORM", "id = \"朔州\"")]);
}

#[test]
fn shares_that_do_not_close_are_refused() {
    let found = check("bank = \"rest\" }", "bank = \"55 %\" }", &[("SHARES_SUM", "shares = {")]);
    assert_eq!(found.first().unwrap().found, "95 %");
    check("fund = \"40 %\", bank = \"rest\"", "fund = \"rest\", bank = \"rest\"", &[("SHARES_SUM", "shares = {")]);
    check("fund = \"40 %\", bank", "fund = \"140 %\", bank", &[("SHARES_SUM", "shares = {")]);
    check("fund = \"40 %\", bank = \"rest\"", "fund = \"40 %\"", &[("SHARES_SUM", "shares = {")]);
    check("fund = \"40 %\", bank", "fund = \"40 %\", insurer = \"1 %\", bank", &[("SHARES_PARTY", "shares = {")]);
}

#[test]
fn names_that_point_at_nothing_are_refused() {
    check("bearer = \"bank\"", "bearer = \"banks\"", &[("ID_UNKNOWN", "bearer = \"banks\"")]);
    check("when = { is = \"start_up\" }", "when = { is = \"young\" }", &[("ID_UNKNOWN", "is = \"young\"")]);
    check("rules = [\"base\"]", "rules = [\"bases\"]", &[("ID_UNKNOWN", "rules = [\"bases\"]")]);
    check("to = \"fund\"", "to = \"bank\"", &[("SHARES_PARTY", "to = \"bank\"")]);
    let twice = default_text().replace("id = \"overdue\"", "id = \"ip_share\"");
    let told: Vec<(&str, usize)> = faults(&twice).iter().map(|fault| (fault.code.code(), fault.line)).collect();
    assert_eq!(told, [("ID_TWICE", line_of(&default_text(), "id = \"overdue\""))]);
}

#[test]
fn a_definition_that_nothing_uses_is_refused() {
    check("when = { is = \"start_up\" }", "when = { is = \"first_loan\" }", &[("UNUSED", "[define.start_up]")]);
}

#[test]
fn a_clause_that_is_never_reached_is_refused() {
    let second = "[[sharing.rule]]\nid = \"second\"\nbearer = \"bank\"\nshares = { fund = \"1 %\", bank = \"rest\" }\n\n[[sharing.bonus]]";
    let text = default_text().replacen("[[sharing.bonus]]", second, 1);
    let told: Vec<(&str, usize)> = faults(&text).iter().map(|fault| (fault.code.code(), fault.line)).collect();
    assert_eq!(told, [("UNREACHED", line_of(&text, "id = \"second\"") - 1)]);
}

#[test]
fn money_counted_twice_is_refused() {
    let text = default_text()
        .replace(
            "[[party]]\nid = \"fund\"",
            "[[party]]\nid = \"insurer\"\nkind = \"insurer\"\n\n[[party]]\nid = \"fund\"",
        )
        .replace("fund = \"40 %\", bank", "fund = \"40 %\", insurer = \"10 %\", bank");
    let found = faults(&text);
    assert_eq!(found.iter().map(|fault| fault.code.code()).collect::<Vec<_>>(), ["TWICE"]);
    let fine = text.replace("insurer = \"10 %\"", "insurer = \"0 %\"");
    assert_eq!(faults(&fine), Vec::new());
}

#[test]
fn money_taken_off_in_other_cases_than_those_shared_is_not_counted_twice() {
    let text = default_text()
        .replace(
            "[[party]]\nid = \"fund\"",
            "[[party]]\nid = \"insurer\"\nkind = \"insurer\"\n\n[[party]]\nid = \"fund\"",
        )
        .replace("fund = \"40 %\", bank", "fund = \"40 %\", insurer = \"10 %\", bank")
        .replace("bearer = \"bank\"", "bearer = \"bank\"\nwhen = { loan.route = \"insured\" }");
    let with = |when: &str| text.replace("id = \"ip_principal\"", &format!("id = \"ip_principal\"\nwhen = {when}"));
    assert_eq!(faults(&with("{ loan.route = [\"direct\", \"guaranteed\"] }")), Vec::new());
    assert_eq!(faults(&with("{ loan.route = { not_in = \"insured\" } }")), Vec::new());
    for when in [
        "{ loan.route = [\"direct\", \"insured\"] }",
        "{ loan.pledge_mode = \"pure\" }",
        "{ not = { loan.route = \"direct\" } }",
    ] {
        let codes: Vec<&str> = faults(&with(when)).iter().map(|fault| fault.code.code()).collect();
        assert_eq!(codes, ["TWICE"], "{when}");
    }
    let claims = text.replace("bearer = \"bank\"", "bearer = \"insurer\"");
    assert_eq!(faults(&claims), Vec::new(), "who claims may share what it paid");
}

#[test]
fn a_fund_that_shares_says_what_the_loss_is_and_when_it_pays() {
    let (kept, timing) = default_text().split_once("# 一次付清").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(timing.contains("[timing]"));
    let text = kept.replace("timing = { state = \"stated\"", "timing = { state = \"none\"");
    let told: Vec<(&str, usize)> = faults(&text).iter().map(|fault| (fault.code.code(), fault.line)).collect();
    assert_eq!(told, [("GROUP_CONTRADICTS", line_of(&text, "timing = {"))]);
    let unknown = text.replace("timing = { state = \"none\"", "timing = { state = \"unknown\"");
    assert_eq!(faults(&unknown), Vec::new());
}

#[test]
fn there_is_exactly_one_fund() {
    check("kind = \"fund\"", "kind = \"outside\"", &[("ONE_FUND", "[[party]]")]);
    check("kind = \"bank\"", "kind = \"fund\"", &[("ONE_FUND", "[[party]]")]);
}

#[test]
fn a_liability_without_its_limit_is_refused() {
    let cut = "\n[[cap]]\nid = \"fund_balance\"\nname_zh = \"可用资金\"\nname_en = \"available money\"\narticle = \"第十九条\"\nbasis = \"proposal\"\nkind = \"fund_balance\"\n";
    check(cut, "", &[("LIABILITY_CAP", "liability = ")]);
}

#[test]
fn a_changing_fact_needs_the_day_on_which_it_is_read() {
    let with_size = "require = { borrower.size = [\"micro\", \"small\"], loan.ip_share = {";
    let text = default_text().replace("require = { loan.ip_share = {", with_size);
    assert_eq!(faults(&text).iter().map(|fault| fault.code.code()).collect::<Vec<_>>(), ["READING_MISSING"]);
    let other = text.replace("[sources]", "[reading]\n\n[sources]");
    assert_eq!(faults(&other).iter().map(|fault| fault.code.code()).collect::<Vec<_>>(), ["READING_MISSING"]);
    let read = text.replace("[sources]", "[reading]\nborrower.size = { on = \"loan.disbursed_on\" }\n\n[sources]");
    assert_eq!(faults(&read), Vec::new());
}

#[test]
fn empty_conditions_are_refused() {
    check("when = { borrower.first_loan = true }", "when = {}", &[("EMPTY", "when = {}")]);
    check("ip.some = { valid_on = \"claim.filed_on\" }", "ip.some = {}", &[("EMPTY", "ip.some = {}")]);
    check("when = { is = \"start_up\" }", "when = { any = [] }", &[("EMPTY", "any = []")]);
}

#[test]
fn sections_the_cover_sheet_does_not_announce_are_refused() {
    for (section, group) in [
        ("[portfolio]", "portfolio ="),
        ("[[breaker]]", "breakers ="),
        ("[[level]]", "levels ="),
        ("[[subsidy]]", "subsidies ="),
    ] {
        let text = default_text().replacen("[timing]", &format!("{section}\n\n[timing]"), 1);
        let found = faults(&text);
        let contradicts: Vec<usize> =
            found.iter().filter(|fault| fault.code.code() == "GROUP_CONTRADICTS").map(|fault| fault.line).collect();
        assert_eq!(contradicts, [line_of(&text, group)], "{section}");
        assert!(found.iter().any(|fault| fault.code.code() == "KEY_MISSING"), "{section}");
    }
}

#[test]
fn a_value_that_must_be_stated_cannot_be_left_open() {
    for (from, to) in [
        ("trial = false", "trial = \"unknown\""),
        ("calendar = \"mainland\"", "calendar = \"unknown\""),
        ("kind = \"bank\"", "kind = \"unknown\""),
        ("kind = \"per_loan\"", "kind = \"unknown\""),
        ("id = \"overdue\"", "id = \"unknown\""),
        ("title_en = \"Shuozhou", "title_en = \"unknown\" # \""),
    ] {
        let needle = if to.starts_with("title") { "title_en = \"unknown\"" } else { to };
        check(from, to, &[("VALUE_NEEDED", needle)]);
    }
}

#[test]
fn a_value_the_measure_does_not_state_may_be_left_open() {
    for (from, to) in [
        ("governs = \"loan.disbursed_on\"", "governs = \"unknown\""),
        ("effective_to = 2026-07-31", "effective_to = \"unknown\""),
        ("limit = \"300 万元\"", "limit = \"unknown\""),
        ("components = [\"principal\"]", "components = \"unknown\""),
        ("read_on = \"claim.filed_on\"", "read_on = \"unknown\""),
        ("mode = \"final\"", "mode = \"unknown\""),
        ("bearer = \"bank\"", "bearer = \"unknown\""),
        ("shares = { fund = \"40 %\", bank = \"rest\" }", "shares = \"unknown\""),
        ("require = { loan.ip_share = { at_least = \"50 %\" } }", "require = \"unknown\""),
        ("loan.ip_share = { at_least = \"50 %\" }", "loan.ip_share = { at_least = \"unknown\" }"),
        ("otherwise = \"reject\"", "otherwise = \"unknown\""),
        ("points = \"5 pp\"", "points = \"unknown\""),
        ("rate = \"50 %\"", "rate = \"unknown\""),
    ] {
        check(from, to, &[]);
    }
}

#[test]
fn all_faults_of_a_file_are_told_at_once_in_the_order_of_its_lines() {
    let text = default_text()
        .replace("trial = false", "trial = 0")
        .replace("rate = \"50 %\"", "rate = \"50\"")
        .replace("portfolio = \"none\"\n", "");
    let codes: Vec<&str> = faults(&text).iter().map(|fault| fault.code.code()).collect();
    assert_eq!(codes, ["WRONG_TYPE", "GROUP_MISSING", "RATE_UNIT"]);
}

#[test]
fn a_fault_is_told_in_chinese_and_english_with_file_line_and_column() {
    let text = default_text().replacen("limit = \"300 万元\"", "limit = 5000000", 1);
    let line = line_of(&text, "limit = 5000000");
    let told: Vec<String> = faults(&text).iter().map(ToString::to_string).collect();
    let wanted = format!(
        "x.toml:{line}:9 MONEY_UNIT        cap[1].limit：金额须写单位且为整分，例如 \"500 万元\"；现为 5000000 / cap[1].limit: money needs its unit and whole fen, for example \"500 万元\"; found 5000000"
    );
    assert_eq!(told, [wanted]);
}
