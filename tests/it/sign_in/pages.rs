//! The pages of the door over the line: from the console's code to a session; cookies and forms (S06, S07).

use std::collections::BTreeSet;

use pledgefund::domain::sign_in::totp;
use pledgefund::http::registry::{Audience, routes};
use pledgefund::link::segment;
use pledgefund::storage::Scope;
use pledgefund::storage::find::{accounts, sessions};
use pledgefund::usecase::sign_in::accounts as accounts_of;
use pledgefund::usecase::verify::verify;

use crate::support::desk::{self, PASSWORD};
use crate::support::product::{Installation, on_both};
use crate::support::serving::{Clerk, Serving};
use crate::support::wire::{self, Reply};

/// A browser that keeps cookies.
pub(super) struct Browser {
    address: std::net::SocketAddr,
    cookies: Vec<(String, String)>,
    /// Every `Set-Cookie` line that came.
    pub(super) set: Vec<String>,
}

impl Browser {
    pub(super) fn at(address: std::net::SocketAddr) -> Browser {
        Browser { address, cookies: vec![("other".to_owned(), "1".to_owned())], set: Vec::new() }
    }

    fn keep(&mut self, reply: Reply) -> Reply {
        for line in reply.head.iter().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            self.set.push(line.to_owned());
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !line.to_lowercase().contains("max-age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        reply
    }

    fn header(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("Cookie: {}", pairs.join("; "))
    }

    pub(super) fn get(&mut self, path: &str) -> Reply {
        let reply = wire::send(self.address, "GET", path, &[&self.header()], "");
        self.keep(reply)
    }

    pub(super) fn post(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        let shown = self.get(page).text();
        let guard = shown.split("name=\"guard\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let mut body = format!("guard={guard}");
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", segment(value)));
        }
        let (cookie, origin) = (self.header(), format!("Origin: http://{}", self.address));
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let reply = wire::send(self.address, "POST", path, &[&cookie, &origin, kind], &body);
        self.keep(reply)
    }

    pub(super) fn session(&self) -> Option<String> {
        self.cookies.iter().find(|(name, _)| name == "__Host-session").map(|(_, value)| value.clone())
    }
}

pub(super) fn goes_to(reply: &Reply, place: &str) {
    let location = reply.header("location");
    assert!(
        reply.status == 303 && location.split('?').next() == Some(place),
        "{} {location} {}",
        reply.status,
        reply.text()
    );
}

/// The code of the secret that the page of a new authenticator shows.
fn code_on(page: &str) -> String {
    let text = page.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = text
        .chars()
        .filter_map(|c| alphabet.find(c))
        .flat_map(|five| (0..5).rev().map(move |bit| u8::try_from(five >> bit & 1).unwrap()))
        .collect();
    let secret: Vec<u8> = bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let now = pledgefund::clock::Clock::System.now().and_utc().timestamp();
    totp::code(&secret, totp::step_of(now))
}

fn bare(installation: &Installation) -> Serving {
    Serving::without_anybody(installation)
}

#[test]
fn the_first_administrator_comes_in_by_the_consoles_code_and_every_cookie_is_closed() {
    on_both(|installation| {
        let server = bare(installation);
        let mut browser = Browser::at(server.address);
        goes_to(&browser.get("/loans?bank=SGH"), "/sign-in");
        assert_eq!(browser.get("/loans?bank=SGH").header("location"), "/sign-in?next=%2Floans%3Fbank%3DSGH");
        // Who comes with a session that is over is told so; nobody else is.
        let over = format!("Cookie: __Host-session={}", "ab".repeat(32));
        let led = wire::send(server.address, "GET", "/loans", &[&over], "");
        assert_eq!(led.header("location"), "/sign-in?next=%2Floans&ended=1");
        assert!(browser.get("/sign-in?ended=1&lang=zh").text().contains("登录已结束"));
        assert!(!browser.get("/sign-in?lang=zh").text().contains("登录已结束"));
        let told = wire::send(server.address, "GET", "/loans", &["Accept: application/json", "Cookie: a=b"], "");
        assert_eq!(told.status, 401);
        assert!(browser.get("/sign-in?lang=zh").text().contains("系统还没有账号"));
        let code = installation.json(&["admin", "first-code"], &[0])["code"].as_str().unwrap().to_owned();
        let wrong = browser.post("/setup", "/setup", &[("code", "AAAA-AAAA-AAAA-AAAA"), ("name", "系统员")]);
        assert_eq!(wrong.status, 422);
        goes_to(&browser.post("/setup", "/setup", &[("code", &code), ("name", "系统员")]), "/password");
        let planted = browser.session().unwrap();
        goes_to(&browser.get("/"), "/password");
        goes_to(&browser.get("/account"), "/password");
        let weak = [("new", "Shuozhou2026!!"), ("again", "Shuozhou2026!!")];
        let reply = browser.post("/password", "/password", &weak);
        assert!(reply.status == 422 && reply.text().contains("常见密码"), "{}", reply.text());
        let reply = browser.post("/password", "/password", &[("new", PASSWORD), ("again", "x")]);
        assert!(reply.status == 422 && reply.text().contains("不一致"), "{}", reply.text());
        goes_to(&browser.post("/password", "/password", &[("new", PASSWORD), ("again", PASSWORD)]), "/sign-in/enrol");
        let page = browser.get("/sign-in/enrol").text();
        assert!(page.contains("<svg class=\"qr\""), "{page}");
        let shown = browser.post("/sign-in/enrol", "/sign-in/enrol", &[("code", &code_on(&page))]);
        assert_eq!(shown.status, 200, "{}", shown.text());
        assert_eq!(shown.text().matches("<li><code>").count(), 10, "{}", shown.text());
        assert_eq!(browser.get("/account").text().matches("<li><code>").count(), 0, "shown once");
        assert_ne!(browser.session().unwrap(), planted);
        let old = format!("Cookie: __Host-session={planted}");
        assert_eq!(wire::send(server.address, "GET", "/account", &[&old], "").status, 303);
        // A system administrator sees no business.
        for (path, status) in [("/", 303), ("/loans", 403), ("/claims", 403), ("/fund", 403), ("/jobs", 200)] {
            assert_eq!(browser.get(path).status, status, "{path}");
        }
        // Opening an account for somebody, and disabling it, at the console.
        installation
            .json(&["act", "person", "王丽", "appointed", "institution=fund", "roles=auditor", "--by", "系统员"], &[0]);
        let opened = installation.json(&["admin", "add-account", "王丽"], &[0]);
        let mut other = Browser::at(server.address);
        let entered =
            other.post("/sign-in", "/sign-in", &[("name", "王丽"), ("password", opened["code"].as_str().unwrap())]);
        goes_to(&entered, "/password");
        installation.json(&["admin", "disable", "王丽"], &[0]);
        goes_to(&other.get("/password"), "/sign-in");
        let refused = other.post("/sign-in", "/sign-in", &[("name", "王丽"), ("password", "x")]);
        let unknown = other.post("/sign-in", "/sign-in", &[("name", "无此人"), ("password", "x")]);
        assert_eq!((refused.status, unknown.status), (422, 422));
        assert_eq!(refused.text().replace("王丽", "无此人"), unknown.text(), "word for word the same");
        // Leaving.
        let left = browser.session().unwrap();
        goes_to(&browser.post("/account", "/sign-out", &[]), "/sign-in");
        assert_eq!(browser.session(), None);
        let cookie = format!("Cookie: __Host-session={left}");
        assert_eq!(wire::send(server.address, "GET", "/account", &[&cookie], "").status, 303, "left behind");
        let mut names = BTreeSet::new();
        for line in browser.set.iter().chain(&other.set) {
            names.insert(line.split('=').next().unwrap().to_owned());
            let parts: Vec<&str> = line.split("; ").skip(1).collect();
            for part in ["Path=/", "Secure", "HttpOnly"] {
                assert!(parts.contains(&part), "{line}");
            }
            assert!(parts.contains(&"SameSite=Lax") || parts.contains(&"SameSite=Strict"), "{line}");
            assert!(line.starts_with("__Host-") && !line.contains("Domain"), "{line}");
        }
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["__Host-guard", "__Host-lang", "__Host-session"]);
    });
}

fn filled(path: &str) -> String {
    path.replace("{id}", "x")
        .replace("{version}", "1")
        .replace("{kind}", "claims")
        .replace("{file}", "loans.csv")
        .replace("{*path}", "app.css")
}

#[test]
fn no_form_of_anybody_else_changes_anything() {
    on_both(|installation| {
        let app = desk::app_of(installation);
        let other = desk::person(&app, "另一人", "fund", pledgefund::domain::people::Role::FundAdministrator);
        let server = Serving::start(installation);
        let own = desk::ticket_at(server.address).unwrap();
        let digest = || {
            let mut db = app.store.read().unwrap();
            let proof = verify(&mut db, app.fund_id()).unwrap();
            (proof.digest, accounts::all(&mut db).unwrap(), sessions::of(&mut db, "王丽").unwrap().len())
        };
        let before = digest();
        let (cookie, origin) = (own.cookie(), format!("Origin: http://{}", server.address));
        let form = "Content-Type: application/x-www-form-urlencoded";
        let mut tried = 0;
        for route in routes().iter().filter(|route| route.verb.code() == "POST" && route.audience != Audience::Holder) {
            let path = filled(route.path);
            let (mine, theirs) = (format!("guard={}", own.guard), format!("guard={}", other.guard));
            let multipart = "Content-Type: multipart/form-data; boundary=x";
            let part = |guard: &str| {
                format!("--x\r\nContent-Disposition: form-data; name=\"guard\"\r\n\r\n{guard}\r\n--x--\r\n")
            };
            let files = route.takes_files;
            let kind = if files { multipart } else { form };
            let body = |plain: &str, guard: &str| if files { part(guard) } else { plain.to_owned() };
            let cases: [(&str, Vec<&str>, String); 4] = [
                ("no token", vec![&cookie, &origin, kind], body("a=b", "")),
                ("another's token", vec![&cookie, &origin, kind], body(&theirs, &other.guard)),
                ("another origin", vec![&cookie, "Origin: http://evil.example", kind], body(&mine, &own.guard)),
                ("plain text", vec![&cookie, &origin, "Content-Type: text/plain"], mine.clone()),
            ];
            for (name, headers, body) in cases {
                let reply = wire::send(server.address, "POST", &path, &headers, &body);
                assert_eq!(reply.status, 403, "{path} with {name}: {}", reply.text());
                tried += 1;
            }
        }
        assert!(tried >= 4 * 14, "{tried}");
        assert_eq!(digest(), before);
        // Reading changes nothing.
        for route in routes().iter().filter(|route| route.verb.code() == "GET") {
            let reply = wire::send(server.address, "GET", &filled(route.path), &[&cookie], "");
            assert!(reply.status < 500, "{}: {}", route.path, reply.status);
            assert_eq!(digest(), before, "{}", route.path);
        }
    });
}

#[test]
fn an_address_to_go_back_to_is_one_of_these_pages() {
    use pledgefund::http::door::own_address;
    for own in ["/", "/loans?bank=SGH&page=2", "/imports/uploads/x"] {
        assert_eq!(own_address(own), own);
    }
    for foreign in
        ["", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"]
    {
        assert_eq!(own_address(foreign), "/", "{foreign:?}");
    }
}

#[test]
fn a_disabled_account_is_nobody_at_every_page_from_the_next_request_on() {
    on_both(|installation| {
        let app = desk::app_of(installation);
        let server = Serving::start(installation);
        let own = desk::ticket_at(server.address).unwrap();
        let cookie = own.cookie();
        let pages = || {
            let known = |route: &&pledgefund::http::registry::Route| {
                route.verb.code() == "GET" && matches!(route.audience, Audience::Known | Audience::Holder)
            };
            let all = routes();
            let asked = all.iter().filter(known).map(|route| filled(route.path));
            asked.map(|path| (wire::send(server.address, "GET", &path, &[&cookie], ""), path)).collect::<Vec<_>>()
        };
        let to_door =
            |reply: &wire::Reply| reply.status == 401 || reply.header("location").split('?').next() == Some("/sign-in");
        let before = pages();
        assert!(before.len() >= 60, "{}", before.len());
        for (reply, path) in &before {
            assert!(!to_door(reply), "{path}: {}", reply.status);
        }
        accounts_of::disable(&app, desk::CLERK, accounts_of::CONSOLE).unwrap();
        for (reply, path) in pages() {
            assert!(to_door(&reply), "{path}: {}", reply.status);
        }
        accounts_of::enable(&app, desk::CLERK, accounts_of::CONSOLE).unwrap();
        assert!(pages().iter().all(|(reply, _)| to_door(reply)), "a session that was ended stays ended");
    });
}

/// The page that asks for them is the only way on: the decision itself is not carried out.
#[test]
fn a_decision_on_a_file_waits_for_password_and_code_given_lately() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = Clerk::at(server.address);
        let asked = |clerk: &Clerk| clerk.post("0123", "decision", &[("answer", "save"), ("scope", "full")]);
        assert_ne!(asked(&clerk).header("location").split('?').next(), Some("/sign-in/again"), "given just now");
        let app = desk::app_of(installation);
        let token = desk::ticket_at(server.address).unwrap().token;
        let act = pledgefund::storage::Act::new("test", app.store.clock().today());
        let hash = pledgefund::hash::sha256_hex(token.as_bytes());
        app.store.write(&Scope::system(), &act, |tx| sessions::unconfirm(tx, &hash)).unwrap();
        let reply = asked(&clerk);
        goes_to(&reply, "/sign-in/again");
        assert_eq!(reply.header("location"), "/sign-in/again?next=%2Fimports%2Fuploads%2F0123%3Fdone%3Dproved");
        assert_eq!(clerk.get("/imports").status, 200, "reading goes on");
    });
}
