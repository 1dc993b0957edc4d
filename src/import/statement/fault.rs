//! Why a statement file is refused.
//!
//! **Invariant:** every fault has a stable code and a place; its words come from the catalogue (area `statement`).

use crate::domain::statement::StatementError;
use crate::i18n::{self, Lang};

/// Declares the codes.
macro_rules! codes {
    ($($(#[$doc:meta])* $member:ident = $code:literal;)+) => {
        /// What is wrong with a statement file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum FaultCode { $($(#[$doc])* $member,)+ }
        impl FaultCode {
            /// Every code.
            pub const ALL: &'static [FaultCode] = &[$(FaultCode::$member,)+];
            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(FaultCode::$member => $code,)+ } }
        }
    };
}

codes! {
    /// Larger than is read.
    TooLarge = "STATEMENT_TOO_LARGE";
    /// More lines, elements or characters than are read.
    TooMany = "STATEMENT_TOO_MANY";
    /// Bytes of no single encoding.
    Encoding = "STATEMENT_ENCODING";
    /// Neither a known header nor camt.053.
    FormUnknown = "STATEMENT_FORM_UNKNOWN";
    /// A column is missing.
    ColumnMissing = "STATEMENT_COLUMN_MISSING";
    /// A column comes twice.
    ColumnTwice = "STATEMENT_COLUMN_TWICE";
    /// Not readable as a day.
    Date = "STATEMENT_DATE";
    /// Not readable as an amount.
    Amount = "STATEMENT_AMOUNT";
    /// Money in and money out in one row.
    BothSides = "STATEMENT_BOTH_SIDES";
    /// Neither money in nor money out, or zero.
    NoAmount = "STATEMENT_NO_AMOUNT";
    /// The balance of a row does not follow from the row before.
    RunningBalance = "STATEMENT_RUNNING_BALANCE";
    /// Opening balance and movements do not give the closing balance.
    Total = "STATEMENT_TOTAL";
    /// What was told beside the file contradicts it.
    ToldOtherwise = "STATEMENT_TOLD_OTHERWISE";
    /// Balances or days stand neither in the file nor were they told.
    NotTold = "STATEMENT_NOT_TOLD";
    /// The last day before the first.
    Period = "STATEMENT_PERIOD";
    /// A line outside the days of its statement.
    Outside = "STATEMENT_OUTSIDE";
    /// Another currency than CNY.
    Currency = "STATEMENT_CURRENCY";
    /// Another account.
    Account = "STATEMENT_ACCOUNT";
    /// Not well-formed.
    Xml = "STATEMENT_XML";
    /// A document type or an entity of its own.
    Entity = "STATEMENT_ENTITY";
    /// An element is missing.
    ElementMissing = "STATEMENT_ELEMENT_MISSING";
    /// A word outside its closed list.
    Value = "STATEMENT_VALUE";
}

/// Where in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The whole file.
    File,
    /// A row of a table, from 1.
    Row(u32),
    /// An element, by its path.
    Element(String),
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFault {
    /// What.
    pub code: FaultCode,
    /// Where.
    pub place: Place,
    /// What was found there.
    pub found: String,
}

/// Longest part of a cell that is repeated to its reader.
const LONGEST_FOUND: usize = 80;

impl StatementFault {
    /// A fault.
    #[must_use]
    pub fn new(code: FaultCode, place: Place, found: &str) -> StatementFault {
        let found = found.chars().filter(|c| !c.is_control()).take(LONGEST_FOUND).collect();
        StatementFault { code, place, found }
    }

    /// A statement that does not add up; `place_of` tells a line's place.
    #[must_use]
    pub fn of(error: &StatementError, whole: Place, place_of: impl Fn(u32) -> Place) -> StatementFault {
        match error {
            StatementError::Period { from, to } => {
                StatementFault::new(FaultCode::Period, whole, &format!("{from} > {to}"))
            }
            StatementError::Zero { place } => StatementFault::new(FaultCode::NoAmount, place_of(*place), "0.00"),
            StatementError::Outside { place, on } => {
                StatementFault::new(FaultCode::Outside, place_of(*place), &on.to_string())
            }
            StatementError::Total { computed, stated } => {
                StatementFault::new(FaultCode::Total, whole, &format!("{} ≠ {}", computed.yuan(), stated.yuan()))
            }
            StatementError::Money(_) => StatementFault::new(FaultCode::Amount, whole, ""),
        }
    }

    /// The words a person reads.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let place = match &self.place {
            Place::File => i18n::text(lang, "statement.place.file", &[]),
            Place::Row(row) => i18n::text(lang, "statement.place.row", &[("row", &row.to_string())]),
            Place::Element(path) => i18n::text(lang, "statement.place.element", &[("path", path)]),
        };
        let words = i18n::text(lang, &format!("statement.{}", self.code.code()), &[("found", &self.found)]);
        i18n::text(lang, "statement.refused", &[("place", &place), ("words", &words)])
    }
}
