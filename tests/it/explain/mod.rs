//! Rulebooks told as articles, compared clause by clause, and their words.

use std::process::Command;

use pledgefund::embedded::{self, Rulebooks};
use pledgefund::i18n::Lang;
use pledgefund::rulebook::diff::differences;
use pledgefund::rulebook::explain::{Article, explain};
use pledgefund::rulebook::parse;

fn told(text: &str, lang: Lang) -> Vec<Article> {
    explain(&parse("x.toml", text).unwrap().rulebook, lang)
}

fn text(file: &str) -> String {
    embedded::text::<Rulebooks>(&format!("{file}.toml")).unwrap()
}

#[track_caller]
fn check_says(articles: &[Article], article: &str, wanted: &str) {
    let found = articles.iter().any(|told| told.article == article && told.text.contains(wanted));
    assert!(found, "{wanted}\n{}", articles.iter().map(|a| format!("{} {}\n", a.article, a.text)).collect::<String>());
}

#[test]
fn the_default_measure_reads_as_its_articles() {
    let zh = told(&text("shuozhou-2"), Lang::Zh);
    check_says(&zh, "第十一条", "须符合：知识产权承担比例不低于 50 %；不符合的不予补偿（建议值，未经批准）");
    check_says(&zh, "第十二条", "年利率不超过 1年期LPR加 2.5 个百分点");
    check_says(
        &zh,
        "第十七条",
        "补偿基数为未偿本金的知识产权部分，扣除保险已赔付、担保已代偿、处置净额、知识产权处置净额（全额）",
    );
    check_says(&zh, "第十八条", "补偿资金分担 40 %、合作银行分担 60 %；被限额削减的部分由合作银行承担");
    check_says(&zh, "第十八条", "属于首贷客户的，补偿资金加 5 个百分点");
    check_says(&zh, "第十九条", "第 2 道：每笔不超过 300 万元");
    check_says(&zh, "第二十三条", "先扣费用；余额按实际承担比例分配；10 个工作日内交回");
    check_says(&zh, "第二十四条", "不低于 3 %的，停止新增备案，不低于 2 %的预警");
    check_says(&zh, "第一条", "支持首贷客户和初创企业");
    let en = told(&text("shuozhou-2"), Lang::En);
    check_says(
        &en,
        "第十一条",
        "must hold: share carried by IP is at least 50 %; otherwise it is refused (proposed, not approved)",
    );
    check_says(
        &en,
        "第十八条",
        "compensation fund bears 40 %, partner bank bears 60 %; what limits cut is borne by partner bank",
    );
    check_says(&en, "第十九条", "No. 2: at most 3,000,000.00 yuan a loan");
    assert_eq!(zh.len(), en.len());
}

#[test]
fn the_handling_of_an_application_reads_as_its_articles() {
    let zh = told(&text("shuozhou-2"), Lang::Zh);
    check_says(&zh, "第十四条", "备案确认期限：5 个工作日（建议值，未经批准）");
    check_says(&zh, "第十五条", "贷款和质押变更的报告期限：5 个工作日");
    check_says(&zh, "第二十条", "退回后银行补正的期限：15 个工作日");
    check_says(&zh, "第二十一条", "受理期限：3 个工作日");
    check_says(&zh, "第二十一条", "须现场核查或专家评审的补偿金额：超过 100 万元");
    check_says(&zh, "第二十一条", "审批权限：不超过 50 万元的，由分管负责人决定（建议值，未经批准）");
    check_says(&zh, "第二十一条", "审批权限：其余的，由联席会议决定，留存会议纪要（建议值，未经批准）");
    let en = told(&text("shuozhou-2"), Lang::En);
    check_says(&en, "第二十一条", "Time to pay: 10 working days (proposed, not approved)");
    check_says(&en, "第二十一条", "Approval, at most 1,000,000.00 yuan: the head decides (proposed, not approved)");
    let full = include_str!("../../data/rulebooks/full.toml");
    check_says(&told(full, Lang::Zh), "第二十一条", "异议和申诉期限：未规定");
    check_says(&told(full, Lang::Zh), "第二十一条", "下达拨付通知前须财政部门会签：是");
    check_says(&told(full, Lang::En), "第二十条", "Time for the bank to put a returned claim right: 16 working days");
    check_says(&told(full, Lang::En), "", "Approval, at most 550,000.00 yuan: deputy head decides");
    let silent = told(&text("shuozhou-1"), Lang::Zh);
    assert!(silent.iter().all(|article| article.clause != "handling" || article.group.is_none()));
}

#[test]
fn changes_of_the_handling_are_told_with_their_article() {
    let first = text("shuozhou-2");
    let second = first
        .replace("amend_within = \"15 工作日\"", "amend_within = \"10 个工作日\"")
        .replace("accept_within = \"3 工作日\"", "accept_within = \"3 个工作日\"")
        .replace("up_to = \"50 万元\"", "up_to = \"60 万元\"");
    let found = differences(&first, &second);
    let told: Vec<(&str, &str, Option<&str>)> =
        found.iter().map(|one| (one.path.as_str(), &*one.article_after, one.after.as_deref())).collect();
    let wanted = [
        ("handling.amend_within", "第二十条", Some("10 工作日")),
        ("handling.level[deputy].up_to", "第二十一条", Some("600000.00 元")),
    ];
    assert_eq!(told, wanted, "another way of writing one time is no difference");
}

#[test]
fn bands_and_what_is_open_are_said() {
    let zh = told(&text("gz-2025"), Lang::Zh);
    check_says(&zh, "", "按贷款本金分档：不超过 500 万元的，市级补偿资金分担 40 %、银行分担 60 %");
    check_says(&zh, "", "分段方式：未规定");
    check_says(&zh, "", "例外处理：未规定");
    check_says(&zh, "", "全年不超过 15 亿元");
}

#[test]
fn every_file_is_told_whole_in_both_languages_without_a_gap() {
    let mut files: Vec<(String, String)> = embedded::texts::<Rulebooks>();
    let full = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/rulebooks/full.toml");
    files.push(("full.toml".to_owned(), std::fs::read_to_string(full).unwrap()));
    for (name, body) in files {
        for lang in Lang::ALL {
            let articles = told(&body, lang);
            assert_eq!(articles.iter().filter(|article| article.heading).count(), 18, "{name}");
            for article in articles {
                let words = article.text;
                assert!(
                    !words.contains('{') && !words.contains("explain.") && !words.contains("payout."),
                    "{name}: {words}"
                );
            }
        }
    }
}

#[test]
fn two_versions_differ_in_just_what_was_changed() {
    let first = text("shuozhou-1");
    let second = first
        .replace("fund = \"40 %\"", "fund = \"45 %\"")
        .replace("limit = \"300 万元\"", "limit = \"3,500,000.00 元\"")
        .replace("limit = \"500 万元\"", "limit = \"5,000,000.00 元\"");
    let found = differences(&first, &second);
    let lines: Vec<(&str, Option<&str>, Option<&str>)> =
        found.iter().map(|one| (one.path.as_str(), one.before.as_deref(), one.after.as_deref())).collect();
    assert_eq!(lines.len(), 2, "{lines:?}: another way of writing one amount is no difference");
    assert_eq!((lines[0].0, found[0].article_before.as_str()), ("cap[per_loan].limit", "第十九条"));
    assert_eq!(lines[1], ("sharing.rule[base].shares.fund", Some("40 %"), Some("45 %")));
    assert_eq!(differences(&first, &first), Vec::new());
}

#[test]
fn clauses_that_came_went_or_changed_their_place_are_told() {
    let first = text("shuozhou-1");
    let cap = |id: &str| {
        let start = first.find(&format!("[[cap]]\nid = \"{id}\"")).unwrap();
        let end = first[start + 2..].find("\n[").map_or(first.len(), |at| start + 2 + at + 1);
        first[start..end].to_owned()
    };
    let (one, two) = (cap("per_loan"), cap("per_borrower_life"));
    let turned = first.replace(&one, "@@").replace(&two, &one).replace("@@", &two);
    let moved: Vec<String> = differences(&first, &turned).into_iter().filter(|d| d.moved).map(|d| d.path).collect();
    assert_eq!(moved, ["cap[per_borrower_life]", "cap[per_loan]"]);
    let without = first.replace(&two, "");
    let gone = differences(&first, &without);
    assert!(gone.iter().any(|d| d.path == "cap[per_borrower_life].limit" && d.after.is_none()), "{gone:?}");
    let back = differences(&without, &first);
    assert!(back.iter().any(|d| d.path == "cap[per_borrower_life].limit" && d.before.is_none()));
}

fn run(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pledgefund"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_commands_tell_compare_and_list() {
    let (code, out) = run(&["rulebook", "explain", "rulebooks/shuozhou-1.toml"]);
    assert!(code == 0 && out.contains("【分担比例】已规定") && out.contains("[sharing] stated"), "{out}");
    assert_eq!(run(&["rulebook", "diff", "rulebooks/shuozhou-1.toml", "rulebooks/shuozhou-1.toml"]).0, 0);
    let (code, out) = run(&["rulebook", "diff", "rulebooks/shuozhou-1.toml", "rulebooks/shuozhou-2.toml"]);
    assert!(code == 1 && out.contains("rulebook.effective_from"), "{out}");
    let (code, out) = run(&["--json", "rulebook", "vocabulary"]);
    let words: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(code == 0 && words["cap_kinds"].as_array().unwrap().len() == 12);
}

/// The reference speaks of every key, fact and word.
#[test]
fn the_reference_mentions_every_key_fact_and_code() {
    let reference = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rulebook.md")).unwrap();
    let full = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/rulebooks/full.toml")).unwrap();
    let mut words: Vec<String> = Vec::new();
    keys(&full.parse::<toml::Table>().unwrap(), &mut words);
    let (_, out) = run(&["--json", "rulebook", "vocabulary"]);
    let lists: serde_json::Value = serde_json::from_str(&out).unwrap();
    for list in lists.as_object().unwrap().values() {
        words.extend(list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()));
    }
    let missing: Vec<&String> = words.iter().filter(|word| !reference.contains(word.as_str())).collect();
    assert!(missing.is_empty(), "docs/rulebook.md says nothing of {missing:?}");
}

/// Keys of the grammar: those of tables that a person names are not among them.
fn keys(table: &toml::Table, into: &mut Vec<String>) {
    for (key, value) in table {
        into.push(key.clone());
        let named = ["tags", "define", "shares", "inner", "match"].contains(&key.as_str());
        match value {
            toml::Value::Table(inner) if named => {
                for value in inner.values().filter_map(toml::Value::as_table) {
                    keys(value, into);
                }
            }
            toml::Value::Table(inner) => keys(inner, into),
            toml::Value::Array(items) => {
                items.iter().filter_map(toml::Value::as_table).for_each(|item| keys(item, into))
            }
            _ => (),
        }
    }
}
