//! Numbers, dates and encodings of single cells.

use chrono::NaiveDate;
use pledgefund::domain::money::Fen;
use pledgefund::i18n::{Lang, places_of, texts};
use pledgefund::import::cell::{CellValue, DateReading, read_date, read_number};
use pledgefund::import::encoding::{TextEncoding, decode};
use pledgefund::import::field::Field;
use pledgefund::import::finding::{self, FindingCode};
use pledgefund::import::mapping::Unit;
use proptest::prelude::*;

use super::rebuild::gb18030;

fn fen(text: &str, unit: Unit) -> Option<i64> {
    read_number(text).and_then(|number| Fen::from_yuan(&number.yuan(unit)).ok()).map(Fen::get)
}

#[track_caller]
fn check_fen(text: &str, unit: Unit, want: Option<i64>) {
    assert_eq!(fen(text, unit), want, "{text}");
}

#[test]
fn amounts_are_read_exactly_whatever_they_are_dressed_in() {
    use Unit::{TenThousand as Wan, Yuan};
    check_fen("1,200.50", Yuan, Some(120_050));
    check_fen("１，２００．５０　", Yuan, Some(120_050));
    check_fen("￥12", Yuan, Some(1_200));
    check_fen("12元", Yuan, Some(1_200));
    check_fen("1.2万元", Yuan, Some(1_200_000));
    check_fen("400.00", Wan, Some(400_000_000));
    check_fen("23,396.99", Wan, Some(23_396_990_000));
    check_fen("0.000001", Wan, Some(1));
    check_fen("0.0000001", Wan, None);
    check_fen("300万", Wan, Some(300_000_000));
    check_fen("5元", Wan, Some(500));
    for wrong in ["", "叁佰", "1,20", "12,34,567", "1,2345", "1.", ".5", "1.2.3", "1.2E+7", "--1", "1,000,", "5 6x"] {
        check_fen(wrong, Yuan, None);
    }
}

#[track_caller]
fn check_date(text: &str, want: Option<(i32, u32, u32)>) {
    let want = want.map(|(y, m, d)| DateReading::Day(NaiveDate::from_ymd_opt(y, m, d).unwrap()));
    let got = read_date(&CellValue::from_text(text));
    match want {
        Some(want) => assert_eq!(got, want, "{text}"),
        None => assert!(matches!(got, DateReading::Unreadable(_)), "{text}: {got:?}"),
    }
}

#[test]
fn dates_are_read_in_every_form_banks_use() {
    for text in [
        "2024-05-06",
        "2024/5/6",
        "2024.5.6",
        "20240506",
        "2024年5月6日",
        "２０２４年５月６日",
        "2024-05-06 00:00:00",
        "2024-05-06T00:00:00",
        " 2024 年 5 月 6 日 ",
    ] {
        check_date(text, Some((2024, 5, 6)));
    }
    for text in ["24-5-6", "2024-05", "明年", "5/6/2024", "2024", "19999", "80001", "2024-5-6-7", "2024-x-6"] {
        check_date(text, None);
    }
    let serial = |text: &str, epoch_1904| read_date(&CellValue::Number { text: text.to_owned(), epoch_1904 });
    let day = |y, m, d| DateReading::Serial(NaiveDate::from_ymd_opt(y, m, d).unwrap());
    assert_eq!(serial("45819", false), day(2025, 6, 11));
    assert_eq!(serial("44357", true), day(2025, 6, 11));
    assert_eq!(serial("45819.5", false), DateReading::Unreadable("45819.5".to_owned()));
    for text in ["2024年2月30日", "20240230", "2024/2/30"] {
        assert_eq!(read_date(&CellValue::from_text(text)), DateReading::NoSuchDay("2024-02-30".to_owned()));
    }
}

#[test]
fn every_code_has_its_reason_in_both_languages() {
    for code in FindingCode::ALL {
        assert_eq!(FindingCode::from_code(code.code()), Some(*code));
        let key = format!("finding.{}", code.code());
        let places = |lang| places_of(texts(lang).get(&key).unwrap_or_else(|| panic!("{key}")));
        assert_eq!(places(Lang::Zh), places(Lang::En), "{key}");
    }
    for field in Field::ALL {
        assert_eq!(Field::from_code(field.code()), Some(*field));
    }
    let args = finding::arguments(&[("found", "S"), ("digit", "5"), ("value", "{found}")]);
    let reason = finding::reason(FindingCode::UsccCharset, &args, Lang::En);
    assert_eq!(reason, "credit code holds the letter S, which is not allowed (five meant?): {found}");
}

proptest! {
    #[test]
    fn ten_thousands_and_yuan_of_the_same_amount_are_the_same_fen(amount in 0_i64..=9_000_000_000_000_000) {
        let yuan = Fen::try_new(amount).unwrap().yuan();
        let wan = format!("{}.{:06}", amount / 1_000_000, amount % 1_000_000);
        prop_assert_eq!(fen(&yuan, Unit::Yuan), Some(amount));
        prop_assert_eq!(fen(&wan, Unit::TenThousand), Some(amount));
        prop_assert_eq!(fen(wan.trim_end_matches('0').trim_end_matches('.'), Unit::TenThousand), Some(amount));
        prop_assert_eq!(fen(&format!("{wan}万元"), Unit::Yuan), Some(amount));
    }

    #[test]
    fn separators_and_full_width_change_nothing(amount in 0_i64..=9_000_000_000_000_000) {
        let plain = Fen::try_new(amount).unwrap().yuan();
        let (whole, cents) = plain.split_once('.').unwrap();
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let dressed = format!("{grouped}.{cents}");
        let wide: String = dressed.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        prop_assert_eq!(fen(&dressed, Unit::Yuan), Some(amount));
        prop_assert_eq!(fen(&wide, Unit::Yuan), Some(amount));
    }

    #[test]
    fn every_day_is_read_from_every_form(days in 0_i64..60_000) {
        let day = NaiveDate::from_ymd_opt(1960, 1, 1).unwrap() + chrono::Duration::days(days);
        for form in ["%Y-%m-%d", "%Y/%-m/%-d", "%Y%m%d", "%Y年%-m月%-d日", "%Y.%m.%d"] {
            let text = day.format(form).to_string();
            prop_assert_eq!(read_date(&CellValue::from_text(&text)), DateReading::Day(day), "{}", text);
        }
    }

    #[test]
    fn nothing_a_cell_can_hold_makes_the_readers_panic(text in "\\PC{0,40}") {
        let _read = (read_number(&text), read_date(&CellValue::from_text(&text)));
    }

    #[test]
    fn chinese_text_survives_gb18030(text in "[\u{4e00}-\u{9fa5}\u{3400}-\u{3480}a-z0-9]{0,60}") {
        // The leading characters are no UTF-8 in GB18030, as the header of any real file.
        let whole = format!("合同编号{text}");
        let bytes = gb18030(&whole);
        let (read, encoding) = decode(&bytes).unwrap();
        prop_assert_eq!(read.as_ref(), whole.as_str());
        prop_assert_eq!(encoding, TextEncoding::Gb18030);
    }

    #[test]
    fn chinese_text_survives_utf8_with_and_without_mark(text in "[\u{4e00}-\u{9fa5}]{1,60}") {
        prop_assert_eq!(decode(text.as_bytes()).unwrap(), (text.as_str().into(), TextEncoding::Utf8));
        let marked = format!("\u{feff}{text}");
        prop_assert_eq!(decode(marked.as_bytes()).unwrap(), (text.as_str().into(), TextEncoding::Utf8Marked));
    }
}
