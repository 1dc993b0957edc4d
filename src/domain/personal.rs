//! Numbers that say who somebody is or where money goes, found in what people write.
//!
//! Owns what counts as one: a mobile telephone number of the mainland, an identity number with its check character, a
//! card number with its check digit. Account numbers of enterprises carry no check and are known by their field.
//! **Invariant:** a number is found only as a whole; what merely contains such digits is none.

use std::ops::Range;

/// Kind of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalKind {
    /// Mobile telephone.
    Phone,
    /// Identity number.
    Identity,
    /// Card.
    Card,
}

/// The numbers in a text, in their order: where, and what.
#[must_use]
pub fn find(text: &str) -> Vec<(Range<usize>, PersonalKind)> {
    let mut found = Vec::new();
    for run in runs(text, |c| c.is_ascii_alphanumeric()) {
        found.extend(kind_of(&text[run.clone()]).map(|kind| (run, kind)));
    }
    // Groups as people write them, 138 0013 8000 or 6222-0000-…, where no single run was one.
    for run in runs(text, |c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-')) {
        let whole = &text[run.clone()];
        let (start, end) =
            (whole.len() - whole.trim_start_matches([' ', '-']).len(), whole.trim_end_matches([' ', '-']).len());
        if start >= end {
            continue;
        }
        let range = run.start + start..run.start + end;
        let bare: String = text[range.clone()].chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let is_new =
            found.iter().all(|(known, _): &(Range<usize>, _)| known.end <= range.start || known.start >= range.end);
        if let Some(kind) = kind_of(&bare).filter(|_| is_new) {
            found.push((range, kind));
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// The stretches of a text that consist of such characters.
fn runs(text: &str, is_part: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut begun = None;
    for (at, c) in text.char_indices() {
        match (is_part(c), begun) {
            (true, None) => begun = Some(at),
            (false, Some(start)) => {
                runs.push(start..at);
                begun = None;
            }
            _ => {}
        }
    }
    runs.extend(begun.map(|start| start..text.len()));
    runs
}

fn kind_of(bare: &str) -> Option<PersonalKind> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let local = bare.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(bare);
    let is_mobile = local.len() == 11 && digits(local) && local.starts_with('1') && local.as_bytes()[1] >= b'3';
    if is_mobile {
        return Some(PersonalKind::Phone);
    }
    if is_identity(bare) {
        return Some(PersonalKind::Identity);
    }
    ((16..=19).contains(&bare.len()) && digits(bare) && has_check_digit(bare)).then_some(PersonalKind::Card)
}

/// GB 11643: seventeen digits, of which eight are a day of birth, and a check character.
fn is_identity(bare: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let Some((body, check)) = bare.split_at_checked(17).filter(|(_, check)| check.len() == 1) else { return false };
    if !body.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if chrono::NaiveDate::parse_from_str(&body[6..14], "%Y%m%d").is_err() {
        return false;
    }
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    let wanted = usize::try_from(sum % 11).ok().and_then(|at| CHECKS.get(at)).copied();
    wanted == check.bytes().next().map(|byte| byte.to_ascii_uppercase())
}

/// ISO/IEC 7812 (Luhn).
fn has_check_digit(bare: &str) -> bool {
    let sum: u32 = bare
        .bytes()
        .rev()
        .zip([1_u32, 2].into_iter().cycle())
        .map(|(byte, times)| {
            let product = u32::from(byte - b'0') * times;
            product / 10 + product % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The last four characters of a number, by which people tell it from others.
#[must_use]
pub fn last_four(number: &str) -> String {
    let bare: Vec<char> = number.chars().filter(char::is_ascii_alphanumeric).collect();
    // Of a short one, four characters would be all there is to know.
    let kept = if bare.len() >= 8 { 4 } else { 0 };
    bare[bare.len() - kept..].iter().collect()
}
