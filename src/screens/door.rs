//! The door of the pages, kept by the use cases of signing in.
//!
//! **Invariant:** what is refused reaches the page as a code; what fails goes to the log.

use std::sync::Arc;

use super::{act_forms, words::word};
use crate::app::App;
use crate::domain::access::Asker;
use crate::domain::sign_in::session::Stage;
use crate::domain::sign_in::totp;
use crate::http::door::{Back, Caller, Door, DoorPage, From as Origin, Granted, Sender, Wish};
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::i18n::Lang;
use crate::storage::find::accounts;
use crate::storage::rows::accounts::SessionRow;
use crate::storage::{Circumstances, StoreError};
use crate::usecase::drafts;
use crate::usecase::sign_in::{self, Entered, Guest, Refusal, SignInError, Visitor, oidc, sessions, setup};
use crate::views::beijing;
use crate::views::sign_in::{SessionLine, SignInView};

/// The application for one request: what it writes says from where and by which session it was asked for.
#[must_use]
pub fn within(app: &App, from: &Origin) -> App {
    by(app, from, from.session_id.as_ref().map(|id| format!("session:{id}")))
}

/// The application for one request of somebody who is known by something.
fn by(app: &App, from: &Origin, via: Option<String>) -> App {
    app.within(&Circumstances {
        request_id: from.request_id.clone(),
        source: Some(from.address.clone()).filter(|address| !address.is_empty()),
        via,
    })
}

/// The door of an application.
#[derive(Debug, Clone)]
pub struct AppDoor(pub Arc<App>);

impl From<SignInError> for PageError {
    fn from(error: SignInError) -> PageError {
        match error {
            SignInError::Store(StoreError::Unreachable { reason }) => PageError::Unavailable { detail: reason },
            SignInError::Refused(Refusal::Busy) => PageError::Busy,
            other => PageError::Internal { detail: other.to_string() },
        }
    }
}

impl Door for AppDoor {
    fn known(&self, token: &str) -> Result<Option<Caller>, PageError> {
        let Some(guest) = sign_in::known(&self.0, token)? else { return Ok(None) };
        if sessions::is_to_be_noted(&guest, self.0.wall.now()) {
            note_aside(Arc::clone(&self.0), guest.session.session_hash.clone());
        }
        Ok(Some(Caller {
            asker: Asker::person(guest.account.name.clone(), guest.offices.clone()),
            stage: guest.stage,
            form_secret: sessions::form_secret(token),
            is_stepped_up: guest.is_stepped_up,
            session_id: guest.session.session_id.clone(),
        }))
    }

    fn show(&self, page: DoorPage, from: &Origin, lang: Lang) -> Result<SignInView, PageError> {
        let app = &self.0;
        let mut view = SignInView { policy: app.config.sign_in.password_policy.clone(), ..SignInView::default() };
        view.shell.fund_name_zh.clone_from(&app.config.fund.name_zh);
        view.shell.fund_name_en.clone_from(&app.config.fund.name_en);
        view.shell.demo = app.store.clock().is_simulated();
        view.shell.business_date = Some(app.store.clock().today());
        if page == DoorPage::SignIn {
            view.is_new = setup::is_new(app)?;
        }
        if matches!(page, DoorPage::SignIn | DoorPage::Away)
            && let Some(settings) = oidc::settings(app)
        {
            let name = if lang == Lang::Zh { &settings.name_zh } else { &settings.name_en };
            view.provider.clone_from(name);
        }
        let Some(guest) = self.guest(from)? else { return Ok(view) };
        view.is_signed_in = guest.stage == Stage::Full;
        match page {
            DoorPage::Enrol => picture(app, &guest, &mut view)?,
            DoorPage::Account => self.account(&guest, lang, &mut view)?,
            _ => {}
        }
        Ok(view)
    }

    fn grant(&self, wish: Wish, from: &Origin) -> Result<Granted, PageError> {
        match self.granted(wish, from) {
            Ok(granted) => Ok(granted),
            Err(SignInError::Refused(refusal)) => Ok(Granted::Refused(refusal.code())),
            Err(error) => Err(error.into()),
        }
    }

    fn remember(&self, sender: Sender<'_>, address: &str, form: &Submission) -> Result<bool, PageError> {
        let content = act_forms::content(form);
        Ok(match sender {
            Sender::Token(token) => drafts::keep_after_end(&self.0, token, form.field("guard"), address, &content)?,
            Sender::Person(person) => drafts::keep(&self.0, person, address, &content)?.is_some(),
        })
    }
}

/// Tells the database that a session is in use, without keeping the request waiting for a writer.
fn note_aside(app: Arc<App>, hash: String) {
    let noted = std::thread::Builder::new().name("session".to_owned()).spawn(move || {
        if let Err(error) = sessions::note_seen(&app, &hash) {
            tracing::warn!(error = %error, "a session's last request was not noted: {error}");
        }
    });
    if let Err(error) = noted {
        tracing::warn!(error = %error, "no thread to note a session's last request: {error}");
    }
}

fn entered(entered: Entered) -> Granted {
    Granted::Entered { token: entered.token, stage: entered.stage, codes: Vec::new() }
}

impl AppDoor {
    fn guest(&self, from: &Origin) -> Result<Option<Guest>, SignInError> {
        match &from.token {
            Some(token) => sign_in::known(&self.0, token),
            None => Ok(None),
        }
    }

    fn granted(&self, wish: Wish, from: &Origin) -> Result<Granted, SignInError> {
        let app = &within(&self.0, from);
        let visitor = Visitor { address: from.address.clone(), agent: from.agent.clone() };
        let wish = match wish {
            Wish::Away(next) => {
                let away = oidc::away(app, &next, &visitor)?;
                return Ok(Granted::Away { address: away.address, cookie: away.cookie });
            }
            Wish::Back(back) => return self.returned(*back, from, &visitor),
            Wish::Enter { name, password } => {
                return Ok(entered(sign_in::enter(app, &name, &password, &visitor)?));
            }
            Wish::Recover { name, password, code } => {
                return Ok(entered(sign_in::recovery::enter(app, &name, &password, &code, &visitor)?));
            }
            Wish::SetUp { code, name } => {
                return Ok(entered(setup::first_administrator(app, &code, &name, &visitor)?));
            }
            other => other,
        };
        let guest = self.guest(from)?.ok_or(Refusal::Over)?;
        Ok(match wish {
            Wish::Code(code) => entered(sign_in::code(app, &guest, &code, &visitor)?),
            Wish::Password { new, again, .. } if new != again => return Err(Refusal::Differ.into()),
            Wish::Password { current, new, .. } => {
                entered(sign_in::set_password(app, &guest, &current, &new, &visitor)?)
            }
            Wish::Enrol(code) => {
                let (begun, codes) = sign_in::enrol(app, &guest, &code, &visitor)?;
                Granted::Entered { token: begun.token, stage: begun.stage, codes }
            }
            Wish::Confirm { password, code } => entered(sign_in::confirm(app, &guest, &password, &code, &visitor)?),
            Wish::RecoveryCodes => Granted::Codes(sign_in::recovery_codes(app, &guest)?),
            Wish::EndSession(id) => {
                sessions::end_own(app, &guest, &id)?;
                Granted::Done
            }
            Wish::Leave => {
                sign_in::leave(app, &guest)?;
                Granted::Left
            }
            Wish::Away(_) | Wish::Back(_) | Wish::Enter { .. } | Wish::Recover { .. } | Wish::SetUp { .. } => {
                return Err(Refusal::Over.into());
            }
        })
    }

    fn returned(&self, back: Back, from: &Origin, visitor: &Visitor) -> Result<Granted, SignInError> {
        let Back { state, code, issuer, error, cookie } = back;
        let answer = oidc::Answer { state, code, issuer, error, cookie };
        let returned = oidc::back(&by(&self.0, from, Some("oidc".to_owned())), &answer, visitor)?;
        let Entered { token, stage } = returned.entered;
        Ok(Granted::Returned { token, stage, next: returned.next })
    }

    fn account(&self, guest: &Guest, lang: Lang, view: &mut SignInView) -> Result<(), PageError> {
        let app = &self.0;
        view.name.clone_from(&guest.account.name);
        view.roles = guest.offices.iter().map(|office| word(lang, "forms.role", office.role.code())).collect();
        view.roles.dedup();
        let left = accounts::recovery_codes_left(&mut *app.store.read()?, &guest.account.person)?;
        view.codes_left = u64::try_from(left).unwrap_or(0);
        let line = |row: &SessionRow| SessionLine {
            id: row.session_id.clone(),
            since: beijing(row.created_at),
            seen: beijing(row.seen_at),
            address: row.address.clone(),
            agent: row.agent.clone(),
            is_this: row.session_id == guest.session.session_id,
        };
        view.sessions = sessions::own(app, guest)?.iter().map(line).collect();
        Ok(())
    }
}

/// The secret of a new authenticator as a picture and as text.
fn picture(app: &App, guest: &Guest, view: &mut SignInView) -> Result<(), PageError> {
    let Some(secret) = sign_in::accounts::pending(app, guest)? else { return Ok(()) };
    let address = totp::address(&app.config.fund.name_zh, &guest.account.name, &secret);
    let (side, path) = crate::svg::qr(&address).unwrap_or_default();
    (view.picture_side, view.picture) = (side, path);
    let text: Vec<char> = totp::base32(&secret).chars().collect();
    view.secret = text.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    Ok(())
}
