//! What is wrong, or worth a look, with one row of a file.
//!
//! Owns the closed list of codes and the wording of reasons (catalogue area `finding`).
//! **Invariant:** code and arguments alone give the reason in either language, so a stored finding reads the same
//! as a fresh one.

use std::collections::BTreeMap;

use super::field::Field;
use crate::i18n::{self, Lang};

/// Declares the codes.
macro_rules! codes {
    ($($(#[$doc:meta])* $member:ident = $code:literal;)+) => {
        /// Why a row is refused or warned of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode { $($(#[$doc])* $member,)+ }
        impl FindingCode {
            /// Every code.
            pub const ALL: &'static [FindingCode] = &[$(FindingCode::$member,)+];
            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(FindingCode::$member => $code,)+ } }
            /// The member with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<FindingCode> {
                FindingCode::ALL.iter().copied().find(|member| member.code() == code)
            }
        }
    };
}

codes! {
    /// A required cell is empty.
    FieldMissing = "FIELD_MISSING";
    /// A cell holds a spreadsheet error such as `#N/A`.
    CellError = "CELL_ERROR";
    /// A text begins like a formula.
    TextFormula = "TEXT_FORMULA";
    /// A text column holds the result of a formula.
    FormulaText = "FORMULA_TEXT";
    /// Note: a value is the stored result of a formula.
    FormulaValue = "FORMULA_VALUE";
    /// A text holds control or direction characters nobody sees.
    TextInvisible = "TEXT_INVISIBLE";
    /// A text was damaged by a wrong encoding before it came here.
    TextDamaged = "TEXT_DAMAGED";
    /// A number cell holds an identifier of more digits than a spreadsheet keeps.
    DigitsLost = "DIGITS_LOST";
    /// Not a number.
    NumberInvalid = "NUMBER_INVALID";
    /// A number finer than one fen, or than one millionth.
    NumberTooFine = "NUMBER_TOO_FINE";
    /// An amount below zero.
    AmountNegative = "AMOUNT_NEGATIVE";
    /// An amount that is not above zero.
    AmountNotPositive = "AMOUNT_NOT_POSITIVE";
    /// Well formed, but no such day.
    DateInvalid = "DATE_INVALID";
    /// Not readable as a date.
    DateUnreadable = "DATE_UNREADABLE";
    /// Warning: a date came as a bare serial number.
    DateSerial = "DATE_SERIAL";
    /// A word outside the closed list of its column.
    ValueUnknown = "VALUE_UNKNOWN";
    /// The check character of a credit code is wrong.
    UsccCheck = "USCC_CHECK";
    /// A credit code holds a character the standard does not use.
    UsccCharset = "USCC_CHARSET";
    /// A credit code has not 18 characters.
    UsccLength = "USCC_LENGTH";
    /// The check digit of a patent number is wrong.
    PatentCheck = "PATENT_CHECK";
    /// A patent number of no known form.
    PatentForm = "PATENT_FORM";
    /// Unknown kind of right.
    IpKindUnknown = "IP_KIND_UNKNOWN";
    /// Kinds, numbers and titles of a cell differ in count.
    IpCount = "IP_COUNT";
    /// The term of a right was over before disbursement.
    IpTermOver = "IP_TERM_OVER";
    /// Share of the rights outside 0 to 100.
    IpShareRange = "IP_SHARE_RANGE";
    /// Another share outside 0 to 100.
    ShareRange = "SHARE_RANGE";
    /// Rate outside 0 to 24.
    RateRange = "RATE_RANGE";
    /// Principal is missing.
    PrincipalMissing = "PRINCIPAL_MISSING";
    /// Principal is not above zero.
    PrincipalNotPositive = "PRINCIPAL_NOT_POSITIVE";
    /// Maturity before disbursement.
    DateOrder = "DATE_ORDER";
    /// The end of another period before its start.
    PeriodOrder = "PERIOD_ORDER";
    /// The first overdue day after the day of the report or claim.
    OverdueOrder = "OVERDUE_ORDER";
    /// The same contract again with the same content.
    ContractDuplicate = "CONTRACT_DUPLICATE";
    /// The same contract again with other content.
    ContractConflict = "CONTRACT_CONFLICT";
    /// The bank registers no new loans while it is suspended.
    BankSuspended = "BANK_SUSPENDED";
    /// The bank was taken over before the loan was paid out.
    BankSucceeded = "BANK_SUCCEEDED";
    /// The same key again in a file of another kind.
    RowDuplicate = "ROW_DUPLICATE";
    /// Warning: another name for the same credit code.
    NameDiffers = "NAME_DIFFERS";
    /// Warning: a declared first loan is none.
    FirstLoanContradicted = "FIRST_LOAN_CONTRADICTED";
    /// A booking dated in a closed month.
    PeriodSealed = "PERIOD_SEALED";
    /// The contract is not registered.
    ContractUnknown = "CONTRACT_UNKNOWN";
    /// The contract is registered at more than one bank.
    ContractAmbiguous = "CONTRACT_AMBIGUOUS";
    /// A grade outside the five tiers.
    GradeUnknown = "GRADE_UNKNOWN";
    /// Warning: the bank's grade is milder than the floor.
    GradeBelowFloor = "GRADE_BELOW_FLOOR";
    /// Warning: a balance went up.
    BalanceIncreased = "BALANCE_INCREASED";
    /// Warning: a row was refused, and what was reported last of the loan is carried on.
    LoanCarried = "LOAN_CARRIED";
    /// The same claim came before with another content.
    ClaimConflict = "CLAIM_CONFLICT";
    /// Claim: pledge registered after the loan became non-performing.
    ClaimPledgeAfterNpl = "CLAIM_PLEDGE_AFTER_NPL";
    /// Claim: the term of the pledged right was over.
    ClaimIpTermOver = "CLAIM_IP_TERM_OVER";
    /// Claim: not overdue long enough.
    ClaimOverdueTooShort = "CLAIM_OVERDUE_TOO_SHORT";
    /// Note: the check inside an accepted credit code fails.
    UsccInner = "USCC_INNER";
    /// Note: the digit for the kind in a patent number disagrees with the declared kind.
    PatentKind = "PATENT_KIND";
    /// Note: an amount looks like another unit.
    UnitSuspect = "UNIT_SUSPECT";
    /// Note: the firm was founded after its loan was disbursed.
    FoundedAfterLoan = "FOUNDED_AFTER_LOAN";
    /// Note: a date after the day of the import.
    DateInFuture = "DATE_IN_FUTURE";
    /// Note: the firm is younger than the measure asks.
    AgeBelowMinimum = "AGE_BELOW_MINIMUM";
    /// Note: another name for a credit code that is on the register.
    FirmRenamed = "FIRM_RENAMED";
    /// Note: another credit code for a name that is on the register or in the file.
    FirmCodeDiffers = "FIRM_CODE_DIFFERS";
    /// Note: the right is pledged for another outstanding loan.
    RightPledged = "RIGHT_PLEDGED";
    /// Note: the figures of the firm give another size class.
    SizeDiffers = "SIZE_DIFFERS";
    /// Note: a balance above the principal.
    BalanceAbovePrincipal = "BALANCE_ABOVE_PRINCIPAL";
    /// Note: a balance fell by more than nine tenths without being paid off.
    BalanceFell = "BALANCE_FELL";
    /// Note: a non-performing loan came back without the time the rules ask.
    GradeImproved = "GRADE_IMPROVED";
    /// Note: a first overdue day without an overdue amount.
    OverdueWithoutAmount = "OVERDUE_WITHOUT_AMOUNT";
    /// Note: more principal overdue than the balance.
    OverdueAboveBalance = "OVERDUE_ABOVE_BALANCE";
    /// Note: a loan of last month's report is missing.
    LoanMissing = "LOAN_MISSING";
    /// Note: a loan was never reported.
    LoanNeverReported = "LOAN_NEVER_REPORTED";
    /// Note: the file's own total is not the sum of its rows.
    TotalDiffers = "TOTAL_DIFFERS";
    /// Note: an amount of the file's total row cannot be read.
    TotalUnreadable = "TOTAL_UNREADABLE";
    /// Note: further notes of a code were left out.
    NotesMore = "NOTES_MORE";
}

/// Argument that picks another wording of the same code: `finding.<code>_<wording>`.
pub const WORDING: &str = "wording";
/// Argument holding a digit, which English writes as a word.
pub const DIGIT: &str = "digit";
/// Argument naming what to do about a refusal: `finding.advice_<advice>`.
pub const ADVICE: &str = "advice";
/// Argument holding the identifier that was most likely meant.
pub const SUGGESTED: &str = "suggested";

/// Arguments of a reason, by place.
pub type Arguments = BTreeMap<String, String>;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Row, from 1 as a spreadsheet shows.
    pub row: u32,
    /// Header of the column as the file writes it; empty where the whole row is meant.
    pub column: String,
    /// Why.
    pub code: FindingCode,
    /// Contract, normalised; nothing where the row has none.
    pub contract: Option<String>,
    /// What fills the places of the reason.
    pub args: Arguments,
}

impl Finding {
    /// A finding at a row and column.
    #[must_use]
    pub fn new(row: u32, column: &str, code: FindingCode, contract: Option<&str>, args: &[(&str, &str)]) -> Finding {
        Finding { row, column: column.to_owned(), code, contract: contract.map(str::to_owned), args: arguments(args) }
    }

    /// As a bank's people read it: the contract of a loan that may be another bank's is not named.
    #[must_use]
    pub fn for_bank(mut self) -> Finding {
        if self.code == FindingCode::FirstLoanContradicted && self.args.remove("contract").is_some() {
            self.args.insert(WORDING.to_owned(), "elsewhere".to_owned());
        }
        self
    }

    /// What a person reads: what is wrong and, where that is known, what was most likely meant.
    #[must_use]
    pub fn reason(&self, lang: Lang) -> String {
        reason_with_advice(self.code, &self.args, lang)
    }

    /// What is wrong and no more: the sentence that other programs get.
    #[must_use]
    pub fn verdict(&self, lang: Lang) -> String {
        reason(self.code, &self.args, lang)
    }
}

/// The reason that a code and its arguments stand for.
#[must_use]
pub fn reason(code: FindingCode, args: &Arguments, lang: Lang) -> String {
    let key = match args.get(WORDING) {
        Some(wording) => format!("finding.{}_{wording}", code.code()),
        None => format!("finding.{}", code.code()),
    };
    let digit = args.get(DIGIT).map(|digit| i18n::text(lang, &format!("finding.digit_{digit}"), &[]));
    let places: Vec<(&str, &str)> = args
        .iter()
        .map(|(name, value)| match &digit {
            Some(word) if name == DIGIT => (name.as_str(), word.as_str()),
            _ => (name.as_str(), value.as_str()),
        })
        .collect();
    i18n::text(lang, &key, &places)
}

/// The same, with what to do about it where that is known.
#[must_use]
pub fn reason_with_advice(code: FindingCode, args: &Arguments, lang: Lang) -> String {
    let verdict = reason(code, args, lang);
    let Some(advice) = args.get(ADVICE) else { return verdict };
    let places: Vec<(&str, &str)> = args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let advice = i18n::text(lang, &format!("finding.advice_{advice}"), &places);
    i18n::text(lang, "finding.with_advice", &[("reason", &verdict), ("advice", &advice)])
}

/// Arguments from pairs.
#[must_use]
pub fn arguments(pairs: &[(&str, &str)]) -> Arguments {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Why a row cannot be taken, before it is known where its columns stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The column.
    pub field: Field,
    /// Why.
    pub code: FindingCode,
    /// What fills the reason.
    pub args: Arguments,
}

impl Fault {
    /// A fault of one column.
    pub fn new(field: Field, code: FindingCode, args: &[(&str, &str)]) -> Fault {
        Fault { field, code, args: arguments(args) }
    }
}
