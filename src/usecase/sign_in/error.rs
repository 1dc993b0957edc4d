//! Why somebody is not let in.
//!
//! **Invariant:** a refusal tells what the person may know: a wrong name and a wrong password are one code.

use thiserror::Error;

use crate::domain::sign_in::password::PasswordFault;
use crate::storage::StoreError;
use crate::storage::error::CarriesStoreError;
use crate::usecase::UseCaseError;

/// Why somebody is not let in, or a change is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Name, password or code do not fit.
    Wrong,
    /// The code does not fit.
    WrongCode,
    /// Too many failures: some minutes have to pass.
    Wait,
    /// Too many sign in at this moment.
    Busy,
    /// Not at this stage, or the session is over.
    Over,
    /// The new password breaks a rule.
    Password(PasswordFault),
    /// The two new passwords differ.
    Differ,
    /// There is an account already.
    Taken,
    /// Nobody of this name on the register, or left.
    Unknown,
    /// There is no account of this name.
    NoAccount,
    /// The name does not read.
    Name,
    /// The provider did not say who it is, or nobody who has an account.
    Provider,
}

impl Refusal {
    /// Stable code; its words are `sign_in.refused.<code>`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Refusal::Wrong => "wrong",
            Refusal::WrongCode => "wrong_code",
            Refusal::Wait => "wait",
            Refusal::Busy => "busy",
            Refusal::Over => "over",
            Refusal::Password(fault) => fault.code(),
            Refusal::Differ => "differ",
            Refusal::Taken => "taken",
            Refusal::Unknown => "unknown",
            Refusal::NoAccount => "no_account",
            Refusal::Name => "name",
            Refusal::Provider => "provider",
        }
    }
}

/// A refused or failed sign-in.
#[derive(Debug, Error)]
pub enum SignInError {
    /// Refused.
    #[error("{}", .0.code())]
    Refused(Refusal),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret cannot be computed or opened.
    #[error("{0}")]
    Broken(String),
    /// The register cannot be read, or refuses.
    #[error(transparent)]
    Register(Box<UseCaseError>),
}

impl From<Refusal> for SignInError {
    fn from(refusal: Refusal) -> SignInError {
        SignInError::Refused(refusal)
    }
}

impl From<UseCaseError> for SignInError {
    fn from(error: UseCaseError) -> SignInError {
        match error {
            UseCaseError::Store(error) => SignInError::Store(error),
            other => SignInError::Register(Box::new(other)),
        }
    }
}

impl CarriesStoreError for SignInError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            SignInError::Store(error) => Some(error),
            SignInError::Register(error) => error.store_error(),
            SignInError::Refused(_) | SignInError::Broken(_) => None,
        }
    }
}
