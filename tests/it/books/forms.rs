//! CSV and camt.053 give the same statement; what does not add up is refused with its code and place.

use pledgefund::domain::statement::{Direction, StatementParts};
use pledgefund::i18n::{self, Lang};
use pledgefund::import::limits::Limits;
use pledgefund::import::statement::fault::{FaultCode, Place, StatementFault};
use pledgefund::import::statement::{StatementFile, StatementForm, Told, read};

use super::{JULY, NUMBER, day, fen, yuan};

fn told() -> Told {
    Told { account: NUMBER.to_owned(), ..Told::default() }
}

#[track_caller]
fn taken(text: &str) -> StatementFile {
    read(text.as_bytes(), &told(), &Limits::default()).unwrap_or_else(|fault| panic!("{fault:?}"))
}

#[track_caller]
fn only(file: &StatementFile) -> &StatementParts {
    assert_eq!(file.statements.len(), 1);
    file.statements[0].parts()
}

#[track_caller]
fn refused(text: &str) -> StatementFault {
    read(text.as_bytes(), &told(), &Limits::default()).unwrap_err()
}

#[track_caller]
fn check_refused(text: &str, code: FaultCode, place: &Place) {
    let fault = refused(text);
    assert_eq!((fault.code, &fault.place), (code, place), "{fault:?}");
    for lang in Lang::ALL {
        let words = fault.message(lang);
        assert!(!words.contains("statement.") && !words.contains('{'), "{words}");
    }
}

const HEAD: &str = "booked_on,value_on,credit,debit,balance,counterparty_name,reference,text";

/// A camt.053 document: version, balances, entries.
fn camt(version: &str, opening: &str, closing: &str, entries: &str) -> String {
    let balance = |kind: &str, amount: &str, on: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}\">\
         <BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S-7</Id>\
         <FrToDt><FrDtTm>2025-07-01T00:00:00</FrDtTm><ToDtTm>2025-07-31T23:59:59+08:00</ToDtTm></FrToDt>\
         <Acct><Id><Othr><Id>6222021000001234</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{}{}{entries}</Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", opening, "2025-07-01"),
        balance("CLBD", closing, "2025-07-31"),
    )
}

fn entry(amount: &str, way: &str, more: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"CNY\">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{more}<Sts>BOOK</Sts>\
         <BookgDt><Dt>2025-07-02</Dt></BookgDt><ValDt><Dt>2025-07-03</Dt></ValDt></Ntry>"
    )
}

#[test]
fn a_table_in_chinese_or_english_in_utf8_or_gb18030_gives_the_same_lines() {
    let file = taken(JULY);
    let told_here = only(&file);
    assert_eq!((told_here.opening, told_here.closing), (yuan("0"), yuan("1501")));
    assert_eq!((told_here.from, told_here.to), (day("2025-07-02"), day("2025-07-31")));
    assert_eq!(told_here.account, "6222021000001234");
    let line = &told_here.lines[0];
    assert_eq!((line.direction, line.amount, &*line.reference), (Direction::Credit, fen(100_000), "REF20250701"));
    assert_eq!((&*line.counterparty_name, &*line.counterparty_account, &*line.text), ("省财政厅", "111", "拨款"));
    let (gb, ..) = encoding_rs::GB18030.encode(JULY);
    assert_eq!(read(&gb, &told(), &Limits::default()).unwrap(), file);
    let english = JULY.replace(
        "记账日期,起息日,收入金额,支出金额,余额,对方户名,对方账号,流水号,摘要,备注",
        "booked_on,value_on,credit,debit,balance,counterparty_name,counterparty_account,reference,text,note",
    );
    assert_eq!(taken(&english), file);
}

#[test]
fn the_newest_row_may_stand_first() {
    let mut lines: Vec<&str> = JULY.lines().skip(1).collect();
    lines.reverse();
    let turned = format!("{}\n{}\n", JULY.lines().next().unwrap(), lines.join("\n"));
    let file = taken(&turned);
    let amounts: Vec<i64> = only(&file).lines.iter().map(|line| line.amount.get()).collect();
    assert_eq!(amounts, [100_000, 50_000, 100]);
    assert_eq!(only(&file).opening, yuan("0"));
}

#[test]
fn titles_above_the_header_grouped_amounts_and_dashes_are_read() {
    let text = format!(
        "账户明细\n账号,6222\n{HEAD}\n2025/7/2 10:00,,\"1,234.50\",-,\"1,234.50\",,'0001234567,a\n20250703,,-,34.5,1200,,,b\n"
    );
    let file = taken(&text);
    let lines = &only(&file).lines;
    assert_eq!((lines[0].amount, &*lines[0].reference), (fen(123_450), "0001234567"));
    assert_eq!(
        (lines[1].amount, lines[1].direction, lines[1].booked_on),
        (fen(3450), Direction::Debit, day("2025-07-03"))
    );
}

#[test]
fn an_amount_below_zero_takes_an_earlier_one_back() {
    let text = format!("{HEAD}\n2025-07-02,,100.00,,100.00,,R1,a\n2025-07-03,,-100.00,,0.00,,R1,冲正\n");
    let file = taken(&text);
    let back = &only(&file).lines[1];
    assert_eq!((back.direction, back.amount, back.is_reversal), (Direction::Debit, fen(10_000), true));
    assert_ne!(file.statements[0].keys()[0], file.statements[0].keys()[1]);
}

#[test]
fn every_fault_of_a_table_names_its_row() {
    let row = |body: &str| format!("{HEAD}\n2025-07-02,,100.00,,100.00,,R1,a\n{body}\n");
    let check = |body: &str, code: FaultCode| check_refused(&row(body), code, &Place::Row(3));
    check("2025-02-30,,1.00,,101.00,,,", FaultCode::Date);
    check("2025-07-02,2025-13-01,1.00,,101.00,,,", FaultCode::Date);
    check("2025-07-02,,1.001,,101.00,,,", FaultCode::Amount);
    check("2025-07-02,,\"1,00\",,101.00,,,", FaultCode::Amount);
    check("2025-07-02,,1e3,,101.00,,,", FaultCode::Amount);
    check("2025-07-02,,1.00,1.00,101.00,,,", FaultCode::BothSides);
    check("2025-07-02,,,,101.00,,,", FaultCode::NoAmount);
    check("2025-07-02,,0.00,0.00,101.00,,,", FaultCode::NoAmount);
    check("2025-07-02,,1.00,,102.00,,,", FaultCode::RunningBalance);
    check_refused("booked_on,credit\n", FaultCode::ColumnMissing, &Place::Row(1));
    check_refused("booked_on,credit,debit,credit\n", FaultCode::ColumnTwice, &Place::Row(1));
    check_refused("a,b\n1,2\n", FaultCode::FormUnknown, &Place::File);
    check_refused("", FaultCode::FormUnknown, &Place::File);
    check_refused("booked_on,credit,debit,currency\n2025-07-02,1,,USD\n", FaultCode::Currency, &Place::Row(2));
    check_refused("booked_on,credit,debit\n2025-07-02,1,\n", FaultCode::NotTold, &Place::File);
}

#[test]
fn a_table_without_balances_needs_them_told_and_they_must_fit() {
    let text = "booked_on,credit,debit\n2025-07-02,5,\n";
    let with = |closing: &str| Told { opening: Some(yuan("1")), closing: Some(yuan(closing)), ..told() };
    assert!(read(text.as_bytes(), &with("6"), &Limits::default()).is_ok());
    let fault = read(text.as_bytes(), &with("7"), &Limits::default()).unwrap_err();
    assert_eq!(fault.code, FaultCode::Total);
    let other = Told { opening: Some(yuan("1")), ..told() };
    assert_eq!(read(JULY.as_bytes(), &other, &Limits::default()).unwrap_err().code, FaultCode::ToldOtherwise);
    let early = Told { to: Some(day("2025-07-30")), ..told() };
    assert_eq!(read(JULY.as_bytes(), &early, &Limits::default()).unwrap_err().code, FaultCode::Outside);
}

#[test]
fn limits_hold() {
    let limits = Limits { bytes: 10, ..Limits::default() };
    assert_eq!(read(JULY.as_bytes(), &told(), &limits).unwrap_err().code, FaultCode::TooLarge);
    let limits = Limits { rows: 2, ..Limits::default() };
    assert_eq!(read(JULY.as_bytes(), &told(), &limits).unwrap_err().code, FaultCode::TooMany);
    let many = camt("08", "0.00", "3.00", &entry("1.00", "CRDT", "").repeat(3));
    assert_eq!(read(many.as_bytes(), &told(), &limits).unwrap_err().code, FaultCode::TooMany);
    let deep = camt("08", "0.00", "0.00", &format!("{}{}", "<a>".repeat(60), "</a>".repeat(60)));
    assert_eq!(refused(&deep).code, FaultCode::TooMany);
    let long = camt("08", "0.00", "0.00", &format!("<a>{}</a>", "x".repeat(20_000)));
    assert_eq!(refused(&long).code, FaultCode::TooMany);
}

#[test]
fn a_camt_entry_is_told_whole() {
    let details = "<AcctSvcrRef>REF20250701</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E-9</EndToEndId></Refs>\
        <RltdPties><Dbtr><Nm>省财政厅</Nm></Dbtr><DbtrAcct><Id><Othr><Id>111</Id></Othr></Id></DbtrAcct>\
        <Cdtr><Nm>基金</Nm></Cdtr></RltdPties><RmtInf><Ustrd>首期 &amp; 拨款&#x3002;</Ustrd></RmtInf></TxDtls></NtryDtls>";
    for version in ["02", "06", "08", "13"] {
        let file = taken(&camt(version, "0.00", "1000.00", &entry("1000.00", "CRDT", details)));
        assert_eq!(file.form, StatementForm::Camt053);
        let parts = only(&file);
        assert_eq!((parts.from, parts.to, &*parts.number), (day("2025-07-01"), day("2025-07-31"), "S-7"));
        let line = &parts.lines[0];
        assert_eq!((line.booked_on, line.value_on), (day("2025-07-02"), Some(day("2025-07-03"))));
        assert_eq!((&*line.reference, &*line.end_to_end), ("REF20250701", "E2E-9"));
        assert_eq!((&*line.counterparty_name, &*line.counterparty_account), ("省财政厅", "111"));
        assert_eq!(line.text, "首期 & 拨款。");
    }
}

#[test]
fn a_reversal_goes_the_way_its_indicator_says() {
    let entries = entry("5.00", "CRDT", "") + &entry("5.00", "DBIT", "<RvslInd>true</RvslInd>");
    let file = taken(&camt("08", "1.00", "1.00", &entries));
    let back = &only(&file).lines[1];
    assert_eq!((back.direction, back.is_reversal), (Direction::Debit, true));
    let wrong = entry("5.00", "CRDT", "") + &entry("5.00", "CRDT", "<RvslInd>true</RvslInd>");
    assert_eq!(refused(&camt("08", "1.00", "1.00", &wrong)).code, FaultCode::Total);
}

#[test]
fn what_the_bank_has_not_booked_counts_nowhere() {
    let pending = entry("9.00", "CRDT", "").replace("BOOK", "PDNG");
    let newer = entry("5.00", "CRDT", "").replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>");
    let file = taken(&camt("08", "1.00", "6.00", &(pending + &newer)));
    assert_eq!((only(&file).lines.len(), file.unbooked), (1, 1));
}

#[test]
fn every_fault_of_a_document_names_its_element() {
    let at = |entry: u32| Place::Element(format!("Document/BkToCstmrStmt/Stmt/Ntry[{entry}]"));
    let statement = Place::Element("Document/BkToCstmrStmt/Stmt".to_owned());
    let with = |entry: &str| camt("08", "0.00", "5.00", &format!("{}{entry}", self::entry("5.00", "CRDT", "")));
    let other = entry("1.00", "CRDT", "");
    check_refused(&with(&other.replace("CNY", "USD")), FaultCode::Currency, &at(2));
    check_refused(&with(&other.replace("CRDT", "IN")), FaultCode::Value, &at(2));
    check_refused(&with(&other.replace("1.00", "1.001")), FaultCode::Amount, &at(2));
    check_refused(&with(&other.replace("1.00", "0.00")), FaultCode::NoAmount, &at(2));
    check_refused(&with(&other.replace("2025-07-02", "2025-07-32")), FaultCode::Date, &at(2));
    check_refused(&with(&other.replace("2025-07-02", "2025-08-02")), FaultCode::Outside, &at(2));
    check_refused(&with(&other.replace("BookgDt", "Other")), FaultCode::ElementMissing, &at(2));
    check_refused(&with(&other), FaultCode::Total, &statement);
    let good = camt("08", "0.00", "0.00", "");
    check_refused(&good.replace("OPBD", "XXXX"), FaultCode::ElementMissing, &statement);
    check_refused(&good.replace("6222021000001234", "99"), FaultCode::Account, &statement);
    check_refused(&good.replace("camt.053", "camt.054"), FaultCode::FormUnknown, &Place::File);
    assert_eq!(refused(&good.replace("</Stmt>", "")).code, FaultCode::Xml);
    assert_eq!(refused(good.split("</Stmt>").next().unwrap()).code, FaultCode::Xml);
}

#[test]
fn entities_and_document_types_are_not_read() {
    let good = camt("08", "0.00", "0.00", "");
    let with_type = good.replacen("<Document", "<!DOCTYPE d [<!ENTITY a \"b\">]><Document", 1);
    check_refused(&with_type, FaultCode::Entity, &Place::File);
    assert_eq!(refused(&good.replace("S-7", "&a;")).code, FaultCode::Entity);
}

#[test]
fn a_line_keeps_its_identity_in_another_statement() {
    let first = taken(JULY);
    let again = taken(&JULY.lines().take(3).collect::<Vec<_>>().join("\n"));
    assert_eq!(first.statements[0].keys()[..2], again.statements[0].keys()[..]);
    let equal = format!("{HEAD}\n2025-07-02,,1.00,,1.00,,,费\n2025-07-02,,1.00,,2.00,,,费\n");
    let keys = taken(&equal).statements[0].keys();
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn every_code_has_its_words() {
    for code in FaultCode::ALL {
        for lang in Lang::ALL {
            assert!(i18n::texts(lang).contains_key(&format!("statement.{}", code.code())), "{}", code.code());
        }
    }
}
