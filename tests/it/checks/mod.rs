//! Hints and suggestions: what a file, a bank's book and the register say of new rows.

mod reading;
mod refused;
mod register;
mod samples;
mod servicing;
mod totals;

use pledgefund::app::App;
use pledgefund::domain::names::PartnerCode;
use pledgefund::i18n::Lang;
use pledgefund::import::field::FileKind;
use pledgefund::import::finding::Finding;
use pledgefund::import::mapping::MappingSet;
use pledgefund::import::{FileReading, ReadRequest, read_file};
use pledgefund::usecase::import::{FileOutcome, ImportCall, Incoming, Unwatched, import};

const HEADER: &str = "合同编号,借款人名称,统一社会信用代码,成立日期,所在县区,行业,企业规模,从业人数,上年营业收入(元),是否首贷,贷款本金(元),年利率(%),放款日,到期日,还款方式,知识产权类型,知识产权编号,知识产权名称,评估价值(元),质押登记号,质押登记日,评估机构,知识产权承担比例(%),保险机构,保险产品,保单号,保险金额(元),保费(元),保险起期,保险止期,担保机构,担保责任比例(%)";
const MONTH_HEADER: &str = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类";
/// Firms that do not exist, with codes that hold both checks.
const FIRMS: [(&str, &str); 4] = [
    ("甲陶瓷有限公司", "91140602MA0HT3K731"),
    ("乙陶瓷有限公司", "91140681MA0LB5X26D"),
    ("丙陶瓷有限公司", "91140600757263187U"),
    ("丁陶瓷合作社", "92140621MA0KW4P933"),
];

/// One row of a registration file: a good loan of the first firm, with some cells changed.
fn loan(contract: &str, changes: &[(&str, &str)]) -> String {
    let (name, code) = FIRMS[0];
    let number = format!("商标{contract}");
    let good = [
        ("合同编号", contract),
        ("借款人名称", name),
        ("统一社会信用代码", code),
        ("成立日期", "2015-01-01"),
        ("所在县区", "朔城区"),
        ("行业", "陶瓷"),
        ("企业规模", "小型"),
        ("从业人数", "44"),
        ("上年营业收入(元)", "9129400"),
        ("是否首贷", "否"),
        ("贷款本金(元)", "2000000"),
        ("年利率(%)", "4.35"),
        ("放款日", "2025-01-02"),
        ("到期日", "2026-01-02"),
        ("还款方式", "按月付息到期还本"),
        ("知识产权类型", "商标"),
        ("知识产权编号", &number),
        ("知识产权承担比例(%)", "100"),
    ];
    let cell = |header: &str| {
        let find =
            |pairs: &[(&str, &str)]| pairs.iter().find(|(name, _)| *name == header).map(|(_, v)| (*v).to_owned());
        find(changes).or_else(|| find(&good)).unwrap_or_default()
    };
    for (header, _) in changes {
        assert!(HEADER.split(',').any(|known| known == *header), "{header}");
    }
    HEADER.split(',').map(cell).collect::<Vec<_>>().join(",")
}

/// A firm's cells.
fn of(firm: usize) -> [(&'static str, &'static str); 2] {
    [("借款人名称", FIRMS[firm].0), ("统一社会信用代码", FIRMS[firm].1)]
}

fn file(header: &str, rows: &[String]) -> Vec<u8> {
    format!("{header}\n{}\n", rows.join("\n")).into_bytes()
}

fn read(name: &str, bytes: &[u8], kind: FileKind) -> FileReading {
    read_file(name, bytes, &ReadRequest::new(kind), &MappingSet::load(None).unwrap(), &mut |_rows| ()).unwrap()
}

fn loans(bank: &str, rows: &[String]) -> Incoming {
    let mut reading = read("SGH_loans.csv", &file(HEADER, rows), FileKind::Registrations);
    reading.bank = Some(PartnerCode::new(bank));
    reading.content_hash_hex = format!("{bank}{}", reading.content_hash_hex);
    Incoming { path: format!("{bank}.csv"), reading, rest: None }
}

fn month(rows: &[&str]) -> Incoming {
    let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    let mut request = ReadRequest::new(FileKind::Servicing);
    request.bank = Some(PartnerCode::new("SGH"));
    let bytes = file(MONTH_HEADER, &rows);
    let reading = read_file("month.csv", &bytes, &request, &MappingSet::load(None).unwrap(), &mut |_rows| ()).unwrap();
    Incoming { path: "month.csv".to_owned(), reading, rest: None }
}

fn call(partial: bool, dry_run: bool) -> ImportCall {
    ImportCall {
        actor: "tester".to_owned(),
        on: "2025-07-01".parse().unwrap(),
        dry_run,
        partial,
        whole: false,
        until: None,
    }
}

/// Takes in one good loan of a bank; gives what became of the file.
pub fn take_one(app: &App, bank: &str, contract: &str) -> FileOutcome {
    take(app, &[loans(bank, &[loan(contract, &[])])]).remove(0)
}

fn take(app: &App, files: &[Incoming]) -> Vec<FileOutcome> {
    import(app, &call(false, false), files, &Unwatched).unwrap()
}

/// Row, code and Chinese reason.
fn said(findings: &[Finding]) -> Vec<(u32, &'static str, String)> {
    findings.iter().map(|finding| (finding.row, finding.code.code(), finding.reason(Lang::Zh))).collect()
}

/// Codes with rows.
fn codes(findings: &[Finding]) -> Vec<(u32, &'static str)> {
    findings.iter().map(|finding| (finding.row, finding.code.code())).collect()
}
