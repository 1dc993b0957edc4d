//! What a password must be.
//!
//! Owns the two policies: `dengbao`, as 等保 2.0 and its assessors ask (classes, change, none of the last five), and
//! `nist`, which asks for length and for nothing that is on the list of the known.
//! **Invariant:** a password is counted in characters and never cut; both policies ask the same list.

use chrono::{NaiveDateTime, TimeDelta};

/// Fewest characters: every sign-in has a second factor.
pub const LEAST_CHARS: usize = 12;
/// Most characters; more is refused and never cut off.
pub const MOST_CHARS: usize = 128;
/// Classes of characters, of four, under `dengbao`.
const LEAST_CLASSES: usize = 3;
/// Days after which `dengbao` asks for another one.
const LONGEST_DAYS: i64 = 90;
/// Passwords back that `dengbao` does not take again.
pub const REMEMBERED: usize = 5;
/// Characters from which a name inside a password counts.
const NAME_CHARS: usize = 2;

/// Which rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Three classes of four, changed after 90 days, none of the last five.
    Dengbao,
    /// Length and the list only; changed when there is a reason.
    Nist,
}

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than asked for.
    TooShort,
    /// More characters than taken.
    TooLong,
    /// Fewer classes of characters than asked for.
    FewClasses,
    /// One character, or a short piece, over and over, or a run.
    Monotonous,
    /// On the list of the known, or a known one with something around it.
    Known,
    /// Holds the person's name.
    HoldsName,
    /// Was this person's before.
    UsedBefore,
}

impl PasswordFault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            PasswordFault::TooShort => "password_short",
            PasswordFault::TooLong => "password_long",
            PasswordFault::FewClasses => "password_classes",
            PasswordFault::Monotonous => "password_monotonous",
            PasswordFault::Known => "password_known",
            PasswordFault::HoldsName => "password_name",
            PasswordFault::UsedBefore => "password_before",
        }
    }
}

impl Policy {
    /// The policy of this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Policy> {
        match code {
            "dengbao" => Some(Policy::Dengbao),
            "nist" => Some(Policy::Nist),
            _ => None,
        }
    }

    /// What is wrong with a password, apart from what its person had before. `is_known` is asked for folded words.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn check(self, password: &str, name: &str, is_known: &dyn Fn(&str) -> bool) -> Result<(), PasswordFault> {
        let chars = password.chars().count();
        if chars < LEAST_CHARS {
            return Err(PasswordFault::TooShort);
        }
        if chars > MOST_CHARS {
            return Err(PasswordFault::TooLong);
        }
        if self == Policy::Dengbao && classes(password) < LEAST_CLASSES {
            return Err(PasswordFault::FewClasses);
        }
        if is_monotonous(password) {
            return Err(PasswordFault::Monotonous);
        }
        let name = folded(name, false);
        if name.chars().count() >= NAME_CHARS && folded(password, false).contains(&name) {
            return Err(PasswordFault::HoldsName);
        }
        if [false, true].into_iter().any(|signs| is_known_at_heart(&folded(password, signs), is_known)) {
            return Err(PasswordFault::Known);
        }
        Ok(())
    }

    /// Whether a password set at an instant must be changed by now.
    #[must_use]
    pub fn is_over(self, set_at: NaiveDateTime, now: NaiveDateTime) -> bool {
        self == Policy::Dengbao && now.signed_duration_since(set_at) >= TimeDelta::days(LONGEST_DAYS)
    }

    /// How many of the passwords before are not taken again.
    #[must_use]
    pub const fn remembered(self) -> usize {
        match self {
            Policy::Dengbao => REMEMBERED,
            Policy::Nist => 0,
        }
    }
}

/// Classes in a password: small letters, capital letters, digits, everything else.
fn classes(password: &str) -> usize {
    let has = |is: fn(char) -> bool| usize::from(password.chars().any(is));
    has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric())
}

/// A piece of at most four characters over and over, or characters that follow each other all along.
fn is_monotonous(password: &str) -> bool {
    let chars: Vec<char> = password.chars().collect();
    let repeats = |length: usize| chars.iter().zip(chars.iter().skip(length)).all(|(a, b)| a == b);
    let follows = |step: i64| {
        chars.windows(2).all(|two| match two {
            [a, b] => i64::from(u32::from(*b)) - i64::from(u32::from(*a)) == step,
            _ => true,
        })
    };
    (1..=4).any(repeats) || follows(1) || follows(-1)
}

/// As the list writes its words: small letters and digits; signs that stand for letters put back, where `signs` says so.
fn folded(password: &str, signs: bool) -> String {
    let plain = |c: char| match c {
        '@' if signs => 'a',
        '$' if signs => 's',
        other => other,
    };
    password.to_lowercase().chars().map(plain).filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a word, what is left of it without the digits around it, or that with its digits read as letters, is known:
/// `shuozhou20261234` and `passw0rd` are, where `shuozhou` and `password` are.
fn is_known_at_heart(folded: &str, is_known: &dyn Fn(&str) -> bool) -> bool {
    let heart = folded.trim_matches(|c: char| c.is_ascii_digit());
    let letter = |c: char| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    };
    let read: String = heart.chars().map(letter).collect();
    is_known(folded) || is_known(heart) || is_known(&read)
}
