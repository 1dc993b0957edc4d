//! A town whose banks' systems come in through the interface, inside this process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use pledgefund::app::App;
use pledgefund::domain::access::{Permission, machine_permissions_of};
use pledgefund::domain::people::Role;
use pledgefund::http::api::Api;
use pledgefund::http::api::limits::Limits;
use pledgefund::http::door::Door;
use pledgefund::http::pages::Pages;
use pledgefund::http::router::router;
use pledgefund::http::serve;
use pledgefund::resources;
use pledgefund::screens;
use pledgefund::usecase::lives::{self, Life};
use pledgefund::usecase::machines::{self, Wanted};
use pledgefund::views::api::operation::{Operation, Takes};
use pledgefund::views::api::shape::Shape;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::role_door::RoleDoor;
use crate::stories::town::{FUND, Town, figures, measure};
use crate::support::product::Installation;

/// Who gives tokens.
pub const KEEPER: &str = "安全员";

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    }
}

/// The town with its interface.
pub struct World {
    pub app: Arc<App>,
    pub tokens: BTreeMap<&'static str, String>,
    pub loans: BTreeMap<&'static str, String>,
    pub claims: BTreeMap<&'static str, String>,
    router: Router,
    runtime: Runtime,
    kept: Option<Installation>,
}

/// Name, institution, role and what the token is for; nothing for all that the role has.
const MACHINES: [(&str, &str, Role, &[Permission]); 7] = [
    ("bank_a", "bank:AAA", Role::BankOfficer, &[]),
    ("bank_b", "bank:BBB", Role::BankOfficer, &[]),
    ("auditor", "市审计局", Role::Auditor, &[]),
    ("regulator", "金融监管分局", Role::Regulator, &[]),
    ("bureau", "市场监督管理局", Role::BureauReader, &[]),
    ("system", "fund", Role::SystemAdministrator, &[]),
    ("finance", "fund", Role::FinanceOfficer, &[]),
];

impl World {
    /// The town on SQLite, with the folder that holds it.
    pub fn sqlite() -> World {
        let installation = Installation::sqlite();
        let mut world = World::build(&installation);
        world.kept = Some(installation);
        world
    }

    /// Two banks with loans and claims, marked so that each bank's words are found anywhere.
    pub fn build(installation: &Installation) -> World {
        let mut town = Town::found(installation, "2025-07-01", &measure("shuozhou-1"));
        town.act(
            Life::Person,
            KEEPER,
            "appointed",
            "系统员",
            json!({ "institution": "fund", "roles": ["security_administrator"] }),
        );
        town.pay_in("1", "50000000");
        let (mut loans, mut claims) = (BTreeMap::new(), BTreeMap::new());
        for (bank, mark) in [("AAA", "MARKAAA"), ("BBB", "MARKBBB")] {
            for nth in 1..=3 {
                let mut form = town.form(&format!("{mark}-{nth}"), "800000", "2025-07-01", "2026-07-01");
                form["borrower_name"] = json!(format!("{mark}企业有限公司"));
                form["credit_code"] = json!(if bank == "AAA" { "91140602MA0GQCGM8W" } else { "91140600757263187U" });
                let loan = town.lend(bank, form);
                loans.insert(bank, loan);
            }
        }
        town.on("2025-12-01");
        for bank in ["AAA", "BBB"] {
            claims.insert(bank, town.ask(&loans[bank], figures("500000", "2025-08-01")));
        }
        let day = town.day;
        let app = Arc::new(town.app);
        let mut tokens = BTreeMap::new();
        for (name, institution, role, scopes) in MACHINES {
            let scopes =
                if scopes.is_empty() { machine_permissions_of(role) } else { scopes.iter().copied().collect() };
            let roles = vec![role];
            let wanted =
                Wanted {
                    machine: format!("系统{name}"), institution: institution.to_owned(), roles, scopes, days: 90
                };
            tokens.insert(name, machines::add(&app, &wanted, KEEPER, day).unwrap().token);
            if name == "bank_a" {
                let one = Wanted { scopes: [Permission::ReadRulebooks].into(), ..wanted.clone() };
                tokens.insert("bank_a_narrow", machines::add(&app, &one, KEEPER, day).unwrap().token);
                let ended = machines::add(&app, &wanted, KEEPER, day).unwrap();
                machines::revoke(&app, &ended.token_id, "试", KEEPER, day).unwrap();
                tokens.insert("revoked", ended.token);
            }
        }
        // A machine whose account is closed: its token was never revoked.
        let closed = Wanted {
            machine: "系统closed".to_owned(),
            institution: "bank:AAA".to_owned(),
            roles: vec![Role::BankOfficer],
            scopes: machine_permissions_of(Role::BankOfficer),
            days: 90,
        };
        tokens.insert("closed", machines::add(&app, &closed, KEEPER, day).unwrap().token);
        let left = json!({ "reason": "试" });
        let request = lives::Request {
            life: Life::Person,
            subject: closed.machine,
            act: "departed".to_owned(),
            details: left,
            by: KEEPER.to_owned(),
            on: day,
            expected: None,
            key: None,
        };
        lives::perform(&app, &request).unwrap();
        tokens.insert("unknown", format!("pfk_{}_{}", "0".repeat(16), "0".repeat(64)));
        let router = served(&app, Arc::new(RoleDoor));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        World { app, tokens, loans, claims, router, runtime, kept: None }
    }

    /// Sends a request.
    pub fn send(&self, verb: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        let mut request = Request::builder().method(verb).uri(path).header(header::HOST, "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).unwrap();
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Reply { status: head.status.as_u16(), headers: head.headers, text }
        })
    }

    /// Reads as somebody; nobody comes without a token.
    pub fn get(&self, who: &str, path: &str) -> Reply {
        let token = self.tokens.get(who).map(|token| format!("Bearer {token}")).unwrap_or_default();
        let headers: Vec<(&str, &str)> =
            if token.is_empty() { Vec::new() } else { vec![("authorization", token.as_str())] };
        self.send("GET", path, &headers, Vec::new())
    }

    /// Sends JSON as somebody, as an act wants it.
    pub fn post(&self, who: &str, path: &str, body: &Value, more: &[(&str, &str)]) -> Reply {
        let token = self.tokens.get(who).map(|token| format!("Bearer {token}")).unwrap_or_default();
        let mut headers = vec![("content-type", "application/json")];
        if !token.is_empty() {
            headers.push(("authorization", token.as_str()));
        }
        headers.extend(more);
        self.send("POST", path, &headers, body.to_string().into_bytes())
    }

    /// Serves the same over a socket until the end of the test; gives the address and the count of requests.
    pub fn serve(&self) -> (std::net::SocketAddr, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let counting = move |request: axum::extract::Request, next: axum::middleware::Next| {
            counted.fetch_add(1, Ordering::Relaxed);
            next.run(request)
        };
        let router = self.router.clone().layer(axum::middleware::from_fn(counting));
        let listener = self.runtime.block_on(serve::listen("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        self.runtime.spawn(serve::serve(listener, router, std::future::pending()));
        (address, count)
    }

    /// Where every chain stands.
    pub fn heads(&self) -> Vec<(String, i64, String)> {
        pledgefund::storage::find::events::heads(&mut self.app.store.read().unwrap()).unwrap()
    }

    /// The path of an operation for a thing of a bank, or for one that is not there.
    pub fn path(&self, operation: &Operation, bank: Option<&str>) -> String {
        let area = operation.name.split('.').next().unwrap();
        let nobody = || "NOBODY-0".to_owned();
        let id = match area {
            "loans" | "registrations" => bank.map_or_else(nobody, |bank| self.loans[bank].clone()),
            "claims" => bank.map_or_else(nobody, |bank| self.claims[bank].clone()),
            "partners" => bank.map_or_else(nobody, str::to_owned),
            "persons" => bank.map_or_else(nobody, |bank| if bank == "AAA" { "甲经办".into() } else { "乙经办".into() }),
            "fund" => bank.map_or_else(nobody, |_| FUND.to_owned()),
            _ if operation.path.contains("{version}") => bank.map_or_else(nobody, |_| "shuozhou".to_owned()),
            _ => nobody(),
        };
        let segment = pledgefund::link::segment;
        let path = operation.path.replace("{id}", &segment(&id)).replace("{version}", "1").replace("{life}", "claim");
        let mut needed = Vec::new();
        for (name, _, must) in &operation.query {
            let value = match *name {
                "life" => "loan".to_owned(),
                "subject" => bank.map_or_else(nobody, |bank| self.loans[bank].clone()),
                "name" => "regulator_summary".to_owned(),
                _ => continue,
            };
            if *must {
                needed.push(format!("{name}={}", segment(&value)));
            }
        }
        if operation.acts {
            needed.push("dry_run=true".to_owned());
        }
        if needed.is_empty() { path } else { format!("{path}?{}", needed.join("&")) }
    }

    /// Asks for an operation as somebody, with the plainest body that reads.
    pub fn ask(&self, who: &str, operation: &Operation, bank: Option<&str>) -> Reply {
        let path = self.path(operation, bank);
        match &operation.takes {
            Takes::Nothing => self.get(who, &path),
            Takes::Json(shape) => {
                let body = plainest(shape);
                self.post(who, &path, &body, &[("if-match", "*"), ("idempotency-key", "matrix")])
            }
            Takes::Files(fields) => {
                let subject = bank.map_or("NOBODY-0", |bank| self.loans[bank].as_str());
                let mut given = vec![];
                for (name, _, must) in fields {
                    let value = match *name {
                        "kind" => "registrations",
                        "life" => "loan",
                        "subject" => subject,
                        "document" => "loan_contract",
                        "bank" => bank.unwrap_or("NOBODY-0"),
                        _ => continue,
                    };
                    if *must || *name == "bank" {
                        given.push((*name, value));
                    }
                }
                self.send_file(who, &path, &given, b"a,b\n1,2\n")
            }
        }
    }

    /// Sends a file as somebody.
    pub fn send_file(&self, who: &str, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Reply {
        self.send_named(who, path, fields, ("x.csv", file))
    }

    /// A form with a file of a name.
    pub fn send_named(&self, who: &str, path: &str, fields: &[(&str, &str)], (name, file): (&str, &[u8])) -> Reply {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend(file);
        body.extend(b"\r\n--b--\r\n");
        let token = self.tokens.get(who).map(|token| format!("Bearer {token}")).unwrap_or_default();
        let mut headers = vec![("content-type", "multipart/form-data; boundary=b")];
        if !token.is_empty() {
            headers.push(("authorization", token.as_str()));
        }
        self.send("POST", path, &headers, body)
    }
}

/// The server over an application, with room for as many requests as a test sends.
pub fn served(app: &Arc<App>, door: Arc<dyn Door>) -> Router {
    let (shown, changed) = (Arc::clone(app), Arc::clone(app));
    let api = Api { limits: Arc::new(Limits::new(u32::MAX, u32::MAX)), ..resources::api(app) };
    router(Pages {
        load: Arc::new(move |request, lang, asker| screens::load(&shown, request, lang, asker)),
        act: Arc::new(move |act, lang, asker, _from| screens::act(&changed, act, lang, asker)),
        door,
        renderer: Arc::clone(&app.renderer),
        api,
    })
}

/// The plainest value of a kind: members that must be there, first words, and of several acts the one that asks least.
pub fn plainest(shape: &Shape) -> Value {
    match shape {
        Shape::Text | Shape::Name(_) => json!("x"),
        Shape::Day => json!("2025-12-01"),
        Shape::Month => json!("2025-12"),
        Shape::Moment => json!("2025-12-01T00:00:00Z"),
        Shape::Money => json!("1.00"),
        Shape::Share => json!("0.5"),
        Shape::Count(least, _) => json!(least),
        Shape::Flag => json!(false),
        Shape::Word(words) => json!(words[0]),
        Shape::List(_) => json!([]),
        Shape::Group(fields) => {
            let needed = fields.iter().filter(|(.., must)| *must);
            Value::Object(needed.map(|(name, shape, _)| ((*name).to_owned(), plainest(shape))).collect())
        }
        Shape::Choice(_, choices) => {
            let all = choices.iter().map(|(_, shape)| plainest(shape));
            all.min_by_key(|value| value.to_string().len()).unwrap()
        }
        Shape::Maybe(_) => Value::Null,
        Shape::Free => json!({}),
    }
}
