//! The plain fields of acts.
//!
//! **Invariant:** a text that is taken says something, fits on a form, and holds no control characters but line ends.

use chrono::NaiveDate;

use super::{Detail, DetailFault, FaultKind, Field, Shape, day, share, yuan};
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::PartnerCode;

/// Longest text taken, in characters.
const LONGEST: usize = 4000;

fn needed<'d>(at: &str, detail: Option<&'d Detail>) -> Result<&'d Detail, DetailFault> {
    detail.ok_or_else(|| DetailFault::new(at, FaultKind::Missing))
}

fn text<'d>(at: &str, detail: Option<&'d Detail>) -> Result<&'d str, DetailFault> {
    match needed(at, detail)? {
        Detail::Text(text) => Ok(text),
        _ => Err(DetailFault::new(at, FaultKind::WrongKind)),
    }
}

impl Field for String {
    fn shape() -> Shape {
        Shape::Text
    }
    fn write(&self) -> Option<Detail> {
        Some(Detail::Text(self.clone()))
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<String, DetailFault> {
        let said = text(at, detail)?.trim();
        let is_plain = said.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
        if said.is_empty() || said.chars().count() > LONGEST || !is_plain {
            return Err(DetailFault::new(at, FaultKind::BadText));
        }
        Ok(said.to_owned())
    }
}

impl Field for PartnerCode {
    fn shape() -> Shape {
        Shape::Text
    }
    fn write(&self) -> Option<Detail> {
        Some(Detail::Text(self.as_str().to_owned()))
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<PartnerCode, DetailFault> {
        Ok(PartnerCode::new(&String::read(at, detail)?))
    }
}

impl Field for NaiveDate {
    fn shape() -> Shape {
        Shape::Day
    }
    fn write(&self) -> Option<Detail> {
        Some(Detail::Text(self.to_string()))
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<NaiveDate, DetailFault> {
        day(at, text(at, detail)?)
    }
}

impl Field for Fen {
    fn shape() -> Shape {
        Shape::Money
    }
    fn write(&self) -> Option<Detail> {
        Some(Detail::Text(self.yuan()))
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<Fen, DetailFault> {
        yuan(at, text(at, detail)?)
    }
}

impl Field for Ppm {
    fn shape() -> Shape {
        Shape::Share
    }
    fn write(&self) -> Option<Detail> {
        Some(Detail::Text(self.fraction()))
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<Ppm, DetailFault> {
        share(at, text(at, detail)?)
    }
}

impl Field for u32 {
    fn shape() -> Shape {
        Shape::Count
    }
    fn write(&self) -> Option<Detail> {
        Some(Detail::Number(i64::from(*self)))
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<u32, DetailFault> {
        let wrong = || DetailFault::new(at, FaultKind::WrongKind);
        match needed(at, detail)? {
            Detail::Number(number) => u32::try_from(*number).map_err(|_outside| wrong()),
            Detail::Text(text) => text.trim().parse().map_err(|_no_number| wrong()),
            _ => Err(wrong()),
        }
    }
}

impl Field for bool {
    fn shape() -> Shape {
        Shape::Flag
    }
    fn write(&self) -> Option<Detail> {
        Some(Detail::Flag(*self))
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<bool, DetailFault> {
        match needed(at, detail)? {
            Detail::Flag(flag) => Ok(*flag),
            Detail::Text(text) if matches!(text.trim(), "true" | "yes" | "是") => Ok(true),
            Detail::Text(text) if matches!(text.trim(), "false" | "no" | "否") => Ok(false),
            _ => Err(DetailFault::new(at, FaultKind::WrongKind)),
        }
    }
}

impl<F: Field> Field for Option<F> {
    const OPTIONAL: bool = true;
    fn shape() -> Shape {
        F::shape()
    }
    fn write(&self) -> Option<Detail> {
        self.as_ref().and_then(Field::write)
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<Option<F>, DetailFault> {
        match detail {
            None => Ok(None),
            Some(Detail::Text(text)) if text.trim().is_empty() => Ok(None),
            given => F::read(at, given).map(Some),
        }
    }
}

impl<F: Field> Field for Vec<F> {
    const OPTIONAL: bool = true;
    fn shape() -> Shape {
        Shape::List(Box::new(F::shape()))
    }
    fn write(&self) -> Option<Detail> {
        (!self.is_empty()).then(|| Detail::List(self.iter().filter_map(Field::write).collect()))
    }
    fn read(at: &str, detail: Option<&Detail>) -> Result<Vec<F>, DetailFault> {
        match detail {
            None => Ok(Vec::new()),
            Some(Detail::List(items)) => {
                (1..).zip(items).map(|(nth, item)| F::read(&format!("{at}[{nth}]"), Some(item))).collect()
            }
            // A single value stands for a list of one; a command line gives several with commas.
            Some(Detail::Text(text)) => text
                .split([',', '，', '、'])
                .filter(|part| !part.trim().is_empty())
                .map(|part| F::read(at, Some(&Detail::Text(part.to_owned()))))
                .collect(),
            Some(single) => Ok(vec![F::read(at, Some(single))?]),
        }
    }
}
