//! Ten thousand random Chinese texts through every form and back.

use pledgefund::export::layout;
use pledgefund::export::table::{Format, Table, Value, begin};
use pledgefund::import::field::{Field, FileKind};
use pledgefund::import::mapping::MappingSet;
use pledgefund::import::{Body, FileReading, ReadRequest, read_file};

use super::{exported, rows, written};
use crate::support::product::on_both;

const STRINGS: usize = 10_000;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.roll(from.len())]
    }
}

const BEGINNINGS: [&str; 18] =
    ["", "", "", "", "=", "+", "-", "@", "＝", "＋", "－", "＠", "\u{2212}", "'", "'=", "''=", "\t", "\"="];
const ODD: [&str; 24] = [
    "䶮", "𠮷", "𪚥", "㐂", "，", ",", "\"", "“", "'", "\n", "\r\n", "、", ";", "；", " ", "\u{3000}", "Ａ", "１", "&",
    "<", "_x0041_", "…", "%", "\\",
];

/// A text as the product may hold it: no outer spaces.
fn text(dice: &mut Dice) -> String {
    let mut text = dice.pick(&BEGINNINGS).to_owned();
    text.push(common(dice));
    for _ in 0..dice.roll(20) {
        if dice.roll(4) == 0 {
            text.push_str(dice.pick(&ODD));
        } else {
            text.push(common(dice));
        }
    }
    text.push(common(dice));
    text
}

fn common(dice: &mut Dice) -> char {
    char::from_u32(0x4e00 + u32::try_from(dice.roll(0x5200)).unwrap()).unwrap()
}

fn texts(seed: u64, count: usize) -> Vec<String> {
    let mut dice = Dice(seed);
    (0..count).map(|_| text(&mut dice)).collect()
}

/// A row of a kind that is right, with `text` in a field.
fn row(kind: FileKind, at: usize, field: Field, text: &str) -> Vec<Value> {
    let day = |text: &str| Value::Date(text.parse().unwrap());
    let value = |one: &Field| match *one {
        one if one == field => Value::text(text),
        Field::Contract if kind == FileKind::Fund => Value::Empty,
        Field::Contract | Field::Code => Value::Text(format!("P{at}")),
        Field::CreditCode => Value::text("91140602MA0GQCGM8W"),
        Field::Size => Value::text("小型"),
        Field::FirstLoan => Value::text("否"),
        Field::Repayment => Value::text("按月付息到期还本"),
        Field::IpKind => Value::text("其他著作权"),
        Field::PartnerKind => Value::text("评估机构"),
        Field::FundKind => Value::text("出资"),
        Field::Source => Value::text("社会出资"),
        Field::MaturesOn | Field::AgreedTo => day("2027-01-01"),
        Field::FoundedOn | Field::DisbursedOn | Field::AgreedFrom | Field::BookedOn => day("2024-01-01"),
        Field::Principal | Field::Amount => Value::Fen(i64::try_from(at).unwrap() + 1),
        Field::AnnualRate | Field::IpShare => Value::Ppm(50_000),
        Field::Borrower | Field::County | Field::Industry | Field::IpNumber | Field::IpTitle | Field::Name => {
            Value::text("甲")
        }
        _ => Value::Empty,
    };
    layout::fields(kind).iter().map(value).collect()
}

fn file(format: Format, kind: FileKind, field: Field, texts: &[String]) -> Vec<u8> {
    let columns = layout::columns(kind).unwrap();
    let table = Table { sheet: "表".to_owned(), lines: vec!["筛选条件：=无".to_owned()], columns };
    let mut bytes = Vec::new();
    let mut writer = begin(format, &table, &mut bytes).unwrap();
    for (at, text) in texts.iter().enumerate() {
        writer.row(&row(kind, at, field, text)).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

fn read(format: Format, kind: FileKind, bytes: &[u8]) -> FileReading {
    let name = format!("ABC_x.{}", format.code());
    read_file(&name, bytes, &ReadRequest::new(kind), &MappingSet::load(None).unwrap(), &mut |_| ()).unwrap()
}

/// What the reader made of a field, record by record.
fn found(reading: FileReading, field: Field) -> Vec<String> {
    assert_eq!(reading.rejected.len(), 0, "{:?}", reading.rejected.first());
    match reading.body {
        Body::Registrations(loans) => loans
            .into_iter()
            .map(|loan| match field {
                Field::Borrower => loan.value.borrower.name,
                Field::Appraiser => loan.value.appraiser.unwrap(),
                _ => loan.value.rights.into_iter().next().unwrap().title,
            })
            .collect(),
        Body::Fund(rows) => rows.into_iter().map(|row| row.value.note).collect(),
        Body::Partners(rows) => rows.into_iter().map(|row| row.value.name).collect(),
        other => panic!("{other:?}"),
    }
}

const FIELDS: [(FileKind, Field); 5] = [
    (FileKind::Registrations, Field::Borrower),
    (FileKind::Registrations, Field::IpTitle),
    (FileKind::Registrations, Field::Appraiser),
    (FileKind::Fund, Field::Note),
    (FileKind::Partners, Field::Name),
];

#[test]
fn ten_thousand_texts_come_back_through_text_files_and_workbooks() {
    for (seed, (kind, field)) in (1..).zip(FIELDS) {
        let texts = texts(seed, STRINGS / FIELDS.len());
        for format in [Format::Csv, Format::Xlsx] {
            let back = found(read(format, kind, &file(format, kind, field, &texts)), field);
            assert_eq!(back.len(), texts.len());
            for (text, back) in texts.iter().zip(&back) {
                assert_eq!(back, text, "{} {}", field.code(), format.code());
            }
        }
    }
}

#[test]
fn ten_thousand_texts_come_back_through_json() {
    for (seed, (kind, field)) in (1..).zip(FIELDS) {
        let texts = texts(seed, STRINGS / FIELDS.len());
        let objects: Vec<serde_json::Value> = serde_json::from_slice(&file(Format::Json, kind, field, &texts)).unwrap();
        let back: Vec<&str> = objects.iter().map(|object| object[field.code()].as_str().unwrap()).collect();
        assert_eq!(back, texts);
    }
}

/// Through the database as well, and out again in every form.
#[test]
fn texts_survive_import_and_export_of_an_installation() {
    on_both(|installation| {
        let notes = texts(71, 400);
        let bytes = file(Format::Csv, FileKind::Fund, Field::Note, &notes);
        installation.json(&["import", "fund", &written(installation, "notes.csv", &bytes)], &[0]);
        let names = texts(72, 60);
        let bytes = file(Format::Xlsx, FileKind::Registrations, Field::Borrower, &names);
        let path = written(installation, "ABC_names.xlsx", &bytes);
        installation.json(&["import", "registrations", &path], &[0, 1]);
        let of = |list: &str, key: &str| -> Vec<String> {
            let mut all: Vec<String> =
                rows(installation, list, &[]).iter().map(|row| row[key].as_str().unwrap().to_owned()).collect();
            all.sort();
            all
        };
        let sorted = |texts: &[String]| {
            let mut texts = texts.to_vec();
            texts.sort();
            texts
        };
        assert_eq!(of("fund", "note"), sorted(&notes));
        assert_eq!(of("loans", "borrower"), sorted(&names));
        for format in [Format::Csv, Format::Xlsx] {
            let ending = format.code();
            let back = exported(installation, "fund", ending, &[]);
            assert_eq!(sorted(&found(read(format, FileKind::Fund, &back), Field::Note)), sorted(&notes));
            let back = exported(installation, "loans", ending, &["--bank", "ABC"]);
            let back = found(read(format, FileKind::Registrations, &back), Field::Borrower);
            assert_eq!(sorted(&back), sorted(&names));
        }
    });
}

#[test]
fn titles_of_several_rights_come_back_though_they_hold_the_separator_or_nothing() {
    let titles = ["甲、乙", "", "丙,丁"];
    let mut values = row(FileKind::Registrations, 1, Field::IpTitle, &layout::joined(&titles));
    let at = |field| layout::fields(FileKind::Registrations).iter().position(|one| *one == field).unwrap();
    values[at(Field::IpKind)] = Value::text(&layout::joined(&["商标", "其他著作权", "商标"]));
    values[at(Field::IpNumber)] = Value::text(&layout::joined(&["1、2", "N2", "N3"]));
    let columns = layout::columns(FileKind::Registrations).unwrap();
    let table = Table { sheet: "表".to_owned(), lines: Vec::new(), columns };
    for format in [Format::Csv, Format::Xlsx] {
        let mut bytes = Vec::new();
        let mut writer = begin(format, &table, &mut bytes).unwrap();
        writer.row(&values).unwrap();
        writer.finish().unwrap();
        let reading = read(format, FileKind::Registrations, &bytes);
        assert_eq!(reading.rejected, []);
        let Body::Registrations(loans) = reading.body else { panic!() };
        let rights = &loans[0].value.rights;
        assert_eq!(rights.iter().map(|right| right.title.as_str()).collect::<Vec<_>>(), titles);
        assert_eq!(rights[0].number.as_str(), "1、2");
    }
}
