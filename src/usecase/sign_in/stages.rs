//! From the password to the session: code, change, authenticator; confirming again; leaving.
//!
//! **Invariant:** no stage is left out: a code is asked for wherever there is an authenticator, and one must be set up
//! where there is none.

use chrono::NaiveDateTime;

use super::sessions::{self, Entered, Guest};
use super::{
    Refusal, SignInError, Visitor, accounts, act_of, code_hash, count, known_words, policy, random_code, refused,
};
use crate::app::App;
use crate::domain::sign_in::password::PasswordFault;
use crate::domain::sign_in::session::Stage;
use crate::domain::sign_in::totp;
use crate::storage::find::{accounts as find, sessions as session_rows};
use crate::storage::rows::accounts::AccountRow;
use crate::storage::{Scope, Tx};

/// Recovery codes that are made at once.
const RECOVERY_CODES: usize = 10;

/// The stage after the code.
pub(super) fn after_code(app: &App, account: &AccountRow, now: NaiveDateTime) -> Stage {
    let is_over = account.password_set_at.is_none_or(|at| policy(app).is_over(at, now));
    if account.must_change || is_over {
        Stage::Password
    } else if account.totp_sealed.is_none() {
        Stage::Enrol
    } else {
        Stage::Full
    }
}

/// Takes the code of the authenticator, or a recovery code.
///
/// # Errors
/// `Refused`; `Store`.
pub fn code(app: &App, guest: &Guest, typed: &str, visitor: &Visitor) -> Result<Entered, SignInError> {
    if guest.stage != Stage::Code {
        return Err(Refusal::Over.into());
    }
    prove_code(app, guest, typed, visitor)?;
    let stage = after_code(app, &guest.account, app.wall.now());
    write_as(app, guest, |tx| sessions::begin(tx, app, &guest.account, stage, visitor, Some(&guest.session)))
}

/// Proves a code and uses it up.
fn prove_code(app: &App, guest: &Guest, typed: &str, visitor: &Visitor) -> Result<(), SignInError> {
    let person = &guest.account.person;
    let recovery = super::recovery::reads(typed);
    // A recovery code cannot be guessed, and its holder must not wait for what strangers did.
    let counts = if recovery {
        vec![count::address(&visitor.address)]
    } else {
        vec![count::codes(person), count::address(&visitor.address)]
    };
    count::begin(app, &counts)?;
    let secret = accounts::secret_of(app, &guest.account)?;
    let now = app.wall.now().and_utc().timestamp();
    let proved = write_as(app, guest, |tx| {
        let right = if recovery {
            find::take_recovery_code(tx, person, &code_hash(typed))?
        } else {
            let last = find::one(tx, person)?.map_or(i64::MAX, |account| account.totp_step);
            match totp::fitting_step(&secret, typed, now, last) {
                Some(step) => find::take_step(tx, person, step)?,
                None => false,
            }
        };
        if right {
            count::forget_codes(tx, person, &visitor.address)?;
            if recovery {
                accounts::note(tx, app, person, "recovery_code_used", &guest.account.name, &serde_json::json!({}))?;
            }
        }
        Ok(right)
    })?;
    if !proved {
        refused(app, person, visitor, "code");
        return Err(Refusal::WrongCode.into());
    }
    Ok(())
}

/// Sets the password of a guest. Whoever is signed in already gives the current one, too.
///
/// # Errors
/// `Refused`; `Store`.
pub fn set_password(
    app: &App,
    guest: &Guest,
    current: &str,
    new: &str,
    visitor: &Visitor,
) -> Result<Entered, SignInError> {
    let account = &guest.account;
    match guest.stage {
        Stage::Password => {}
        Stage::Full => prove_password(app, guest, current, visitor)?,
        Stage::Code | Stage::Enrol => return Err(Refusal::Over.into()),
    }
    let policy = policy(app);
    policy.check(new, &account.name, &known_words::is_known).map_err(Refusal::Password)?;
    if let Some(hash) = &account.password_hash
        && app.hasher.verify(new, Some(hash))?
    {
        return Err(Refusal::Password(PasswordFault::UsedBefore).into());
    }
    let most = i64::try_from(policy.remembered()).unwrap_or(0);
    let before = find::passwords(&mut *app.store.read()?, &account.person, most)?;
    for hash in &before {
        if app.hasher.verify(new, Some(hash))? {
            return Err(Refusal::Password(PasswordFault::UsedBefore).into());
        }
    }
    let (hash, now) = (app.hasher.hash(new)?, app.wall.now());
    write_as(app, guest, |tx| {
        let stands = find::one(tx, &account.person)?.ok_or(Refusal::Over)?;
        let changed = AccountRow {
            password_hash: Some(hash.clone()),
            password_set_at: Some(now),
            must_change: false,
            code_hash: None,
            code_until: None,
            ..stands
        };
        find::keep(tx, &changed)?;
        find::remember_password(tx, &account.person, now, &hash)?;
        accounts::note(tx, app, &account.person, "password_set", &account.name, &serde_json::json!({}))?;
        session_rows::end_all(tx, &account.person)?;
        sessions::begin(tx, app, &changed, after_code(app, &changed, now), visitor, None)
    })
}

fn prove_password(app: &App, guest: &Guest, password: &str, visitor: &Visitor) -> Result<(), SignInError> {
    let account = &guest.account;
    // A person that is signed in is not kept waiting by what strangers try at the door.
    count::begin(app, &[count::codes(&account.person), count::address(&visitor.address)])?;
    if !app.hasher.verify(password, account.password_hash.as_deref())? {
        refused(app, &account.person, visitor, "password");
        return Err(Refusal::Wrong.into());
    }
    write_as(app, guest, |tx| Ok(count::forget_codes(tx, &account.person, &visitor.address)?))
}

/// Binds the authenticator whose secret the session holds, once it gives a code that fits. Gives the recovery codes,
/// which are shown this once.
///
/// # Errors
/// `Refused`; `Store`.
pub fn enrol(app: &App, guest: &Guest, typed: &str, visitor: &Visitor) -> Result<(Entered, Vec<String>), SignInError> {
    let Some(sealed) = guest.session.pending_sealed.clone().filter(|_| guest.stage == Stage::Enrol) else {
        return Err(Refusal::Over.into());
    };
    let account = &guest.account;
    count::begin(app, &[count::codes(&account.person), count::address(&visitor.address)])?;
    let secret = accounts::unseal(app, &sealed)?;
    let step = totp::fitting_step(&secret, typed, app.wall.now().and_utc().timestamp(), i64::MIN);
    let step = step.ok_or(Refusal::WrongCode)?;
    write_as(app, guest, |tx| {
        let stands = find::one(tx, &account.person)?.ok_or(Refusal::Over)?;
        let bound = AccountRow { totp_sealed: Some(sealed.clone()), totp_step: step, ..stands };
        find::keep(tx, &bound)?;
        count::forget_codes(tx, &account.person, &visitor.address)?;
        accounts::note(tx, app, &account.person, "authenticator_set", &account.name, &serde_json::json!({}))?;
        let codes = new_codes(tx, app, &bound)?;
        let entered = sessions::begin(tx, app, &bound, Stage::Full, visitor, Some(&guest.session))?;
        Ok((entered, codes))
    })
}

fn new_codes(tx: &mut Tx<'_>, app: &App, account: &AccountRow) -> Result<Vec<String>, SignInError> {
    let codes: Vec<String> = std::iter::repeat_with(random_code).take(RECOVERY_CODES).collect();
    let hashes: Vec<String> = codes.iter().map(|code| code_hash(code)).collect();
    find::replace_recovery_codes(tx, &account.person, &hashes)?;
    accounts::note(tx, app, &account.person, "recovery_codes_made", &account.name, &serde_json::json!({}))?;
    Ok(codes)
}

/// New recovery codes for a guest, shown this once; the old ones are void.
///
/// # Errors
/// `Refused`; `Store`.
pub fn recovery_codes(app: &App, guest: &Guest) -> Result<Vec<String>, SignInError> {
    if guest.stage != Stage::Full || !guest.is_stepped_up {
        return Err(Refusal::Over.into());
    }
    write_as(app, guest, |tx| new_codes(tx, app, &guest.account))
}

/// Confirms by password and code that it is still the same person: for acts that move money or roles.
///
/// # Errors
/// `Refused`; `Store`.
pub fn confirm(
    app: &App,
    guest: &Guest,
    password: &str,
    typed: &str,
    visitor: &Visitor,
) -> Result<Entered, SignInError> {
    if guest.stage != Stage::Full {
        return Err(Refusal::Over.into());
    }
    prove_password(app, guest, password, visitor)?;
    prove_code(app, guest, typed, visitor)?;
    write_as(app, guest, |tx| {
        accounts::note(tx, app, &guest.account.person, "confirmed", &guest.account.name, &serde_json::json!({}))?;
        sessions::begin(tx, app, &guest.account, Stage::Full, visitor, Some(&guest.session))
    })
}

/// Ends the session.
///
/// # Errors
/// Storage.
pub fn leave(app: &App, guest: &Guest) -> Result<(), SignInError> {
    write_as(app, guest, |tx| {
        session_rows::end(tx, &guest.session.session_hash)?;
        accounts::note(tx, app, &guest.account.person, "signed_out", &guest.account.name, &serde_json::json!({}))
    })
}

fn write_as<T>(
    app: &App,
    guest: &Guest,
    work: impl FnMut(&mut Tx<'_>) -> Result<T, SignInError>,
) -> Result<T, SignInError> {
    app.store.write(&Scope::system(), &act_of(app, &guest.account.name), work)
}
