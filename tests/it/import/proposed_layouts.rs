//! Layouts nobody has seen: what is proposed for them, and what a person must say.

use pledgefund::i18n::Lang;
use pledgefund::import::field::{Field, FileKind};
use pledgefund::import::mapping::{MappingSet, RowPer, Unit};
use pledgefund::import::propose::Draft;
use pledgefund::import::propose::correct::{ColumnRef, Correction};
use pledgefund::import::propose::view::{Confidence, DateForm, DoubtCode, Proposal, UnitBasis, WordBasis};
use pledgefund::import::{Body, FileReading, ReadRequest};

use super::proposed::{propose, told};
use super::rebuild::{Grid, xlsx_of};
use super::{loans, read_as};

/// A bank with words of its own, another order, sums in 万元 and columns nobody asked for.
const RENAMED: &str = "\
序号,客户经理,借款企业名称,证照号码,设立日期,所属区县,所属行业,企业规模划型,员工人数,上年度营业收入(万元),贷款合同编号,借据号,放款金额（万元）,执行年利率%,贷款起始日期,贷款到期日期,还本付息方式,是否首次贷款,专利类型,专利号,专利名称,质押物评估值(万元),质权登记编号,质权登记日期,知识产权质押占比(%),融资担保公司,担保分担比例(%),LPR加点,注册资本
1,张三,甲公司,91140600527035912P,2010/6/5,怀仁市,陶瓷,小型企业,44,9129.43,HTB借2024-001,J001,500,3.85%,2024/1/11,2025/1/11,按月付息、到期还本,Y,发明；发明,ZL201710179998.X；ZL201210624304.6,一种支架；一种方法,794.2,Y2022980012857,2023/12/26,65,马邑担保,20,35,100
2,李四,乙公司,9114062266211658XN,2010年9月5日,应县,陶瓷,微型企业,14,101.89,HTB借2024-002,J002,60,3.45,2024.1.18,2025.1.18,等额本金(按月),N,商标权,51025515,塞上,115.9,商标质登[2022]38365,2023-12-27,75,,,35,100
合计,,,,,,,,,,,,560,,,,,,,,,,,,,,,,
";

const ENGLISH: &str = "\
Loan contract no.,Borrower name,USCC,Date of incorporation,County,Industry sector,Company size,Number of employees,Annual revenue (元),First-time borrower,Loan amount (元),Interest rate %,Disbursement date,Maturity date,Repayment method,IP type,Patent number,IP title,Appraised value (元),IP share (%)
E-001,Alpha Ltd,91140600527035912P,2010-06-05,Huairen,Ceramics,Small,44,91294300,yes,5000000,3.85,2024-01-11,2025-01-11,按月等额本金,Invention,ZL201710179998.X,Support,7942000,65
E-002,Beta Ltd,9114062266211658XN,2010-09-05,Ying,Ceramics,Micro,14,1018900,no,600000,3.45,2024-01-18,2025-01-18,按月等额本金,Trademark,51025515,Mark,1159000,75
";

fn read_with(proposal: &Proposal, name: &str, bytes: &[u8]) -> FileReading {
    let mapping = proposal.checked_mapping("proposed").unwrap_or_else(|e| panic!("{e}\n{}", told(proposal)));
    read_as(name, bytes, &ReadRequest::new(proposal.kind), &MappingSet::of(vec![mapping])).unwrap()
}

fn field_of(proposal: &Proposal, header: &str) -> Option<Field> {
    let hits: Vec<_> = proposal.columns.iter().filter(|column| column.header == header).collect();
    assert_eq!(hits.len(), 1, "{header}\n{}", told(proposal));
    hits[0].field
}

fn named(header: &str) -> ColumnRef {
    ColumnRef::Named(header.to_owned())
}

fn doubts(proposal: &Proposal) -> Vec<DoubtCode> {
    proposal.doubts.iter().map(|doubt| doubt.code).collect()
}

fn grid_of(text_of: &str) -> Grid {
    super::rebuild::grid_of_csv(text_of)
}

#[test]
fn renamed_and_reordered_headers_with_sums_in_ten_thousands_need_no_correction() {
    let proposal = propose("HTB_1.csv", RENAMED.as_bytes(), FileKind::Registrations).unwrap().proposal;
    assert_eq!(proposal.doubts, [], "{}", told(&proposal));
    for (header, field) in [
        ("序号", None),
        ("客户经理", None),
        ("注册资本", None),
        ("LPR加点", None),
        ("借款企业名称", Some(Field::Borrower)),
        ("证照号码", Some(Field::CreditCode)),
        ("执行年利率%", Some(Field::AnnualRate)),
        ("质权登记日期", Some(Field::PledgeRegisteredOn)),
        ("质押物评估值(万元)", Some(Field::Appraised)),
        ("借据号", Some(Field::Drawdown)),
    ] {
        assert_eq!(field_of(&proposal, header), field, "{header}\n{}", told(&proposal));
    }
    let unknown = proposal.columns.iter().find(|column| column.header == "LPR加点").unwrap();
    assert_eq!((unknown.confidence, unknown.why[0].code.code()), (Confidence::None, "unknown"));
    let reading = read_with(&proposal, "HTB_1.csv", RENAMED.as_bytes());
    assert_eq!(reading.rejected, []);
    let loan = &loans(&reading)[0].value;
    assert_eq!((loan.principal.yuan().as_str(), loan.rights.len()), ("5000000.00", 2));
    assert_eq!(loan.guarantee.as_ref().unwrap().share.get(), 200_000);
    assert_eq!((loan.first_loan_declared, loan.repayment.zh()), (true, "按月付息到期还本"));
    assert_eq!(loans(&reading)[1].value.borrower.size_declared.zh(), "微型");
    let dates = proposal.column_of(Field::DisbursedOn).unwrap();
    assert_eq!(dates.date_forms, [DateForm::Slashed, DateForm::Dotted]);
    let size = proposal.column_of(Field::Size).unwrap();
    let shown: Vec<_> = size.words.iter().map(|word| (word.word.as_str(), word.meaning.as_deref())).collect();
    assert_eq!(shown, [("小型企业", Some("小型")), ("微型企业", Some("微型"))]);
}

#[test]
fn english_headers_are_read_too() {
    let proposal = propose("E.csv", ENGLISH.as_bytes(), FileKind::Registrations).unwrap().proposal;
    assert_eq!(proposal.doubts, [], "{}", told(&proposal));
    let reading = read_with(&proposal, "E.csv", ENGLISH.as_bytes());
    assert_eq!(reading.rejected, []);
    assert_eq!(loans(&reading)[1].value.borrower.size_declared.zh(), "微型");
}

/// Notes on the first sheet; on the second a title, three header rows and a row of units.
#[test]
fn a_sheet_of_notes_first_and_three_header_rows_with_units_below_are_found() {
    let notes = grid_of("填报说明\n1. 合同编号须与信贷系统一致\n2. 金额单位见表头\n");
    let table = grid_of(concat!(
        "某银行知识产权质押贷款备案表,,,,,,,,,,,,,,,,,,\n",
        "企业信息,,,,,,,贷款信息,,,,,,,质押信息,,,,\n",
        "基本信息,,,,,,经营,合同,,价格,期限,,方式,,知识产权,,,,占比\n",
        "名称,信用代码,成立日期,县区,行业,规模,营业收入,编号,金额,年利率,起始日,终止日,还款方式,首贷,种类,编号,名称,评估价值,知产占比\n",
        ",,,,,,万元,,万元,%,,,,,,,,万元,%\n",
        "甲公司,91140600527035912P,2010-06-05,怀仁市,陶瓷,小型,9129.43,T-001,500,3.85,2024-01-11,2025-01-11,按月等额本金,否,发明专利,ZL201710179998.X,支架,794.2,65\n",
        "乙公司,9114062266211658XN,2010-09-05,应县,陶瓷,微型,101.89,T-002,60,3.45,2024-01-18,2025-01-18,按月等额本金,是,商标,51025515,塞上,115.9,75\n",
    ));
    let bytes = xlsx_of(&[("填表须知", &notes), ("明细", &table)], &[]);
    let proposal = propose("T.xlsx", &bytes, FileKind::Registrations).unwrap().proposal;
    assert_eq!(proposal.sheet.as_deref(), Some("明细"), "{}", told(&proposal));
    assert_eq!((proposal.header_row, proposal.header_rows), (5, 4), "{}", told(&proposal));
    assert_eq!(proposal.missing, [], "{}", told(&proposal));
    let principal = proposal.column_of(Field::Principal).unwrap();
    assert_eq!(principal.header, "贷款信息 / 合同 / 金额(万元)");
    assert_eq!((principal.unit, principal.unit_basis), (Some(Unit::TenThousand), Some(UnitBasis::Header)));
    let reading = read_with(&proposal, "T.xlsx", &bytes);
    assert_eq!(reading.rejected, []);
    assert_eq!(loans(&reading)[0].value.principal.yuan(), "5000000.00");
    assert_eq!(reading.column(Field::Principal), "金额(万元)");
    assert_eq!(loans(&reading)[0].value.rights[0].title, "支架");
}

#[test]
fn a_line_above_the_header_says_the_unit_of_a_report_with_other_words() {
    let file = "\
某银行月度报送表,,,,,,
填报日期：2025-07-31,,,,单位：万元,,
借款合同号,统计日期,期末余额,逾期贷款本金,欠息金额,首次逾期日期,资产质量分类
Z-1,2025年7月31日,120.5,20.25,1.5,2025年7月1日,关注类贷款
Z-2,2025年7月31日,80,0,0,,正常类贷款
本页合计,,200.5,20.25,1.5,,
";
    let proposal = propose("Z.csv", file.as_bytes(), FileKind::Servicing).unwrap().proposal;
    assert_eq!(proposal.doubts, [], "{}", told(&proposal));
    let balance = proposal.column_of(Field::Balance).unwrap();
    assert_eq!((balance.unit, balance.unit_basis), (Some(Unit::TenThousand), Some(UnitBasis::Line)));
    let reading = read_with(&proposal, "Z.csv", file.as_bytes());
    assert_eq!((reading.rejected.len(), reading.records_total), (0, 2));
    let Body::Servicing(rows) = &reading.body else { panic!() };
    assert_eq!((rows[0].value.balance.yuan().as_str(), rows[0].value.bank_tier.zh()), ("1205000.00", "关注"));
    assert_eq!(rows[0].value.overdue_since.unwrap().to_string(), "2025-07-01");
}

#[test]
fn a_loan_repeated_row_by_row_with_other_rights_is_one_loan() {
    let head = "合同编号,借款人,信用代码,成立日期,县区,行业,企业规模,是否首贷,贷款本金(元),年利率(%),放款日,到期日,还款方式,知产占比(%),权利种类,权利证号,权利名称,评估价值(元)";
    let loan = "P-1,甲公司,91140600527035912P,2010-06-05,怀仁市,陶瓷,小型,否,5000000,3.85,2024-01-11,2025-01-11,按月等额本金,65";
    let other =
        "P-2,乙公司,9114062266211658XN,2010-09-05,应县,陶瓷,微型,是,600000,3.45,2024-01-18,2025-01-18,按月等额本金,75";
    let file = format!(
        "{head}\n{loan},发明专利,ZL201710179998.X,支架,1000\n{loan},发明专利,ZL201210624304.6,方法,2000\n{other},商标,51025515,塞上,3000\n"
    );
    let draft = propose("P.csv", file.as_bytes(), FileKind::Registrations).unwrap();
    assert_eq!((draft.proposal.row_per, draft.proposal.doubts.len()), (RowPer::Right, 0), "{}", told(&draft.proposal));
    let reading = read_with(&draft.proposal, "P.csv", file.as_bytes());
    assert_eq!((reading.records_total, reading.rejected.len()), (2, 0));
    assert_eq!(loans(&reading)[0].value.appraised_total.unwrap().yuan(), "3000.00");
    let by_record = draft.correct(&[Correction::RowPer(RowPer::Record)]).unwrap().proposal;
    assert_eq!(by_record.column_of(Field::IpNumber).unwrap().split, ['、', ';', '；']);
    assert_eq!(read_with(&by_record, "P.csv", file.as_bytes()).rejected.len(), 1);
}

#[test]
fn a_row_without_its_contract_does_not_make_a_file_one_of_rights() {
    let file = RENAMED
        .replace("HTB借2024-002", "")
        .replace("发明；发明,ZL201710179998.X；ZL201210624304.6,一种支架；一种方法", "发明,ZL201710179998.X,支架");
    let proposal = propose("H.csv", file.as_bytes(), FileKind::Registrations).unwrap().proposal;
    assert_eq!(proposal.row_per, RowPer::Record);
}

#[test]
fn near_misses_are_likely_and_never_certain() {
    let file = "合同编码,报告日子,贷款余颌,逾期本金额,逾期利息额,逾期起始日,五级分类结果\nA-1,2025-07-31,300000,0,0,,正常\nA-2,2025-07-31,500000,0,0,,正常\n";
    let proposal = propose("A.csv", file.as_bytes(), FileKind::Servicing).unwrap().proposal;
    assert_eq!(proposal.missing, [], "{}", told(&proposal));
    for (header, field) in
        [("合同编码", Field::Contract), ("贷款余颌", Field::Balance), ("报告日子", Field::ReportedOn)]
    {
        assert_eq!(field_of(&proposal, header), Some(field), "{}", told(&proposal));
        let column = proposal.columns.iter().find(|column| column.header == header).unwrap();
        assert!(matches!(column.confidence, Confidence::Likely | Confidence::Guess), "{header} {column:?}");
    }
    assert_eq!(proposal.column_of(Field::Grade).unwrap().confidence, Confidence::Certain);
}

#[test]
fn contracts_of_other_kinds_are_not_taken_for_the_loans() {
    let file = "质押合同编号,保证合同号,贷款合同号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类\nZ-1,B-1,A-1,2025-07-31,300000,0,0,,正常\n";
    let proposal = propose("A.csv", file.as_bytes(), FileKind::Servicing).unwrap().proposal;
    assert_eq!(field_of(&proposal, "贷款合同号"), Some(Field::Contract), "{}", told(&proposal));
    assert_eq!((field_of(&proposal, "质押合同编号"), field_of(&proposal, "保证合同号")), (None, None));
    let without = propose("A.csv", file.replace("贷款合同号", "流水甲").as_bytes(), FileKind::Servicing).unwrap();
    assert!(without.proposal.missing.contains(&Field::Contract), "{}", told(&without.proposal));
}

#[test]
fn two_date_columns_with_odd_names_are_told_by_their_order_and_must_be_confirmed() {
    let file = ENGLISH.replace("Disbursement date,Maturity date", "日子甲,日子乙");
    let draft = propose("D.csv", file.as_bytes(), FileKind::Registrations).unwrap();
    assert_eq!(field_of(&draft.proposal, "日子甲"), Some(Field::DisbursedOn));
    assert_eq!(field_of(&draft.proposal, "日子乙"), Some(Field::MaturesOn));
    assert_eq!(doubts(&draft.proposal), [DoubtCode::Guess, DoubtCode::Guess]);
    assert_eq!(draft.proposal.blockers(true).len(), 0);
    let said = [
        Correction::Field { column: named("日子甲"), field: Field::DisbursedOn },
        Correction::Field { column: named("日子乙"), field: Field::MaturesOn },
    ];
    let settled = draft.correct(&said).unwrap().proposal;
    assert_eq!(settled.doubts, []);
    let swapped = ENGLISH.replace("Disbursement date,Maturity date", "Maturity date,Disbursement date");
    let reversed = propose("D.csv", swapped.as_bytes(), FileKind::Registrations).unwrap().proposal;
    assert_eq!(doubts(&reversed), [DoubtCode::Guess, DoubtCode::Guess]);
    assert!(reversed.column_of(Field::MaturesOn).unwrap().why.iter().any(|why| why.code.code() == "dates_reversed"));
}

#[test]
fn columns_that_could_change_places_are_guesses() {
    let file =
        "合同编号,合同号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类\nA-1,B-1,2025-07-31,300000,0,0,,正常\n";
    let proposal = propose("A.csv", file.as_bytes(), FileKind::Servicing).unwrap().proposal;
    let contract = proposal.column_of(Field::Contract).unwrap();
    assert_eq!(contract.confidence, Confidence::Guess, "{}", told(&proposal));
    assert_eq!(
        (contract.why.last().unwrap().code.code(), contract.why.last().unwrap().about.as_str()),
        ("rival_column", "合同号")
    );
}

#[test]
fn values_tell_a_column_whose_header_says_nothing() {
    let file = RENAMED.replace("证照号码", "字段甲").replace("专利号", "字段乙").replace("还本付息方式", "字段丙");
    let proposal = propose("V.csv", file.as_bytes(), FileKind::Registrations).unwrap().proposal;
    assert_eq!(field_of(&proposal, "字段甲"), Some(Field::CreditCode), "{}", told(&proposal));
    assert_eq!(field_of(&proposal, "字段乙"), Some(Field::IpNumber), "{}", told(&proposal));
    assert_eq!(field_of(&proposal, "字段丙"), Some(Field::Repayment), "{}", told(&proposal));
    assert_eq!(proposal.column_of(Field::CreditCode).unwrap().confidence, Confidence::Likely);
}

#[test]
fn values_against_a_header_make_it_a_guess() {
    let file = ENGLISH.replace("USCC,Date of incorporation", "Date of incorporation,USCC");
    let proposal = propose("S.csv", file.as_bytes(), FileKind::Registrations).unwrap().proposal;
    assert_eq!(doubts(&proposal), [DoubtCode::Guess, DoubtCode::Guess], "{}", told(&proposal));
    let code = proposal.column_of(Field::CreditCode).unwrap();
    assert_eq!((code.confidence, code.why.last().unwrap().code.code()), (Confidence::Guess, "rival_field"));
    assert!(code.why.last().unwrap().text(Lang::Zh).contains("成立日期"), "{code:?}");
    let figures = RENAMED.replace("贷款合同编号", "放款日期");
    let told_wrong = propose("S.csv", figures.as_bytes(), FileKind::Registrations).unwrap().proposal;
    assert!(told_wrong.missing.contains(&Field::Contract), "{}", told(&told_wrong));
}

#[test]
fn a_unit_that_nothing_settles_is_a_doubt_and_a_strange_one_cannot_be_kept() {
    let report = |head: &str, balance: &str| {
        format!(
            "合同编号,报告日,{head},逾期本金(元),逾期利息(元),逾期起始日,五级分类\nA-1,2025-07-31,{balance},0,0,,正常\n"
        )
    };
    let unit = |head: &str, balance: &str| {
        let proposal = propose("U.csv", report(head, balance).as_bytes(), FileKind::Servicing).unwrap().proposal;
        let column = proposal.column_of(Field::Balance).unwrap();
        (column.unit, column.unit_basis.unwrap(), doubts(&proposal))
    };
    let (yuan, wan) = (Some(Unit::Yuan), Some(Unit::TenThousand));
    assert_eq!(unit("贷款余额", "300000"), (yuan, UnitBasis::Plausible, vec![]));
    assert_eq!(unit("贷款余额", "30"), (wan, UnitBasis::Plausible, vec![]));
    assert_eq!(unit("贷款余额", "8000"), (yuan, UnitBasis::Unsure, vec![DoubtCode::UnitUnsure]));
    assert_eq!(unit("贷款余额", "30万元"), (wan, UnitBasis::Cells, vec![]));
    assert_eq!(unit("贷款余额(千元)", "300"), (None, UnitBasis::Header, vec![DoubtCode::UnitStrange]));
    let draft = propose("U.csv", report("贷款余额", "8000").as_bytes(), FileKind::Servicing).unwrap();
    let said = Correction::Unit { column: named("贷款余额"), unit: Unit::TenThousand };
    let settled = draft.correct(&[said]).unwrap().proposal;
    assert_eq!(settled.doubts, []);
    let Body::Servicing(rows) = read_with(&settled, "U.csv", report("贷款余额", "8000").as_bytes()).body else {
        panic!()
    };
    assert_eq!(rows[0].value.balance.yuan(), "80000000.00");
    let sample = &settled.column_of(Field::Balance).unwrap().samples[0];
    assert_eq!((sample.text.as_str(), sample.reading.as_deref()), ("8000", Some("80000000.00")));
}

#[test]
fn rates_written_as_fractions_are_doubted() {
    let file = ENGLISH.replace(",3.85,", ",0.0385,").replace(",3.45,", ",0.0345,");
    let proposal = propose("F.csv", file.as_bytes(), FileKind::Registrations).unwrap().proposal;
    let rate = proposal.column_of(Field::AnnualRate).unwrap();
    assert!(rate.why.iter().any(|why| why.code.code() == "fraction"), "{}", told(&proposal));
    assert_eq!(doubts(&proposal), [DoubtCode::Guess]);
}

#[test]
fn words_outside_the_list_are_shown_translated_or_asked_for() {
    let file = RENAMED
        .replace("按月付息、到期还本", "随借随还")
        .replace("商标权", "商标（第7类）")
        .replace("发明；发明", "发明;发明")
        .replace("ZL201710179998.X；ZL201210624304.6", "ZL201710179998.X;ZL201210624304.6")
        .replace("一种支架；一种方法", "一种支架;一种方法");
    let draft = propose("W.csv", file.as_bytes(), FileKind::Registrations).unwrap();
    let words = |proposal: &Proposal, field| -> Vec<(String, Option<String>, WordBasis)> {
        let column = proposal.column_of(field).unwrap();
        column.words.iter().map(|word| (word.word.clone(), word.meaning.clone(), word.basis)).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        words(&draft.proposal, Field::Repayment),
        [
            ("等额本金(按月)".to_owned(), some("按月等额本金"), WordBasis::Synonym),
            ("随借随还".to_owned(), None, WordBasis::Unknown),
        ]
    );
    assert_eq!(
        words(&draft.proposal, Field::IpKind),
        [
            ("发明".to_owned(), some("发明专利"), WordBasis::Synonym),
            ("商标（第7类）".to_owned(), some("商标"), WordBasis::Similar),
        ]
    );
    assert_eq!(doubts(&draft.proposal), [DoubtCode::WordGuess]);
    let word = |column: &str, word: &str, meaning: &str| Correction::Word {
        column: named(column),
        word: word.to_owned(),
        meaning: meaning.to_owned(),
    };
    let said = [word("专利类型", "商标(第7类)", "商标"), word("还本付息方式", "随借随还", "按月付息到期还本")];
    let settled = draft.correct(&said).unwrap().proposal;
    assert_eq!(settled.doubts, []);
    let reading = read_with(&settled, "W.csv", file.as_bytes());
    assert_eq!(reading.rejected, []);
    assert_eq!(loans(&reading)[0].value.repayment.zh(), "按月付息到期还本");
}

#[test]
fn a_header_that_stands_twice_cannot_be_kept_and_one_without_name_is_said() {
    let file = "合同编号,报告日,贷款余额,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类,\nA-1,2025-07-31,300000,1,0,0,,正常,多出的\n";
    let proposal = propose("T.csv", file.as_bytes(), FileKind::Servicing).unwrap().proposal;
    assert!(doubts(&proposal).contains(&DoubtCode::HeaderTwice), "{}", told(&proposal));
    assert!(!proposal.blockers(true).is_empty());
    let last = proposal.columns.last().unwrap();
    assert_eq!((last.letter.as_str(), last.header.as_str(), last.why[0].code.code()), ("I", "", "nameless"));
}

#[test]
fn claims_of_another_form_are_proposed_with_their_papers() {
    let file = "主合同号,申请日期,未还本金(万元),欠息(元),首次逾期日,质押登记日期,保险赔付(万元),代偿金额(万元),处置收入(万元),诉讼费用(元),申请材料\nA-1,2025/9/8,50,13088.89,2025/1/4,2022/12/15,0,0,0,1500,借款合同+放款凭证+催收函\n";
    let proposal = propose("C.csv", file.as_bytes(), FileKind::Claims).unwrap().proposal;
    assert_eq!(proposal.doubts, [], "{}", told(&proposal));
    let Body::Claims(claims) = read_with(&proposal, "C.csv", file.as_bytes()).body else { panic!() };
    let claim = &claims[0].value;
    assert_eq!((claim.documents.len(), claim.outstanding_principal.yuan().as_str()), (3, "500000.00"));
    assert_eq!(
        (claim.overdue_interest.yuan().as_str(), claim.collateral_cost.yuan().as_str()),
        ("13088.89", "1500.00")
    );
}

#[test]
fn header_rows_and_sheet_can_be_pointed_at() {
    let decoy = grid_of("合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类\n");
    let data = grid_of("说明\n编号甲,日甲,额甲\n合同编号,报告日,贷款余额\nA-1,2025-07-31,300000\n");
    let bytes = xlsx_of(&[("旧表", &decoy), ("新表", &data)], &[]);
    let draft = propose("P.xlsx", &bytes, FileKind::Servicing).unwrap();
    assert_eq!((draft.proposal.sheet.as_deref(), draft.proposal.rows), (Some("旧表"), 0));
    let other = draft.correct(&[Correction::Sheet("新表".to_owned())]).unwrap().proposal;
    assert_eq!((other.header_row, other.header_rows, other.rows), (3, 1, 1));
    let said = [Correction::Sheet("新表".to_owned()), Correction::Header { row: 3, rows: 2 }];
    let two = draft.correct(&said).unwrap().proposal;
    assert_eq!((two.header_rows, two.columns[0].header.as_str()), (2, "编号甲 / 合同编号"));
    assert_eq!(two.mapping("m").sheet.as_deref(), Some("新表"));
}

#[track_caller]
fn check_refused(draft: &Draft, correction: Correction, code: &str) {
    let error = draft.correct(std::slice::from_ref(&correction)).unwrap_err();
    assert_eq!(error.code(), code, "{correction:?}");
    for lang in Lang::ALL {
        let message = error.message(lang);
        assert!(!message.contains("mapping.") && !message.contains('{'), "{message}");
    }
}

#[test]
fn wrong_corrections_are_refused_in_words() {
    let file = format!("说明行,单位:万元\n{}", RENAMED.replace("放款金额（万元）", "放款金额"));
    let draft = propose("X.csv", file.as_bytes(), FileKind::Registrations).unwrap();
    let word = |column: &str, word: &str, meaning: &str| Correction::Word {
        column: named(column),
        word: word.to_owned(),
        meaning: meaning.to_owned(),
    };
    let field = |column: ColumnRef, field: Field| Correction::Field { column, field };
    check_refused(&draft, Correction::Sheet("无".to_owned()), "MAPPING_SHEET_UNKNOWN");
    check_refused(&draft, Correction::Header { row: 900, rows: 1 }, "MAPPING_HEADER_ROWS");
    check_refused(&draft, Correction::Header { row: 2, rows: 0 }, "MAPPING_HEADER_ROWS");
    check_refused(&draft, field(named("没有这列"), Field::Contract), "MAPPING_COLUMN_UNKNOWN");
    check_refused(&draft, field(ColumnRef::At(99), Field::Contract), "MAPPING_COLUMN_UNKNOWN");
    check_refused(&draft, field(named("借据号"), Field::Balance), "MAPPING_FIELD_FOREIGN");
    let unit = |column: &str, unit| Correction::Unit { column: named(column), unit };
    check_refused(&draft, unit("借据号", Unit::Yuan), "MAPPING_NO_MONEY");
    check_refused(&draft, unit("质押物评估值(万元)", Unit::Yuan), "MAPPING_UNIT_AGAINST");
    check_refused(&draft, unit("放款金额", Unit::Yuan), "MAPPING_UNIT_AGAINST");
    check_refused(&draft, word("借据号", "J001", "是"), "MAPPING_NO_LIST");
    check_refused(&draft, word("企业规模划型", "小型企业", "很小"), "MAPPING_NOT_IN_LIST");
    check_refused(&draft, word("企业规模划型", "小型", "大型"), "MAPPING_WORD_LISTED");
    check_refused(&draft, Correction::Split { column: named("借据号"), signs: vec!['、'] }, "MAPPING_NO_SPLIT");
    let twice = [field(named("借据号"), Field::Contract), field(named("贷款合同编号"), Field::Contract)];
    assert_eq!(draft.correct(&twice).unwrap_err().code(), "MAPPING_FIELD_TWICE");
    let report = "合同编号,报告日,贷款余额,余额,备注,备注\nA-1,2025-07-31,300000,1,,\n";
    let other = propose("Y.csv", report.as_bytes(), FileKind::Servicing).unwrap();
    check_refused(&other, Correction::RowPer(RowPer::Right), "MAPPING_ROW_PER");
    check_refused(&other, Correction::Ignore { column: named("备注") }, "MAPPING_COLUMN_AMBIGUOUS");
    let by_letter = other.correct(&[Correction::Ignore { column: named("D") }]).unwrap();
    assert_eq!(by_letter.proposal.columns[3].field, None);
}
