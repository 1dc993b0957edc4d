//! New loans beside the register: firms, rights, units, ages, sizes, and what refused codes may have meant.

use pledgefund::app::App;
use pledgefund::rulebook;
use pledgefund::storage::chain::Chain;
use pledgefund::storage::facts::{Change, unstamped};
use pledgefund::storage::rows::parties::RulebookRow;
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::import::{Unwatched, import};
use pledgefund::usecase::{UseCaseError, coverage, measures};

use super::{FIRMS, call, codes, loan, loans, of, said, take};
use crate::support::product::on_both;

const DAY: &str = "2025-07-01";

fn with(
    first: &[(&'static str, &'static str)],
    more: &[(&'static str, &'static str)],
) -> Vec<(&'static str, &'static str)> {
    [more, first].concat()
}

fn notes(app: &App, bank: &str, rows: &[String]) -> Vec<(u32, &'static str, String)> {
    let outcomes = take(app, &[loans(bank, rows)]);
    assert_eq!(outcomes[0].rejected, []);
    said(&outcomes[0].notes)
}

#[test]
fn a_firm_known_under_another_name_is_noted_once_and_a_bank_never_named() {
    on_both(|installation| {
        let app = installation.app(DAY);
        assert_eq!(notes(&app, "SGH", &[loan("A-1", &[])]), []);
        let renamed = [("借款人名称", "甲陶瓷股份有限公司")];
        let found = notes(&app, "YMK", &[loan("B-1", &renamed), loan("B-2", &renamed), loan("B-3", &of(1))]);
        let reason = "该信用代码已备案的企业名称为甲陶瓷有限公司，本行填报为甲陶瓷股份有限公司；企业更名的请附变更证明，否则请核对名称和代码";
        assert_eq!(found, [(2, "FIRM_RENAMED", reason.to_owned())]);
        // Both names are on the register now: neither is news.
        assert_eq!(notes(&app, "SGH", &[loan("A-2", &renamed),]), []);
    });
}

#[test]
fn a_name_that_differs_within_the_file_is_warned_of_and_not_noted_too() {
    on_both(|installation| {
        let app = installation.app(DAY);
        notes(&app, "SGH", &[loan("A-1", &[])]);
        let rows = [loan("B-1", &[]), loan("B-2", &[("借款人名称", "甲陶瓷股份有限公司")])];
        let outcomes = take(&app, &[loans("YMK", &rows)]);
        assert_eq!(codes(&outcomes[0].warnings), [(3, "NAME_DIFFERS")]);
        assert_eq!(codes(&outcomes[0].notes), []);
    });
}

#[test]
fn a_name_known_under_another_code_is_noted_from_register_and_file() {
    on_both(|installation| {
        let app = installation.app(DAY);
        notes(&app, "SGH", &[loan("A-1", &[])]);
        let other_code = [("统一社会信用代码", FIRMS[1].1)];
        let found = notes(&app, "YMK", &[loan("B-1", &other_code)]);
        let reason = "同名企业已备案的信用代码为91140602MA0HT3K731，本行填报为91140681MA0LB5X26D；请对照营业执照核对";
        assert_eq!(found, [(2, "FIRM_CODE_DIFFERS", reason.to_owned())]);
        let rows = [loan("B-2", &of(2)), loan("B-3", &[("借款人名称", FIRMS[2].0), ("统一社会信用代码", FIRMS[3].1)])];
        let reason = "第2行同名企业的信用代码为91140600757263187U，本行填报为92140621MA0KW4P933；请对照营业执照核对";
        assert_eq!(notes(&app, "YMK", &rows), [(3, "FIRM_CODE_DIFFERS", reason.to_owned())]);
    });
}

#[test]
fn a_right_pledged_for_another_outstanding_loan_is_noted_with_the_contract_only_at_its_own_bank() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let mark = [("知识产权编号", "51025515"), ("质押登记号", "Y1")];
        notes(&app, "SGH", &[loan("A-1", &mark)]);
        let other = with(&of(1), &[("知识产权编号", "51025515"), ("质押登记号", "Y2")]);
        let own = "商标51025515已为本行另一笔未结清贷款A-1出质；请核对编号，确为最高额质押的应填同一质押登记号";
        assert_eq!(notes(&app, "SGH", &[loan("A-2", &other)]), [(2, "RIGHT_PLEDGED", own.to_owned())]);
        let foreign = "商标51025515已为另一笔未结清贷款出质；请核对编号，并查询质押登记状态";
        assert_eq!(notes(&app, "YMK", &[loan("B-1", &other)]), [(2, "RIGHT_PLEDGED", foreign.to_owned())]);
    });
}

#[test]
fn one_pledge_for_several_loans_and_pledges_one_after_the_other_are_fine() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let mark = [("知识产权编号", "51025515"), ("质押登记号", "Y1")];
        assert_eq!(notes(&app, "SGH", &[loan("A-1", &mark), loan("A-2", &mark)]), []);
        assert_eq!(notes(&app, "SGH", &[loan("A-3", &mark)]), []);
        // Another kind with the same number is another right.
        let software = [("知识产权类型", "软件著作权"), ("知识产权编号", "51025515")];
        assert_eq!(notes(&app, "SGH", &[loan("A-4", &software)]), []);
        // Repaid before: the loan ran from 2026-01-03 on.
        let later =
            [("知识产权编号", "51025515"), ("质押登记号", "Y3"), ("放款日", "2026-01-03"), ("到期日", "2027-01-03")];
        let found = take(&app, &[loans("SGH", &[loan("A-5", &later)])]);
        assert_eq!(codes(&found[0].notes), [(2, "DATE_IN_FUTURE")]);
    });
}

#[test]
fn a_right_pledged_twice_within_a_file_or_a_call_is_noted_before_anything_is_stored() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let mark = [("知识产权编号", "51025515"), ("质押登记号", "Y1")];
        let other = with(&of(1), &[("知识产权编号", "51025515"), ("质押登记号", "Y2")]);
        let rows = [loan("A-1", &mark), loan("A-2", &other)];
        let files = [loans("SGH", &rows), loans("YMK", &[loan("B-1", &other)])];
        let dry = import(&app, &call(false, true), &files, &Unwatched).unwrap();
        let within = "商标51025515在本文件第2行已为另一笔贷款出质；请核对编号，确为最高额质押的应填同一质押登记号";
        assert_eq!(said(&dry[0].notes), [(3, "RIGHT_PLEDGED", within.to_owned())]);
        let foreign = "商标51025515已为另一笔未结清贷款出质；请核对编号，并查询质押登记状态";
        assert_eq!(said(&dry[1].notes), [(2, "RIGHT_PLEDGED", foreign.to_owned())]);
        assert_eq!(take(&app, &files), dry, "a dry run says the same");
    });
}

#[test]
fn what_a_file_of_several_batches_repeats_is_noted_by_row_though_its_first_batch_is_on_the_register() {
    on_both(|installation| {
        let app = installation.app(DAY);
        notes(&app, "SGH", &[loan("Z-1", &of(1))]);
        let mut rows: Vec<String> = (2..=1_200).map(|row| loan(&format!("A-{row}"), &[])).collect();
        let mark = [("知识产权编号", "51025515"), ("质押登记号", "Y1")];
        let other_mark = [("知识产权编号", "51025515"), ("质押登记号", "Y2")];
        rows[1] = loan("A-3", &mark);
        rows[1_100] = loan("A-1102", &other_mark);
        rows[1_101] = loan("A-1103", &[("统一社会信用代码", FIRMS[2].1)]);
        rows[1_102] = loan("A-1104", &[("贷款本金(元)", "200")]);
        let found = notes(&app, "SGH", &rows);
        let reasons = [
            (
                1_102,
                "RIGHT_PLEDGED",
                "商标51025515在本文件第3行已为另一笔贷款出质；请核对编号，确为最高额质押的应填同一质押登记号",
            ),
            (
                1_103,
                "FIRM_CODE_DIFFERS",
                "第2行同名企业的信用代码为91140602MA0HT3K731，本行填报为91140600757263187U；请对照营业执照核对",
            ),
            (
                1_104,
                "UNIT_SUSPECT",
                "金额200.00元，仅为本文件贷款中位数2000000.00元的10000分之一，疑似将万元按元填报；请核对单位",
            ),
        ];
        assert_eq!(found, reasons.map(|(row, code, reason)| (row, code, reason.to_owned())));
    });
}

#[test]
fn a_settled_loan_frees_its_rights() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let mark = [("知识产权编号", "51025515"), ("质押登记号", "Y1")];
        notes(&app, "SGH", &[loan("A-1", &mark)]);
        take(&app, &[super::month(&["A-1,20250731,0.00,0.00,0.00,,正常"])]);
        let other = with(&of(1), &[("知识产权编号", "51025515"), ("质押登记号", "Y2")]);
        assert_eq!(notes(&app, "YMK", &[loan("B-1", &other)]), []);
    });
}

#[test]
fn a_principal_in_another_unit_stands_out_among_the_banks_own_loans_only() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let rows: Vec<String> = (1..=8).map(|nth| loan(&format!("A-{nth}"), &[])).collect();
        notes(&app, "SGH", &rows);
        let slipped = [("贷款本金(元)", "20000000000")];
        let reason =
            "金额20000000000.00元，为本行已备案贷款中位数2000000.00元的10000倍，疑似将元按万元填报；请核对单位";
        assert_eq!(notes(&app, "SGH", &[loan("A-9", &slipped)]), [(2, "UNIT_SUSPECT", reason.to_owned())]);
        assert_eq!(notes(&app, "YMK", &[loan("B-1", &slipped)]), [], "no loans of this bank to compare with");
        // A file that shows the slip by itself says it once.
        let mut rows: Vec<String> = (10..18).map(|nth| loan(&format!("A-{nth}"), &[])).collect();
        rows.push(loan("A-18", &slipped));
        assert_eq!(notes(&app, "SGH", &rows).len(), 1);
    });
}

#[test]
fn a_declared_size_that_the_figures_contradict_is_noted_with_figures_and_limits() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let reason = "申报为微型企业，但从业44人、营业收入9129400.00元，按工业标准（工信部联企业〔2011〕300号）应为小型；该档下限为20人且300万元，请核对规模和数据";
        let found = notes(
            &app,
            "SGH",
            &[loan("A-1", &[("企业规模", "微型")]), loan("A-2", &[("企业规模", "微型"), ("行业", "文化旅游")])],
        );
        assert_eq!(found, [(2, "SIZE_DIFFERS", reason.to_owned())]);
    });
}

#[test]
fn dates_after_the_day_of_the_import_are_noted() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let changes = [("放款日", "2025-07-02")];
        let reason = "日期2025-07-02晚于业务日期2025-07-01；请核对是否填错年份";
        let found = notes(&app, "SGH", &[loan("A-1", &changes), loan("A-2", &[("放款日", "2025-07-01")])]);
        assert_eq!(found, [(2, "DATE_IN_FUTURE", reason.to_owned())]);
    });
}

/// Adds a measure that asks for two years of age and takes the place of the shipped one.
fn govern_by_age(app: &App) {
    let shipped = include_str!("../../../rulebooks/shuozhou-1.toml");
    let test = "[[test]]\nid = \"two_years\"\ngroup = \"borrower\"\narticle = \"第十条\"\nbasis = \"proposal\"\nrequire = { borrower.age = { at_least = \"24 个月\" } }\notherwise = \"reject\"\n";
    let none = "borrower = { state = \"none\", article = \"第十条\", note_zh = \"第 1 版不检验借款人条件\", note_en = \"version 1 has no borrower test\" }";
    let stated = "borrower = { state = \"stated\", article = \"第十条\", basis = \"proposal\" }";
    let body = format!("{}\n{test}", shipped.replace("id = \"shuozhou\"", "id = \"with_age\"").replace(none, stated));
    let hash = rulebook::parse("with_age", &body).map_err(|faults| format!("{faults:?}")).unwrap().hash_hex;
    let act = Act::new("tester", DAY.parse().unwrap());
    let done: Result<(), UseCaseError> = app.store.write(&Scope::fund("shuozhou"), &act, |tx| {
        measures::open_fund(tx, &app.config.fund)?;
        let (business_date, recorded_at, event_id) = unstamped();
        let row = RulebookRow {
            fund_id: "shuozhou".to_owned(),
            rulebook_id: "with_age".to_owned(),
            version: "1".to_owned(),
            hash: hash.clone(),
            body: body.clone(),
            business_date,
            recorded_at,
            event_id,
        };
        let chain = Chain::Fund { fund_id: "shuozhou".to_owned() };
        tx.record(Change::new(chain, "rulebook.added", "with_age").with(row))?;
        Ok(())
    });
    done.unwrap();
}

#[test]
fn a_firm_below_the_age_of_the_governing_measure_is_noted_and_one_of_that_age_is_not() {
    on_both(|installation| {
        let app = installation.app(DAY);
        govern_by_age(&app);
        let young = loan("A-1", &[("成立日期", "2023-01-03")]);
        let found = notes(&app, "SGH", &[young, loan("A-2", &[("成立日期", "2023-01-02")])]);
        let reason = "企业成立至放款满23个月，不足管理办法with_age@1（第十条）要求的24个月；请核对成立日期，确属不足的不能获得补偿";
        assert_eq!(found, [(2, "AGE_BELOW_MINIMUM", reason.to_owned())]);
    });
}

#[test]
fn a_start_up_is_one_until_the_day_it_is_sixty_months_old() {
    for (founded, start_up) in [("2020-01-01", false), ("2020-01-02", false), ("2020-01-03", true)] {
        assert_eq!(
            coverage::is_start_up(founded.parse().unwrap(), "2025-01-02".parse().unwrap()),
            start_up,
            "{founded}"
        );
    }
}

#[test]
fn a_refused_credit_code_names_the_code_that_the_firm_is_known_by() {
    on_both(|installation| {
        let app = installation.app(DAY);
        notes(&app, "SGH", &[loan("A-1", &[])]);
        let wrong = [("统一社会信用代码", "91140602MA0HT3K73A")];
        let refusal = |bank: &str, rows: &[String]| {
            let outcomes = import(&app, &call(false, true), &[loans(bank, rows)], &Unwatched).unwrap();
            outcomes[0].rejected.last().unwrap().reason(pledgefund::i18n::Lang::Zh)
        };
        let base = "统一社会信用代码校验位不符：91140602MA0HT3K73A。";
        let own = refusal("SGH", &[loan("A-2", &wrong)]);
        assert_eq!(own, format!("{base}本行已备案的同名企业为91140602MA0HT3K731，请对照营业执照核实后改正"));
        // Another bank gets the code and not where it comes from.
        let other = refusal("YMK", &[loan("B-1", &wrong)]);
        assert_eq!(other, format!("{base}疑应为91140602MA0HT3K731，请对照营业执照核实后改正"));
        let in_file = refusal("YYC", &[loan("C-1", &wrong), loan("C-2", &[])]);
        assert_eq!(in_file, format!("{base}本文件中同名企业为91140602MA0HT3K731，请对照营业执照核实后改正"));
        // Another firm's code is no suggestion, however near.
        let stranger = refusal("SGH", &[loan("A-3", &[("借款人名称", "无名公司"), wrong[0]])]);
        assert_eq!(stranger, format!("{base}前17位若无误，末位应为1；请对照营业执照逐位核对"));
    });
}

#[test]
fn a_refused_patent_names_the_one_that_the_firm_is_known_to_have() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let patent = |number: &'static str| [("知识产权类型", "发明专利"), ("知识产权编号", number)];
        notes(&app, "SGH", &[loan("A-1", &patent("202011156730.2"))]);
        let refusal = |bank: &str, changes: &[(&'static str, &'static str)]| {
            let outcomes =
                import(&app, &call(false, true), &[loans(bank, &[loan("A-2", changes)])], &Unwatched).unwrap();
            outcomes[0].rejected[0].reason(pledgefund::i18n::Lang::Zh)
        };
        let own = refusal("SGH", &patent("202011156790.2"));
        assert!(own.ends_with("该企业已备案的专利中有ZL202011156730.2，请对照专利证书核实后改正"), "{own}");
        let other = refusal("YMK", &patent("202011156790.2"));
        assert!(other.ends_with("疑应为ZL202011156730.2，请对照专利证书核实后改正"), "{other}");
        let stranger = refusal("SGH", &with(&of(1), &patent("202011156790.2")));
        assert!(stranger.contains("校验位应为"), "{stranger}");
    });
}

#[test]
fn a_first_loan_that_the_register_refutes_is_warned_of_in_a_dry_run_too() {
    on_both(|installation| {
        let app = installation.app(DAY);
        notes(&app, "SGH", &[loan("A-1", &[])]);
        let declared = [("是否首贷", "是"), ("放款日", "2025-03-01")];
        let files = [loans("YMK", &[loan("B-1", &declared)])];
        let dry = import(&app, &call(false, true), &files, &Unwatched).unwrap();
        assert_eq!(codes(&dry[0].warnings), [(2, "FIRST_LOAN_CONTRADICTED")]);
        assert_eq!(take(&app, &files), dry);
    });
}

#[test]
fn the_same_file_again_says_the_same() {
    on_both(|installation| {
        let app = installation.app(DAY);
        let files = [loans("SGH", &[loan("A-1", &[("企业规模", "微型"), ("贷款本金(元)", "1")])])];
        let first = take(&app, &files);
        assert_eq!(codes(&first[0].notes), [(2, "SIZE_DIFFERS")]);
        let again = take(&app, &files);
        assert_eq!((&again[0].notes, again[0].records_unchanged), (&first[0].notes, 1));
    });
}
