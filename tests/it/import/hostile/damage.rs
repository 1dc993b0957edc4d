//! Workbooks cut off or with a bit turned anywhere.

use pledgefund::import::field::FileKind;
use pledgefund::import::probe;

use super::super::{read, sample};
use super::forge::{good, pack};

const SGH: &str = "registration/SGH_registration.xlsx";

#[test]
fn a_workbook_cut_off_at_any_kibibyte_is_refused() {
    let bytes = sample(SGH);
    for cut in (0..bytes.len()).step_by(1024) {
        let code = read("SGH.xlsx", &bytes[..cut], FileKind::Registrations).err().map(|error| error.code());
        let want = if cut == 0 { "EMPTY_FILE" } else { "NOT_A_WORKBOOK" };
        assert_eq!(code, Some(want), "{cut}");
    }
}

#[test]
fn a_short_workbook_cut_off_at_any_byte_is_refused() {
    let bytes = pack(&good());
    for cut in 1..bytes.len() {
        let reading = read("loans.xlsx", &bytes[..cut], FileKind::Registrations);
        assert!(reading.is_err(), "{cut}");
    }
}

#[test]
fn a_workbook_with_any_byte_changed_is_refused_or_read_and_nothing_else() {
    let bytes = pack(&good());
    for at in 0..bytes.len() {
        for change in [0x01, 0x80, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] ^= change;
            probe::xlsx(&damaged);
        }
    }
}
