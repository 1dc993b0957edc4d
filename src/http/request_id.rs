//! The number of a request, by which an answer, a page of an error and the log are brought together.
//!
//! **Invariant:** a number is short and plain, whoever made it; strangers do not choose it.

/// Header with the number.
pub const HEADER: &str = "x-request-id";
/// Shortest and longest number taken from a trusted proxy.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

/// The number of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    /// A new number: 128 random bits.
    #[must_use]
    pub fn new_random() -> RequestId {
        RequestId(super::guard::random())
    }

    /// A number that came from outside, if it looks like one.
    #[must_use]
    pub fn read(text: &str) -> Option<RequestId> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        (LENGTHS.contains(&text.len()) && text.bytes().all(plain)).then(|| RequestId(text.to_owned()))
    }
}
