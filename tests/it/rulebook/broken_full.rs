//! Broken files of every section: one replacement in a file with every key makes exactly one fault, with its code,
//! its line, and in both languages the key and what would be right.

use pledgefund::rulebook::{Fault, parse};

const FULL: &str = include_str!("../../data/rulebooks/full.toml");

/// Replaces `from` by `to`: there must be one fault with this code on the line of `needle`, naming `right`.
#[track_caller]
fn check(from: &str, to: &str, (code, needle): (&str, &str), right: &str) -> Fault {
    assert_eq!(FULL.matches(from).count(), 1, "{from}");
    let broken = FULL.replace(from, to);
    let line = broken.find(needle).map(|at| 1 + broken[..at].matches('\n').count()).expect("the broken line");
    let found = parse("x.toml", &broken).err().unwrap_or_default();
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    let told: Vec<(&str, usize)> = found.iter().map(|fault| (fault.code.code(), fault.line)).collect();
    assert_eq!(told, [(code, line)], "{shown:#?}");
    let (text, fault) = (shown.first().unwrap(), found.first().unwrap().clone());
    assert!(text.starts_with(&format!("x.toml:{line}:{} {code}", fault.column)), "{text}");
    let (zh, en) = text.split_once(" / ").expect("both languages");
    for half in [zh, en] {
        assert!(
            half.contains(fault.key.as_str()) && half.contains(right),
            "{half} should say {} and {right}",
            fault.key
        );
    }
    fault
}

#[test]
fn head_and_cover_sheet() {
    check("trial = false", "trial = \"unknown\"", ("VALUE_NEEDED", "trial ="), "true, false");
    check(
        "governs = \"loan.disbursed_on\"",
        "governs = \"loan.matures_on\"",
        ("UNKNOWN_WORD", "governs ="),
        "claim.filed_on",
    );
    check("retest = [\"pledge\", ", "retest = [\"caps\", ", ("UNKNOWN_WORD", "retest ="), "borrower");
    check("replaces = \"full@1\"", "replaces = \"full\"", ("ID_FORM", "replaces ="), "id@version");
    check("duties = \"stated\"", "duties = \"none\"", ("GROUP_CONTRADICTS", "duties ="), "stated, partly");
    check("subsidies = \"stated\"", "subsidies = \"unknown\"", ("GROUP_CONTRADICTS", "subsidies ="), "stated, partly");
    check("portfolio = \"stated\"\n", "", ("GROUP_MISSING", "[groups]"), "stated, partly, unknown, none");
}

#[test]
fn tags_definitions_and_readings() {
    check("on = \"loan\"\n", "on = \"loans\"\n", ("UNKNOWN_WORD", "on = \"loans\""), "loan, borrower");
    check("read_on = \"level.province.recognised_on\"\n", "", ("KEY_MISSING", "[tags.listed]"), "tags.listed.read_on");
    check(
        "on = \"loan\"\n",
        "on = \"loan\"\nread_on = \"unknown\"\n",
        ("KEY_UNFIT", "read_on = \"unknown\""),
        "borrower",
    );
    check(
        "level.province.recognised_on\"\nevidence",
        "level.city.recognised_on\"\nevidence",
        ("ID_UNKNOWN", "level.city"),
        "province",
    );
    check("loan.tags = \"green\", ", "", ("UNUSED", "[tags.green]"), "loan.tags = \"green\"");
    check("loan.tags = \"green\"", "loan.tags = [\"green\", \"greeen\"]", ("UNKNOWN_TAG", "greeen"), "green");
    check("when = { is = \"young\" }", "when = { is = \"yuong\" }", ("ID_UNKNOWN", "is = \"yuong\""), "young");
    check("when = { is = \"young\" }", "when = { borrower.first_loan = true }", ("UNUSED", "[define.young]"), "young");
    check(
        "borrower.employees = { on = \"loan.disbursed_on\" }\n",
        "",
        ("READING_MISSING", "[reading]"),
        "borrower.employees = { on",
    );
    check("loan.lpr_1y = { on = \"loan.disbursed_on\" }\n", "", ("READING_MISSING", "[reading]"), "loan.lpr_1y");
    check(
        "bank.business_year = { on = \"claim.filed_on\" }\n",
        "",
        ("READING_MISSING", "[reading]"),
        "bank.business_year",
    );
    let region = ", means_any = [\"registered\", \"operating\"], means_all = [\"taxed\"]";
    check(region, "", ("READING_MISSING", "borrower.region = { on"), "[\"registered\"]");
    check(
        "bank.business_year = { on",
        "bank.busines_year = { on = \"unknown\" }\nbank.business_year = { on",
        ("UNKNOWN_FACT", "bank.busines_year"),
        "bank.business_year",
    );
    check(
        "borrower.revenue = { on = \"unknown\" }",
        "borrower.revenue = { on = \"unknown\", means_all = [\"taxed\"] }",
        ("KEY_UNFIT", "borrower.revenue = { on"),
        "borrower.region",
    );
}

#[test]
fn the_money_and_the_parties() {
    check(
        "match = { province = \"50 %\", city = \"rest\" }",
        "match = { province = \"50 %\", city = \"40 %\" }",
        ("SHARES_SUM", "match ="),
        "100 %",
    );
    check("of = \"fund.total\" }", "of = \"fund.balance\" }", ("UNKNOWN_WORD", "floor ="), "fund.total");
    check("alarm = \"8 倍\"", "alarm = \"8\"", ("MULTIPLE_UNIT", "multiple ="), "10 倍");
    check("amount = \"600 万元\"", "amount = \"500 万元\"", ("INSTALMENTS", "paid_in ="), "10000000.00 元");
    check("\"1,000 万元\"", "\"10,00 万元\"", ("MONEY_UNIT", "10,00"), "500 万元");
    check("\"1,000 万元\"", "\"0.0000001 万元\"", ("MONEY_UNIT", "0.0000001"), "500 万元");
    check("within = \"3 年\"", "within = \"三年\"", ("SPAN_UNIT", "within ="), "15 工作日");
    check("insurer_b = \"40 %\" }", "insurer_c = \"40 %\" }", ("SHARES_PARTY", "insurer_c"), "insurer_a, insurer_b");
    check("insurer_b = \"40 %\" }", "insurer_b = \"30 %\" }", ("SHARES_SUM", "inner ="), "100 %");
    check(
        "id = \"province\"\nkind = \"level\"",
        "id = \"province\"\nkind = \"fund\"",
        ("ONE_FUND", "[[party]]"),
        "kind = \"fund\"",
    );
    check("party = \"province\"", "party = \"provinces\"", ("ID_UNKNOWN", "party = \"provinces\""), "province");
    check("name_en = \"partner bank\"\n", "", ("KEY_MISSING", "[[party]]"), "party[1].name_en");
}

#[test]
fn conditions() {
    check(
        "borrower.size = { up_to = \"medium\" }",
        "borrower.size = { up_to = \"owner\" }",
        ("UNKNOWN_WORD", "owner"),
        "medium",
    );
    check("starts = [\"1406\"]", "starts = [\"1406a\"]", ("ID_FORM", "1406a"), "1406");
    check(
        "borrower.employees = { at_least = 3",
        "borrower.employees = { at_least = \"3\"",
        ("WRONG_TYPE", "at_least = \"3\""),
        "1",
    );
    check(
        "of = \"loan.principal\", times = \"3 倍\"",
        "of = \"loan.lpr_1y\", times = \"3 倍\"",
        ("WRONG_TYPE", "times = \"3 倍\""),
        "loan.principal",
    );
    check(
        "of = \"loan.principal\", times = \"3 倍\"",
        "of = \"loan.principle\", times = \"3 倍\"",
        ("UNKNOWN_FACT", "principle"),
        "loan.principal",
    );
    check("loan.claimant = \"bank\"", "loan.claimant = \"banks\"", ("UNKNOWN_WORD", "claimant"), "bank, guarantor");
    check("loan.purpose = [", "loan.purposes = [", ("UNKNOWN_FACT", "loan.purposes"), "loan.purpose");
    check("level.province.paid =", "level.province.payed =", ("UNKNOWN_KEY", "payed"), "paid");
    check(
        "{ level.province.recognised = true",
        "{ level.city.recognised = true",
        ("ID_UNKNOWN", "level.city.recognised = true"),
        "province",
    );
    check("[\"declaration\"]", "[\"declarations\"]", ("UNKNOWN_WORD", "declarations"), "declaration");
    check(
        "within = \"15 工作日\", of = \"level.province.recognised_on\"",
        "within = \"15 工作日\"",
        ("KEY_MISSING", "within = \"15 工作日\""),
        "of",
    );
    check("plus = \"150 bp\"", "plus = \"150\"", ("POINTS_UNIT", "plus = \"150\""), "150 bp");
    check(
        "claim.npl_age = { at_least = \"3 个月\" }",
        "claim.npl_age = { at_least = \"90 天\" }",
        ("SPAN_UNIT", "npl_age"),
        "60 个月",
    );
    check(
        "kind = { not_in = \"trade_secret\" }",
        "kind = { not_in = \"secret\" }",
        ("UNKNOWN_WORD", "\"secret\""),
        "trade_secret",
    );
    check(
        "require = { level.",
        "require = { bank.npl_ratoi = { over = \"1 %\" }, level.",
        ("UNKNOWN_FACT", "npl_ratoi"),
        "bank.npl_ratio",
    );
}

#[test]
fn tests_papers_and_voids() {
    check("group = \"levels\"", "group = \"caps\"", ("UNKNOWN_WORD", "group = \"caps\""), "trigger");
    check("code = \"FILED_LATE\"", "code = \"NO_RULE\"", ("UNKNOWN_WORD", "NO_RULE"), "FILED_LATE");
    check("id = \"loan_contract\"", "id = \"contract\"", ("UNKNOWN_WORD", "id = \"contract\""), "any_of");
    check("gate = \"approve\"", "gate = \"pay\"", ("UNKNOWN_WORD", "gate ="), "compute, approve");
    check("text_en = \"fraud\"\n", "", ("KEY_MISSING", "[[void]]"), "void[1].text_en");
    check(
        "text_zh = \"骗取资金\"\n",
        "when = { bank.suspended = true }\ntext_zh = \"骗取资金\"\n",
        ("ONE_OF", "text_zh ="),
        "when",
    );
    check("effect = [\"reject\", \"refund\"]", "effect = [\"refuse\"]", ("UNKNOWN_WORD", "refuse"), "reject");
}

#[test]
fn the_loss() {
    check(
        "interest = { kinds = [\"contract\", \"penalty\"], until = \"claim.npl_since\" }\n",
        "",
        ("KEY_MISSING", "[[loss]]"),
        "loss[1].interest",
    );
    check(
        "components = [\"principal\", \"interest\", \"costs\"]",
        "components = [\"principal\"]",
        ("KEY_UNFIT", "interest = { kinds"),
        "components",
    );
    check(
        "deduct_whole = [\"ip_disposal\"]",
        "deduct_whole = [\"insurer\"]",
        ("UNKNOWN_WORD", "deduct_whole ="),
        "collateral, ip_disposal",
    );
    check(
        "read_on = \"claim.filed_on\"",
        "read_on = \"loan.disbursed_on\"",
        ("UNKNOWN_WORD", "read_on = \"loan.disbursed_on\""),
        "claim.filed_on",
    );
    check("at = \"eligible\"", "at = \"before\"", ("UNKNOWN_WORD", "at = \"before\""), "eligible, loss");
    check("times = \"80 %\"", "times = \"80\"", ("RATE_UNIT", "times = \"80\""), "40 %");
    check(
        "deduct = [\"collateral\", \"ip_disposal\"]",
        "deduct = [\"collateral\", \"collateral\", \"ip_disposal\"]",
        ("ID_TWICE", "deduct = "),
        "collateral",
    );
}

#[test]
fn sharing_and_bands() {
    check("below = \"1000 万元\"", "below = \"500 万元\"", ("BAND_ORDER", "below = \"500"), "5000000.00 元");
    check(
        "{ up_to = \"500 万元\", ",
        "{ ",
        ("ONE_OF", "{ shares = { fund = \"40 %\", bank = \"rest\" } }"),
        "up_to, below",
    );
    check(
        "{ up_to = \"500 万元\", ",
        "{ up_to = \"unknown\", ",
        ("VALUE_NEEDED", "{ up_to = \"unknown\", shares"),
        "500 万元",
    );
    check("spread = \"bottom_up\"\n", "", ("KEY_MISSING", "[sharing.rule.bands]"), "spread");
    check("above = \"reject\"\n", "", ("KEY_MISSING", "[sharing.rule.bands]"), "above");
    check(
        "measure = \"borrower.scheme_balance\"",
        "measure = \"borrower.size\"",
        ("WRONG_TYPE", "measure ="),
        "loan.principal",
    );
    check("insurers = \"10 %\"", "insurer = \"10 %\"", ("SHARES_PARTY", "insurer = \"10 %\""), "insurers");
    check(
        "fund = \"30 %\", province = \"10 %\", bank = \"rest\"",
        "fund = \"30 %\", province = \"10 %\"",
        ("SHARES_SUM", "{ below = \"1000"),
        "100 %",
    );
    check("\"10 %\", guarantor = \"rest\"", "\"10.00001 %\", guarantor = \"rest\"", ("RATE_UNIT", "10.00001"), "40 %");
    check("points = \"5 pp\"", "points = \"5\"", ("POINTS_UNIT", "points = \"5\""), "5 pp");
    check("to = \"fund\"\nonce", "to = \"bank\"\nonce", ("SHARES_PARTY", "to = \"bank\""), "fund");
    check("party = \"fund\"\nrate = \"50 %\"", "party = \"fund\"\nrate = \"150 %\"", ("RATE_UNIT", "150 %"), "100 %");
}

#[test]
fn limits_and_breakers() {
    check("mode = \"guaranteed\"\n", "", ("KEY_MISSING", "[[cap]]\nid = \"mode\""), "mode");
    check(
        "kind = \"rate\"\n",
        "kind = \"rate\"\nused = \"fund.total\"\n",
        ("KEY_UNFIT", "used = \"fund.total\""),
        "kind = room",
    );
    check(
        "kind = \"fund_total\"",
        "kind = \"fund_total\"\nlimit = \"1 元\"",
        ("KEY_UNFIT", "limit = \"1 元\""),
        "per_loan",
    );
    check("limit = \"45 %\"", "limit = \"45 万元\"", ("RATE_UNIT", "45 万元"), "40 %");
    check("counts = [\"levels\", ", "counts = [\"level\", ", ("UNKNOWN_WORD", "counts ="), "levels, other_policy");
    check("limit = \"2000 万元\"", "limit = \"2000 万元\"\nsteps = []", ("ONE_OF", "steps = []"), "limit, steps");
    check(
        "  { limit = \"500 万元\" },\n",
        "  { limit = \"500 万元\" },\n  { limit = \"400 万元\" },\n",
        ("UNREACHED", "{ limit = \"400 万元"),
        "when",
    );
    check("used = \"bank.paid_this_year\"", "used = \"bank.npl_ratio\"", ("WRONG_TYPE", "used ="), "loan.principal");
    check(
        "kind = \"fund_balance\"",
        "kind = \"rate\"\nlimit = \"1 %\"",
        ("LIABILITY_CAP", "liability ="),
        "kind = \"fund_balance\"",
    );
    check(
        "value = \"guarantor.payment_ratio\"\n",
        "",
        ("ONE_OF", "[[breaker]]\nid = \"guarantor\"\nscope"),
        "ratio, value",
    );
}

#[test]
fn breakers_timing_and_portfolio() {
    check(
        "trips = { over = \"3 %\" }",
        "trips = { over = \"3 %\", below = \"9 %\" }",
        ("ONE_OF", "trips = { over = \"3 %\", below"),
        "at_least, over",
    );
    check("warns = { over = \"2 %\" }", "warns = { over = \"unknown\" }", ("VALUE_NEEDED", "warns ="), "over");
    check("\"stop_new_loans\", \"notice\"]", "\"stop_loans\"]", ("UNKNOWN_WORD", "stop_loans"), "stop_new_loans");
    check("override = \"two_persons\"", "override = \"one_person\"", ("UNKNOWN_WORD", "one_person"), "two_persons");
    check("advance = \"50 %\"\n", "", ("KEY_MISSING", "[timing]"), "timing.advance");
    check("advance = \"50 %\"", "advance = 0.5", ("FLOAT_REFUSED", "advance ="), "advance");
    check("held_in = \"escrow\"", "held_in = \"safe\"", ("UNKNOWN_WORD", "held_in ="), "bank, escrow");
    check("measured_on = \"12-31\"", "measured_on = \"12-32\"", ("WRONG_TYPE", "measured_on ="), "12-31");
    check("layer = { over = \"1 %\"", "layer = { over = \"4 %\"", ("BAND_ORDER", "layer ="), "> 4 %");
    check(
        "[\"bank.portfolio_npl\", \"bank.portfolio_balance\"]",
        "[\"bank.portfolio_npl\"]",
        ("WRONG_TYPE", "ratio = [\"bank.portfolio_npl\"]"),
        "[FACT, FACT]",
    );
    check("loss_in_layer = \"pro_rata\"", "loss_in_layer = \"middle\"", ("UNKNOWN_WORD", "middle"), "top, bottom");
}

#[test]
fn handling() {
    check(
        "timing = \"stated\"",
        "timing = \"unknown\"",
        ("GROUP_CONTRADICTS", "timing = \"unknown\""),
        "stated, partly",
    );
    check("accept_within = \"3 工作日\"", "accept_within = \"3\"", ("SPAN_UNIT", "accept_within ="), "15 工作日");
    check("review_within = \"11 工作日\"", "review_within = 11", ("SPAN_UNIT", "review_within ="), "15 工作日");
    check("publicity = \"8 天\"", "publicty = \"8 天\"", ("UNKNOWN_KEY", "publicty ="), "publicity");
    check("pay_within = \"12 工作日\"", "pay_within = 1.5", ("FLOAT_REFUSED", "pay_within ="), "pay_within");
    check("inspection_over = \"120 万元\"", "inspection_over = 120", ("MONEY_UNIT", "inspection_over ="), "500 万元");
    check(
        "early_default_within = \"6 个月\"",
        "early_default_within = \"6 工作日\"",
        ("SPAN_UNIT", "early_default_within ="),
        "12 个月",
    );
    check("countersign = true", "countersign = \"yes\"", ("WRONG_TYPE", "countersign ="), "true, false");
    check(
        "articles = { amend_within",
        "articles = { amend_withn",
        ("UNKNOWN_KEY", "articles = { amend_withn"),
        "amend_within",
    );
    check("amend_within = \"16 工作日\"\n", "", ("UNKNOWN_KEY", "articles ="), "amend_within");
}

#[test]
fn levels_of_approval() {
    check("up_to = \"110 万元\"", "up_to = \"550,000 元\"", ("BAND_ORDER", "up_to = \"550,000"), "> 550000.00 元");
    check(
        "up_to = \"55 万元\"",
        "up_to = \"110 万元\"",
        ("BAND_ORDER", "up_to = \"110 万元\"\n[[handling.level]]\nid = \"joint"),
        "> 1100000.00 元",
    );
    check(
        "up_to = \"110 万元\"\n",
        "",
        ("KEY_MISSING", "[[handling.level]]\nid = \"head\""),
        "handling.level[2].up_to",
    );
    check(
        "meeting = true",
        "meeting = true\nup_to = \"1 亿元\"",
        ("LEVEL_TOP", "up_to = \"1 亿元\""),
        "[[handling.level]]",
    );
    check(
        "meeting = true",
        "up_to = \"unknown\"\nmeeting = true",
        ("LEVEL_TOP", "up_to = \"unknown\"\nmeeting"),
        "[[handling.level]]",
    );
    check("meeting = true", "meeting = \"unknown\"", ("VALUE_NEEDED", "meeting ="), "true, false");
    check("id = \"head\"", "id = \"deputy\"", ("ID_TWICE", "id = \"deputy\"\nname_zh = \"主要"), "deputy");
    check("name_en = \"head\"\n", "", ("KEY_MISSING", "[[handling.level]]\nid = \"head\""), "name_en");
    check(
        "up_to = \"55 万元\"",
        "up_to = \"55 万\"\nminutes = true",
        ("UNKNOWN_KEY", "minutes ="),
        "handling.level[1]",
    );
}

/// A file whose `[handling]` is `body`, with the state of the cover sheet and with or without `[timing]`.
fn handled(body: &str, state: &str, timed: bool) -> Vec<(String, String)> {
    let (start, end) = (FULL.find("[handling]").unwrap(), FULL.find("[portfolio]").unwrap());
    let timing = FULL.find("[timing]").unwrap();
    let kept = &FULL[..if timed { start } else { timing }];
    let text = format!("{kept}[handling]\n{body}\n\n{}", &FULL[end..])
        .replace("timing = \"stated\"", &format!("timing = \"{state}\""));
    let found = parse("x.toml", &text).err().unwrap_or_default();
    found.into_iter().map(|fault| (fault.code.code().to_owned(), fault.expected)).collect()
}

#[test]
fn handling_alone_does_not_say_how_money_is_paid() {
    let body = "accept_within = \"unknown\"";
    assert_eq!(handled(body, "stated", true), []);
    assert_eq!(handled(body, "partly", false), []);
    for state in ["stated", "unknown"] {
        let told = [("GROUP_CONTRADICTS".to_owned(), "partly".to_owned())];
        assert_eq!(handled(body, state, false), told, "{state}");
    }
    assert_eq!(handled("", "stated", true).first().unwrap().0, "EMPTY");
    assert_eq!(handled("level = []", "stated", true).first().unwrap().0, "EMPTY");
    assert_eq!(handled("note_zh = \"注\"", "stated", true).first().unwrap().0, "EMPTY");
}

#[test]
fn a_level_left_open_stands_between_those_that_rise() {
    let level = |id: &str, limit: &str| {
        let limit = if limit.is_empty() { String::new() } else { format!("up_to = \"{limit}\"\n") };
        format!("[[handling.level]]\nid = \"{id}\"\nname_zh = \"甲\"\nname_en = \"a\"\n{limit}")
    };
    let levels = |limits: &[&str]| {
        let levels = limits.iter().enumerate().map(|(place, limit)| level(&format!("l{place}"), limit));
        handled(&levels.collect::<String>(), "stated", true)
    };
    assert_eq!(levels(&["50 万元", "unknown", "60 万元", ""]), []);
    assert_eq!(levels(&["unknown", ""]), []);
    assert_eq!(levels(&[""]), []);
    let found = levels(&["50 万元", "unknown", "50 万元", ""]);
    assert_eq!(found, [("BAND_ORDER".to_owned(), "> 500000.00 元".to_owned())]);
    assert_eq!(levels(&["50 万元"]).first().unwrap().0, "LEVEL_TOP");
    assert_eq!(levels(&["", ""]).first().unwrap().0, "KEY_MISSING");
}

#[test]
fn a_final_payment_has_no_keys_of_an_advance() {
    let broken = FULL.replace("mode = \"provisional\"", "mode = \"final\"");
    let found = parse("x.toml", &broken).err().unwrap_or_default();
    let told: Vec<(&str, &str)> = found.iter().map(|fault| (fault.code.code(), fault.key.as_str())).collect();
    let keys = ["timing.advance", "timing.advance_of", "timing.held_in", "timing.settle_on"];
    assert_eq!(told, keys.map(|key| ("KEY_UNFIT", key)));
}

#[test]
fn what_comes_after_the_payout() {
    check("at_least = \"10 倍\"", "at_least = \"10\"", ("WRONG_TYPE", "at_least = \"10\""), "5 工作日");
    check(
        "at_least = \"10 倍\"",
        "at_least = \"10 倍\"\nover = \"1 倍\"",
        ("ONE_OF", "over = \"1 倍\""),
        "at_least, over",
    );
    check(
        "kind = \"line_multiple\"",
        "kind = \"multiple\"",
        ("UNKNOWN_WORD", "kind = \"multiple\""),
        "volume_multiple",
    );
    check("costs = \"first\"", "costs = \"last\"", ("UNKNOWN_WORD", "costs ="), "first, none");
    check(
        "ratio = \"borne\"",
        "ratio = { fund = \"40 %\", bank = \"50 %\" }",
        ("SHARES_SUM", "ratio = { fund"),
        "100 %",
    );
    check("refills = [\"balance\", \"caps\"]", "refills = \"balance\"", ("WRONG_TYPE", "refills ="), "balance, caps");
    check("every = \"quarter\"", "every = \"week\"", ("UNKNOWN_WORD", "every = \"week\""), "month, quarter");
    check("cut_off = \"quarter_end\"\n", "", ("KEY_MISSING", "[[report]]"), "report[1].cut_off");
    check(
        "no_new_loans_after = \"none\"",
        "no_new_loans_after = \"never\"",
        ("WRONG_TYPE", "no_new_loans_after"),
        "2026-08-01",
    );
    check(
        "balance_to = \"by_source_share\"",
        "balance_to = \"state\"",
        ("UNKNOWN_WORD", "balance_to = \"state\""),
        "by_source_share",
    );
    check("run_off = \"12 个月\"", "run_of = \"12 个月\"", ("UNKNOWN_KEY", "run_of ="), "run_off");
}

#[test]
fn subsidies() {
    check(
        "rate = \"40 %\"\n",
        "rate = \"40 %\"\npoints = \"1 pp\"\n",
        ("ONE_OF", "points = \"1 pp\""),
        "rate, points, by_year",
    );
    check("by_year = [\"80 %\", \"unknown\", \"50 %\"]", "by_year = []", ("EMPTY", "by_year ="), "80 %");
    check(
        "over = [\"interest\", \"premium\"]",
        "over = [\"interest\", \"premiums\"]",
        ("ID_UNKNOWN", "over = ["),
        "premium",
    );
    check("base = \"premium_paid\"", "base = \"premium\"", ("UNKNOWN_WORD", "base = \"premium\""), "premium_paid");
    check("per_firm_life = \"100 万元\"", "per_firm_life = 1000000", ("MONEY_UNIT", "per_firm_life"), "500 万元");
    check(
        "[[subsidy]]\nid = \"points\"",
        "[[subsidy]]\nid = \"interest\"",
        ("ID_TWICE", "id = \"interest\"\nkind = \"interest\"\nbase = \"principal"),
        "interest",
    );
}

#[test]
fn every_fault_of_a_file_with_a_line_missing_or_a_value_left_open_has_its_line() {
    let lines: Vec<&str> = FULL.lines().collect();
    let mut refused = 0;
    for place in 0..lines.len() {
        let line = lines.get(place).copied().unwrap_or_default();
        let open = line.split_once(" = ").map(|(key, _)| format!("{key} = \"unknown\""));
        for changed in [Some(String::new()), open].into_iter().flatten() {
            let mut copy: Vec<&str> = lines.clone();
            if let Some(slot) = copy.get_mut(place) {
                *slot = &changed;
            }
            let found = parse("x.toml", &copy.join("\n")).err().unwrap_or_default();
            refused += usize::from(!found.is_empty());
            for fault in found {
                assert!((1..=lines.len()).contains(&fault.line) && fault.column > 0, "{changed}: {fault}");
            }
        }
    }
    assert!(refused > lines.len() / 2, "{refused}");
}
