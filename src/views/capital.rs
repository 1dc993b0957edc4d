//! Amounts in the capital numerals of Chinese bank forms: 人民币壹佰伍拾万元整.
//!
//! Follows 支付结算办法 annex 1 (正确填写票据和结算凭证的基本规定).
//! **Invariant:** two different amounts never read alike.

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// `fen` in capital numerals, with 负 in front where it is below zero.
#[must_use]
pub fn capital(fen: i64) -> String {
    let all = fen.unsigned_abs();
    let (yuan, rest) = (all / 100, all % 100);
    let sign = if fen < 0 { "负" } else { "" };
    let whole = if yuan == 0 { String::new() } else { format!("{}元", whole(yuan)) };
    let tail = match (rest / 10, rest % 10) {
        (0, 0) if yuan == 0 => "零元整".to_owned(),
        (0, 0) => "整".to_owned(),
        (jiao, 0) => format!("{}角整", digit(jiao)),
        (0, fen) if yuan == 0 => format!("{}分", digit(fen)),
        (0, fen) => format!("零{}分", digit(fen)),
        (jiao, fen) => format!("{}角{}分", digit(jiao), digit(fen)),
    };
    format!("人民币{sign}{whole}{tail}")
}

fn digit(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|place| DIGITS.get(place).copied()).unwrap_or("")
}

/// Whole yuan above zero, four digits a group.
fn whole(yuan: u64) -> String {
    let mut groups = Vec::new();
    let mut rest = yuan;
    while rest > 0 {
        groups.push(rest % 10_000);
        rest /= 10_000;
    }
    let mut out = String::new();
    let mut gap = false;
    for (place, value) in groups.iter().enumerate().rev() {
        if *value == 0 {
            gap = true;
            continue;
        }
        if !out.is_empty() && (gap || *value < 1_000) {
            out.push('零');
        }
        out.push_str(&group(*value));
        out.push_str(GROUPS.get(place).copied().unwrap_or(""));
        gap = false;
    }
    out
}

/// One to four digits.
fn group(value: u64) -> String {
    let mut out = String::new();
    let mut gap = false;
    for (place, name) in PLACES.iter().enumerate().rev() {
        let power = (0..place).fold(1_u64, |power, _| power * 10);
        let here = value / power % 10;
        if here == 0 {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('零');
        }
        out.push_str(digit(here));
        out.push_str(name);
        gap = false;
    }
    out
}
