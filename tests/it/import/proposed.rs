//! A mapping proposed from a sample file reads it as the shipped mapping does.

use pledgefund::domain::names::PartnerCode;
use pledgefund::i18n::Lang;
use pledgefund::import::field::{Field, FileKind};
use pledgefund::import::file_error::FileError;
use pledgefund::import::finding::Finding;
use pledgefund::import::limits::Limits;
use pledgefund::import::mapping::{Mapping, MappingSet, Unit};
use pledgefund::import::propose::correct::{ColumnRef, Correction};
use pledgefund::import::propose::rows::FirstRows;
use pledgefund::import::propose::view::{Confidence, DateForm, Proposal, UnitBasis};
use pledgefund::import::propose::{Draft, ProposeError};
use pledgefund::import::{Body, FileReading, ReadRequest};

use super::{read, read_as, sample, shipped};

pub fn propose(name: &str, bytes: &[u8], kind: FileKind) -> Result<Draft, ProposeError> {
    Draft::new(FirstRows::take(name, bytes, &Limits::default())?, kind, None)
}

/// What a proposal is, in a line a column, for messages of failed tests.
pub fn told(proposal: &Proposal) -> String {
    let line = |column: &pledgefund::import::propose::view::ColumnProposal| {
        let field = column.field.map_or("-", Field::code);
        let unit = column.unit.map_or("", Unit::zh);
        let why: Vec<String> = column.why.iter().map(|why| format!("{}({})", why.code.code(), why.about)).collect();
        format!("{} {} -> {field} {unit} {:?} {}", column.letter, column.header, column.confidence, why.join(" "))
    };
    let lines: Vec<String> = proposal.columns.iter().map(line).collect();
    format!("{}\nmissing {:?}\ndoubts {:?}", lines.join("\n"), proposal.missing, proposal.doubts)
}

fn records(body: &Body) -> String {
    match body {
        Body::Registrations(records) => format!("{records:?}"),
        Body::Servicing(records) => format!("{records:?}"),
        Body::Claims(records) => format!("{records:?}"),
        Body::Fund(records) => format!("{records:?}"),
        Body::Partners(records) => format!("{records:?}"),
    }
}

#[track_caller]
pub fn check_equal(got: &FileReading, want: &FileReading) {
    let findings = |list: &[Finding]| -> Vec<(u32, String, String, Option<String>)> {
        let one = |f: &Finding| (f.row, f.column.clone(), f.reason(Lang::Zh), f.contract.clone());
        list.iter().map(one).collect()
    };
    assert_eq!(findings(&got.rejected), findings(&want.rejected));
    assert_eq!(findings(&got.warnings), findings(&want.warnings));
    assert_eq!(records(&got.body), records(&want.body));
    assert_eq!((got.records_total, got.sheet_rows_with_rights), (want.records_total, want.sheet_rows_with_rights));
    assert_eq!((&got.sheet, got.month, got.nil_return), (&want.sheet, want.month, want.nil_return));
    assert_eq!(got.columns, want.columns);
}

#[track_caller]
fn check_sample(path: &str, kind: FileKind) -> Proposal {
    let bytes = sample(path);
    let proposal = propose(path, &bytes, kind).unwrap().proposal;
    assert_eq!(proposal.doubts, [], "{path}\n{}", told(&proposal));
    let mapping = proposal.checked_mapping("proposed").unwrap();
    let set = MappingSet::of(vec![mapping]);
    let got = read_as(path, &bytes, &ReadRequest::new(kind), &set).unwrap();
    check_equal(&got, &read(path, &bytes, kind).unwrap());
    proposal
}

#[test]
fn the_registration_files_of_three_banks_need_no_correction() {
    for path in ["SGH_registration.xlsx", "YMK_registration.csv", "YYC_registration.xlsx"] {
        let proposal = check_sample(&format!("registration/{path}"), FileKind::Registrations);
        let unsure: Vec<&str> = proposal
            .columns
            .iter()
            .filter(|column| column.field.is_some() && column.confidence < Confidence::Likely)
            .map(|column| column.header.as_str())
            .collect();
        assert_eq!(unsure, [""; 0], "{}", told(&proposal));
    }
}

#[test]
fn every_monthly_file_needs_no_correction() {
    let folder = super::samples().join("monthly");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.len() > 30);
    for name in names {
        check_sample(&format!("monthly/{name}"), FileKind::Servicing);
    }
}

#[test]
fn claims_fund_and_partners_need_no_correction() {
    check_sample("claims.csv", FileKind::Claims);
    check_sample("fund.csv", FileKind::Fund);
    check_sample("partners.csv", FileKind::Partners);
}

#[test]
fn the_proposal_of_a_sheet_with_two_header_rows_says_all_that_its_mapping_says() {
    let proposal = check_sample("registration/YYC_registration.xlsx", FileKind::Registrations);
    assert_eq!((proposal.header_row, proposal.header_rows, proposal.sheet.as_deref()), (4, 2, Some("备案明细")));
    assert_eq!((proposal.row_per, proposal.whole), (pledgefund::import::mapping::RowPer::Right, true));
    let rating = proposal.columns.iter().find(|column| column.header == "贷款 / 内部评级").unwrap();
    assert_eq!((rating.field, rating.why[0].code.code()), (None, "own_business"));
    let principal = proposal.column_of(Field::Principal).unwrap();
    assert_eq!((principal.letter.as_str(), principal.unit_basis), ("K", Some(UnitBasis::Line)));
    let founded = proposal.column_of(Field::FoundedOn).unwrap();
    assert_eq!(founded.date_forms, [DateForm::Cell, DateForm::Chinese]);
    let code = proposal.column_of(Field::CreditCode).unwrap();
    assert_eq!((code.samples.len(), code.samples[0].row), (5, 5));
    assert_eq!(code.samples[0].reading.as_deref(), Some("91140600MA0LRUHK7Y"));
}

#[test]
fn a_proposal_shows_what_is_read_and_what_is_not() {
    let proposal = check_sample("registration/SGH_registration.xlsx", FileKind::Registrations);
    let numbers = proposal.column_of(Field::IpNumber).unwrap();
    assert_eq!(numbers.split, ['、']);
    assert!(numbers.faults > 0 && numbers.faults < numbers.filled / 10, "{} of {}", numbers.faults, numbers.filled);
    let bad = numbers.samples.iter().find_map(|one| one.fault.as_ref()).unwrap();
    assert!(bad.code.starts_with("PATENT_") && !bad.reason(Lang::Zh).is_empty() && !bad.reason(Lang::En).is_empty());
    let principal = proposal.column_of(Field::Principal).unwrap();
    assert_eq!(principal.samples[0].text, "5000000");
    assert_eq!(principal.samples[0].reading.as_deref(), Some("5000000.00"));
    let json = serde_json::to_value(&proposal).unwrap();
    assert_eq!(json["columns"][0]["field"], "contract");
    assert_eq!(json["columns"][0]["confidence"], "certain");
}

#[test]
fn the_same_file_gives_the_same_proposal() {
    let bytes = sample("registration/YYC_registration.xlsx");
    let first = propose("a.xlsx", &bytes, FileKind::Registrations).unwrap().proposal;
    assert_eq!(propose("a.xlsx", &bytes, FileKind::Registrations).unwrap().proposal, first);
}

#[test]
fn a_mapping_written_as_text_reads_back_as_itself() {
    let mut count = 0;
    for mapping in shipped().iter() {
        let again = Mapping::parse("again", &mapping.to_toml()).unwrap();
        assert_eq!(again, *mapping, "{}", mapping.name);
        assert_eq!(again.to_toml(), mapping.to_toml());
        count += 1;
    }
    assert!(count >= 7);
    let mut odd = shipped().iter().next().unwrap().clone();
    odd.ignore = vec!["引号\"反斜\\线".to_owned(), "换\n行\t\u{7f}'单'".to_owned(), "=1+1".to_owned()];
    odd.sheet = Some("# 表".to_owned());
    assert_eq!(Mapping::parse("odd", &odd.to_toml()).unwrap(), odd);
}

#[test]
fn files_without_a_table_are_refused_in_words() {
    for (name, bytes, code) in [
        ("empty.csv", &b""[..], "EMPTY_FILE"),
        ("blank.csv", b"\n\n , ,\n", "EMPTY_FILE"),
        ("letter.csv", "尊敬的客户：\n您好，请查收附件。\n此致\n".as_bytes(), "HEADER_UNKNOWN"),
        ("figures.csv", b"1,2,3\n4,5,6\n", "HEADER_UNKNOWN"),
        ("old.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "LEGACY_XLS"),
    ] {
        let error = propose(name, bytes, FileKind::Registrations).unwrap_err();
        assert_eq!(error.code(), code, "{name}");
        assert!(!error.message(Lang::Zh).contains("import."));
    }
    assert!(matches!(propose("x.csv", b"", FileKind::Fund).unwrap_err(), ProposeError::File(FileError::Empty)));
}

#[test]
fn a_bank_that_is_named_stands_in_the_mapping() {
    let bytes = sample("monthly/SGH_202507.csv");
    let rows = FirstRows::take("x.csv", &bytes, &Limits::default()).unwrap();
    let draft = Draft::new(rows, FileKind::Servicing, Some(PartnerCode::new("sgh"))).unwrap();
    assert_eq!(draft.proposal.mapping("m").bank.as_deref(), Some("SGH"));
    let fewer = draft.correct(&[Correction::Ignore { column: ColumnRef::Named("逾期利息".to_owned()) }]).unwrap();
    assert_eq!(fewer.proposal.missing, [Field::OverdueInterest]);
    assert_eq!(fewer.corrections().len(), 1);
    assert_eq!(fewer.proposal.checked_mapping("m").unwrap_err().code(), "MAPPING_FIELD");
}

/// The words of the trade as they are compiled in.
fn alias_file() -> toml::Table {
    let body = pledgefund::embedded::text::<pledgefund::embedded::Reference>("header_aliases.toml").unwrap();
    body.parse().unwrap()
}

#[test]
fn every_field_has_words_and_no_word_names_two_fields_of_a_kind() {
    let file = alias_file();
    let names = |field: Field| -> Vec<String> {
        let squeeze = |name: &toml::Value| -> String {
            let text = pledgefund::domain::names::fold_code(name.as_str().unwrap());
            text.chars().filter(|c| c.is_alphanumeric()).collect()
        };
        let words = file["fields"].get(field.code()).unwrap_or_else(|| panic!("{}", field.code()));
        words["names"].as_array().unwrap().iter().map(squeeze).collect()
    };
    for kind in FileKind::ALL {
        let mut seen = std::collections::BTreeMap::new();
        for field in kind.needed().iter().chain(kind.allowed()) {
            assert!(names(*field).len() >= 3, "{}", field.code());
            for name in names(*field) {
                let other = seen.insert(name.clone(), *field);
                assert!(
                    other.is_none_or(|other| other == *field),
                    "{}: {name} names {field:?} and {other:?}",
                    kind.code()
                );
            }
        }
    }
}

#[test]
fn every_other_word_stands_for_a_word_of_its_list() {
    use pledgefund::domain::names::{
        DocumentKind, FundRowKind, FundSource, IpKind, PartnerKind, Repayment, SizeClass, Tier,
    };
    let file = alias_file();
    let lists = file["words"].as_table().unwrap();
    assert_eq!(lists.len(), 9);
    for (field, words) in lists {
        for (word, meaning) in words.as_table().unwrap() {
            let meaning = meaning.as_str().unwrap();
            let is_listed = match Field::from_code(field).unwrap() {
                Field::Size => SizeClass::from_zh(meaning).is_some(),
                Field::IpKind => IpKind::from_zh(meaning).is_some(),
                Field::Repayment => Repayment::from_zh(meaning).is_some(),
                Field::Grade => Tier::from_zh(meaning).is_some(),
                Field::FirstLoan => matches!(meaning, "是" | "否"),
                Field::PartnerKind => PartnerKind::from_zh(meaning).is_some(),
                Field::FundKind => FundRowKind::from_zh(meaning).is_some(),
                Field::Source => FundSource::from_zh(meaning).is_some(),
                Field::Documents => DocumentKind::from_zh(meaning).is_some(),
                other => panic!("{other:?} keeps to no list"),
            };
            assert!(is_listed, "{field}: {word} = {meaning}");
        }
    }
}

#[test]
fn all_that_a_proposal_says_stands_in_both_languages() {
    use pledgefund::import::propose::view::{DoubtCode, WhyCode, WordBasis, field_name, field_named};
    for lang in Lang::ALL {
        let mut texts: Vec<String> = Field::ALL.iter().map(|field| field_name(*field, lang)).collect();
        texts.extend(WhyCode::ALL.iter().map(|code| code.text(lang, "x")));
        texts.extend(UnitBasis::ALL.iter().map(|code| code.text(lang, "")));
        texts.extend(WordBasis::ALL.iter().map(|code| code.text(lang, "")));
        texts.extend(DateForm::ALL.iter().map(|code| code.text(lang, "")));
        texts.extend(DoubtCode::ALL.iter().map(|code| {
            let doubt = pledgefund::import::propose::view::Doubt {
                code: *code,
                field: Some(Field::Balance),
                about: "x".to_owned(),
            };
            doubt.text(lang)
        }));
        for text in texts {
            assert!(!text.contains("mapping.") && !text.contains('{'), "{text}");
        }
    }
    for field in Field::ALL {
        assert_eq!(field_named(field.code()), Some(*field));
    }
    assert_eq!(field_named(" 贷款本金 "), Some(Field::Principal));
    assert_eq!(field_named("balance"), Some(Field::Balance));
}

#[test]
fn a_file_of_many_rows_is_looked_at_from_the_top_only() {
    let mut text = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类\n".to_owned();
    for row in 0..3_000 {
        text.push_str(&format!("A-{row},2025-07-31,{}.00,0,0,,正常\n", 100_000 + row));
    }
    let proposal = propose("A.csv", text.as_bytes(), FileKind::Servicing).unwrap().proposal;
    assert_eq!((proposal.rows, proposal.whole, proposal.doubts.len()), (1_999, false, 0));
    let cell = "正".repeat(4_100);
    let long: Vec<String> = text.lines().take(1_650).map(|line| line.replace("正常", &cell)).collect();
    let clipped = propose("A.csv", long.join("\n").as_bytes(), FileKind::Servicing).unwrap().proposal;
    assert!(clipped.rows < 1_500 && !clipped.whole, "{}", clipped.rows);
    assert_eq!(clipped.columns[6].samples[0].text.chars().count(), 4_000);
}
