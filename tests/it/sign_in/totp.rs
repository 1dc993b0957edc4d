//! Codes of authenticators.

use pledgefund::domain::sign_in::totp::{address, base32, code, code_with, fitting_step, step_of};

const SECRET: &[u8] = b"12345678901234567890";

#[test]
fn the_vectors_of_rfc_6238_are_met() {
    for (seconds, wanted) in [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        assert_eq!(code_with(SECRET, step_of(seconds), 8), wanted, "{seconds}");
    }
}

#[test]
fn a_code_fits_one_step_around_now_and_never_twice() {
    let now = 1_234_567_890;
    let step = step_of(now);
    for (of, fits) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let found = fitting_step(SECRET, &code(SECRET, step + of), now, i64::MIN);
        assert_eq!(found, fits.then_some(step + of), "{of}");
    }
    let typed = code(SECRET, step);
    assert_eq!(fitting_step(SECRET, &format!(" {} {} ", &typed[..3], &typed[3..]), now, i64::MIN), Some(step));
    for used in [step, step + 1] {
        assert_eq!(fitting_step(SECRET, &typed, now, used), None, "used up by {used}");
    }
    for wrong in ["", "0", "12345678", "abcdef", &typed[..5]] {
        assert_eq!(fitting_step(SECRET, wrong, now, i64::MIN), None, "{wrong}");
    }
}

#[test]
fn a_secret_is_written_as_authenticators_read_it() {
    for (bytes, text) in
        [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
    {
        assert_eq!(base32(bytes.as_bytes()), text);
    }
    assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    let address = address("资金", "王 丽", SECRET);
    assert!(address.starts_with("otpauth://totp/%E8%B5%84%E9%87%91:%E7%8E%8B%20%E4%B8%BD?secret=GEZD"), "{address}");
}
