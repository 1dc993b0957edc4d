//! Who sits at a browser: people of the register with accounts and sessions, made by the use cases themselves.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use axum::body::Body;
use axum::http::header;
use pledgefund::app::{App, Opening};
use pledgefund::clock::Clock;
use pledgefund::config::{Config, Secret};
use pledgefund::domain::access::Asker;
use pledgefund::domain::people::{Institution, Office, Role};
use pledgefund::domain::person::key_of;
use pledgefund::domain::sign_in::totp;
use pledgefund::usecase::lives::{self, Life, Request, offices};
use pledgefund::usecase::sign_in::{self, Visitor, accounts};
use serde_json::json;

use super::product::{Installation, SEALING_KEY};

/// Who sits at the browsers of tests that are about something else.
pub const CLERK: &str = "王丽";
/// A password that keeps every rule.
pub const PASSWORD: &str = "Lantern-8-Harbor-quiet";

/// A session as a browser has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Value of the cookie.
    pub token: String,
    /// Secret that every form sends back.
    pub guard: String,
    /// Secret of the authenticator.
    pub secret: Vec<u8>,
}

impl Ticket {
    /// The header a browser sends.
    pub fn cookie(&self) -> String {
        format!("Cookie: __Host-session={}", self.token)
    }

    /// A page asked for with this session, for a router of this process.
    pub fn asks(&self, path: &str) -> axum::http::Request<Body> {
        axum::http::Request::builder()
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, self.cookie().trim_start_matches("Cookie: "))
            .body(Body::empty())
            .unwrap()
    }
}

static AT: LazyLock<Mutex<HashMap<SocketAddr, Ticket>>> = LazyLock::new(Mutex::default);
static IN: LazyLock<Mutex<HashMap<PathBuf, Ticket>>> = LazyLock::new(Mutex::default);

/// The session with which requests go to a server unless they say otherwise.
pub fn ticket_at(address: SocketAddr) -> Option<Ticket> {
    AT.lock().unwrap().get(&address).cloned()
}

/// Lets requests to a server go with a session.
pub fn sit_down(address: SocketAddr, ticket: Ticket) {
    AT.lock().unwrap().insert(address, ticket);
}

/// The clerk's session at an installation, begun once.
pub fn clerk_of(installation: &Installation) -> Ticket {
    let folder = installation.folder.path().to_owned();
    if let Some(known) = IN.lock().unwrap().get(&folder) {
        return known.clone();
    }
    let app = app_of(installation);
    let ticket = person(&app, CLERK, "fund", Role::FundAdministrator);
    IN.lock().unwrap().insert(folder, ticket.clone());
    ticket
}

/// The application of an installation by the machine's clock.
pub fn app_of(installation: &Installation) -> App {
    app_in(installation.folder.path(), installation.url.as_deref(), Clock::System)
}

/// An application on a folder or a database.
pub fn app_in(folder: &Path, url: Option<&str>, clock: Clock) -> App {
    let mut config = Config::load(None).unwrap();
    config.data.dir = folder.to_owned();
    config.data.database_url = url.unwrap_or_default().to_owned();
    config.sealing.keys = Secret::new(SEALING_KEY);
    App::open(config, clock, Opening::Migrate).unwrap()
}

/// Puts a person on the register, opens an account and signs in for the first time.
pub fn person(app: &App, name: &str, institution: &str, role: Role) -> Ticket {
    appoint(app, name, institution, role);
    let code = accounts::open(app, name, accounts::CONSOLE).unwrap();
    first_time(app, name, &code)
}

/// From the one-time code to a session that is good for pages.
pub fn first_time(app: &App, name: &str, code: &str) -> Ticket {
    let visitor = visitor();
    let entered = sign_in::enter(app, name, code, &visitor).unwrap();
    let guest = sign_in::known(app, &entered.token).unwrap().unwrap();
    let entered = sign_in::set_password(app, &guest, "", PASSWORD, &visitor).unwrap();
    let guest = sign_in::known(app, &entered.token).unwrap().unwrap();
    let secret = accounts::pending(app, &guest).unwrap().unwrap();
    let (entered, codes) = sign_in::enrol(app, &guest, &now_code(app, &secret), &visitor).unwrap();
    assert_eq!(codes.len(), 10);
    let guard = sign_in::sessions::form_secret(&entered.token);
    Ticket { token: entered.token, guard, secret }
}

/// The code an authenticator shows now.
pub fn now_code(app: &App, secret: &[u8]) -> String {
    totp::code(secret, totp::step_of(app.wall.now().and_utc().timestamp()))
}

/// From the machine of the tests.
pub fn visitor() -> Visitor {
    Visitor { address: "127.0.0.1".to_owned(), agent: "test".to_owned() }
}

/// Puts a person on the register; whoever keeps it does so.
pub fn appoint(app: &App, name: &str, institution: &str, role: Role) {
    let all = offices::everyone(&mut app.store.read().unwrap(), app.fund_id()).unwrap();
    let keeps = |person: &pledgefund::domain::people::Person| person.roles.contains_key(&Role::SystemAdministrator);
    let keeper = match all.iter().find(|(_, person)| keeps(person)) {
        Some((key, _)) => key.clone(),
        None => {
            act(app, "系统员", "系统员", json!({ "institution": "fund", "roles": ["system_administrator"] }));
            "系统员".to_owned()
        }
    };
    if all.iter().any(|(key, _)| *key == key_of(name)) || name == keeper {
        return;
    }
    let level = (role == Role::FundApprover).then_some("head");
    act(app, name, &keeper, json!({ "institution": institution, "roles": [role.code()], "level": level }));
}

fn act(app: &App, name: &str, by: &str, details: serde_json::Value) {
    let request = Request {
        life: Life::Person,
        subject: name.to_owned(),
        act: "appointed".to_owned(),
        details,
        by: by.to_owned(),
        on: app.store.clock().today(),
        expected: None,
        key: None,
    };
    lives::perform(app, &request).unwrap();
}

/// Somebody of the fund who may see every page.
pub fn everything() -> Asker {
    let office = |role| Office {
        person: key_of(CLERK),
        role,
        institution: Institution::Fund,
        level: None,
        stands_in_for: None,
        under_return: None,
    };
    Asker::person(CLERK, vec![office(Role::FundAdministrator)])
}
