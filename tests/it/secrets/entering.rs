//! Secrets with which people and machines come in, driven through the real doors: signing in on the pages, tokens,
//! webhooks, mail with a password. Afterwards they are looked for in everything that was written.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use pledgefund::domain::sign_in::totp;
use pledgefund::link::segment;
use serde_json::Value;

use super::canaries::{check_log, raw};
use crate::papers::journey::{DAY, begun};
use crate::support::product::{Installation, on_both};
use crate::support::serving::{Serving, wait_for};
use crate::support::wire::{self, Reply};
use crate::webhooks::receiver::Receiver;

const NAME: &str = "系统甲";
const PASSWORD: &str = "Canary-4-Quiet-Harbour";
const TYPED_AS_NAME: &str = "Canary-5-Typed-As-Name";
const SMTP_PASSWORD: &str = "canary-of-the-mail-server";
const FORM_SECRET: &str = "form secret";

/// What must be found nowhere: kind, and the texts in which it would be the secret.
#[derive(Default)]
struct Canaries {
    texts: Vec<(&'static str, Vec<String>)>,
    /// Secrets that are no text.
    bytes: Vec<(&'static str, Vec<u8>)>,
}

impl Canaries {
    fn add(&mut self, kind: &'static str, secret: &str) {
        assert!(secret.len() >= 16, "{kind}: too short to be looked for");
        let plain: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut forms = vec![secret.to_owned(), plain.to_lowercase(), plain, segment(secret)];
        forms.extend([hex(secret.as_bytes()), base64(secret.as_bytes())]);
        forms.sort();
        forms.dedup();
        self.texts.push((kind, forms));
    }

    fn add_bytes(&mut self, kind: &'static str, secret: &[u8]) {
        let text = totp::base32(secret);
        let letters: Vec<char> = text.chars().collect();
        let spaced = letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
        self.add(kind, &text);
        self.texts.push((kind, vec![spaced, hex(secret), base64(secret)]));
        self.bytes.push((kind, secret.to_vec()));
    }

    #[track_caller]
    fn check(&self, what: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for (kind, forms) in &self.texts {
            assert!(!forms.iter().any(|form| text.contains(form.as_str())), "{what} holds the {kind}");
        }
        for (kind, secret) in &self.bytes {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_slice());
            assert!(!found, "{what} holds the {kind}");
        }
    }

    fn kinds(&self) -> usize {
        self.texts.iter().map(|(kind, _)| *kind).collect::<std::collections::BTreeSet<_>>().len()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Without the padding, and of whole groups only: what stands there wherever the secret does at the beginning.
fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(alphabet[bits >> shift & 63]))
    };
    bytes.chunks_exact(3).flat_map(group).collect()
}

/// A browser with its cookies.
struct Browser {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn cookie(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("Cookie: lang=zh; {}", pairs.join("; "))
    }

    fn keep(&mut self, reply: Reply, canaries: &mut Canaries) -> Reply {
        for line in reply.head.iter().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
            if name == "__Host-session" && !value.is_empty() {
                canaries.add("session token", value);
            }
        }
        reply
    }

    fn get(&mut self, path: &str, canaries: &mut Canaries) -> Reply {
        let reply = wire::send(self.address, "GET", path, &[&self.cookie()], "");
        self.keep(reply, canaries)
    }

    /// Fills in a form of a page; what the page gave it to bring back is a secret too.
    fn post(&mut self, page: &str, path: &str, fields: &[(&str, &str)], canaries: &mut Canaries) -> Reply {
        let shown = self.get(page, canaries).text();
        let guard = shown.split("name=\"guard\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let guard = guard.unwrap_or_else(|| panic!("{page}: {shown}"));
        canaries.add(FORM_SECRET, guard);
        let mut body = format!("guard={guard}");
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", segment(value)));
        }
        let origin = format!("Origin: http://{}", self.address);
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let reply = wire::send(self.address, "POST", path, &[&self.cookie(), &origin, kind], &body);
        self.keep(reply, canaries)
    }
}

#[track_caller]
fn goes_to(reply: &Reply, place: &str) {
    let location = reply.header("location");
    assert!(
        reply.status == 303 && location.split('?').next() == Some(place),
        "{} {location} {}",
        reply.status,
        reply.text()
    );
}

/// The bytes that a text in base 32 stands for.
fn unbase32(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = text
        .chars()
        .filter_map(|c| alphabet.find(c))
        .flat_map(|five| (0..5).rev().map(move |bit| u8::try_from(five >> bit & 1).unwrap()))
        .collect();
    bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

/// A mail server that asks for a password: what it was told, line by line.
fn mail_server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, told) = (listener.local_addr().unwrap().port(), Arc::default());
    let kept: Arc<Mutex<Vec<String>>> = Arc::clone(&told);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || talk(&stream, &kept));
        }
    });
    (port, told)
}

fn talk(mut stream: &TcpStream, told: &Mutex<Vec<String>>) -> Option<()> {
    stream.write_all(b"220 here\r\n").ok()?;
    let (mut lines, mut is_mail) = (BufReader::new(stream).split(b'\n'), false);
    while let Some(Ok(line)) = lines.next() {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let answer = match (is_mail, word.as_str()) {
            (true, ".") => "250 taken\r\n",
            (true, _) => "",
            (false, "EHLO") => "250-here\r\n250 AUTH PLAIN\r\n",
            (false, "AUTH") => "235 welcome\r\n",
            (false, "DATA") => "354 go on\r\n",
            (false, "QUIT") => "221 bye\r\n",
            (false, _) => "250 fine\r\n",
        };
        is_mail = word == "DATA" || is_mail && word != ".";
        told.lock().unwrap().push(line);
        stream.write_all(answer.as_bytes()).ok()?;
    }
    Some(())
}

/// The administrator comes in by the console's code, sets a password and an authenticator, leaves, and comes back twice.
fn signs_in(installation: &Installation, address: SocketAddr, canaries: &mut Canaries) {
    let code = installation.json(&["admin", "first-code"], &[0])["code"].as_str().unwrap().to_owned();
    canaries.add("one-time code", &code);
    canaries.add("password", PASSWORD);
    canaries.add("password typed as a name", TYPED_AS_NAME);
    let mut browser = Browser { address, cookies: BTreeMap::new() };
    let set_up = [("code", code.as_str()), ("name", NAME)];
    goes_to(&browser.post("/setup", "/setup", &set_up, canaries), "/password");
    let new = [("new", PASSWORD), ("again", PASSWORD)];
    goes_to(&browser.post("/password", "/password", &new, canaries), "/sign-in/enrol");
    let page = browser.get("/sign-in/enrol", canaries).text();
    let secret = unbase32(page.split("<code>").nth(1).unwrap().split('<').next().unwrap());
    canaries.add_bytes("secret of the authenticator", &secret);
    let step = totp::step_of(pledgefund::clock::Clock::System.now().and_utc().timestamp());
    let enrol = [("code", &*totp::code(&secret, step))];
    let shown = browser.post("/sign-in/enrol", "/sign-in/enrol", &enrol, canaries).text();
    let codes: Vec<String> =
        shown.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10, "{shown}");
    for code in &codes {
        canaries.add("recovery code", code);
    }
    goes_to(&browser.post("/account", "/sign-out", &[], canaries), "/sign-in");
    // What people do wrong: the password in the field of the name, and a wrong password beside it.
    let wrong = [("name", TYPED_AS_NAME), ("password", PASSWORD)];
    assert_eq!(browser.post("/sign-in", "/sign-in", &wrong, canaries).status, 422);
    let known = [("name", NAME), ("password", PASSWORD)];
    goes_to(&browser.post("/sign-in", "/sign-in", &known, canaries), "/sign-in/code");
    // The next step: this one was used.
    let next = [("code", &*totp::code(&secret, step + 1))];
    goes_to(&browser.post("/sign-in/code", "/sign-in/code", &next, canaries), "/");
    goes_to(&browser.post("/account", "/sign-out", &[], canaries), "/sign-in");
    let lost = [("name", NAME), ("password", PASSWORD), ("code", codes[0].as_str())];
    assert_eq!(browser.post("/sign-in/recover", "/sign-in/recover", &lost, canaries).status, 303);
    let opened = installation.json(&["admin", "add-account", "受理乙"], &[0])["code"].as_str().unwrap().to_owned();
    canaries.add("one-time code", &opened);
    let mut other = Browser { address, cookies: BTreeMap::new() };
    let first = [("name", "受理乙"), ("password", opened.as_str())];
    goes_to(&other.post("/sign-in", "/sign-in", &first, canaries), "/password");
}

/// A machine comes in with its token, and with one that is wrong.
fn machine_comes(installation: &Installation, address: SocketAddr, canaries: &mut Canaries) {
    let keeper = ["institution=fund", "roles=security_administrator", "--by", NAME, "--on", DAY];
    installation.json(&[&["act", "person", "安全甲", "appointed"][..], &keeper].concat(), &[0]);
    let wanted = ["--institution", "bank:SGH", "--role", "bank_officer", "--scope", "portfolio.read"];
    let told = installation.json(&[&["token", "add", "机器甲", "--by", "安全甲"][..], &wanted].concat(), &[0]);
    let id = told["token_id"].as_str().unwrap();
    let next = installation.json(&["token", "rotate", id, "--by", "安全甲"], &[0]);
    for (token, status) in [(&told["token"], 200), (&next["token"], 200)] {
        let token = token.as_str().unwrap();
        canaries.add("token of a machine", token);
        canaries.add("token of a machine", token.rsplit('_').next().unwrap());
        let bearer = format!("Authorization: Bearer {token}");
        let ask = |path: &str| wire::send(address, "GET", path, &["Cookie: a=b", &bearer], "").status;
        assert_eq!(ask("/api/v1/loans"), status);
        assert!(ask("/api/v1/claims") >= 400);
    }
    let wrong = format!("pfk_{id}_{}", "c0ffee11".repeat(8));
    canaries.add("wrong token", wrong.rsplit('_').next().unwrap());
    let bearer = format!("Authorization: Bearer {wrong}");
    assert_eq!(wire::send(address, "GET", "/api/v1/loans", &["Cookie: a=b", &bearer], "").status, 401);
}

fn settings(folder: &Path, port: u16, receiver: &Receiver) -> String {
    let password = folder.join("mail-password");
    std::fs::write(&password, SMTP_PASSWORD).unwrap();
    let text = format!(
        "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n\
         user = \"fund\"\npassword_file = {password:?}\n\
         [webhooks]\nallowed_hosts = [\"{}\"]\nplain_http = true\nprivate_addresses = true\n",
        receiver.host()
    );
    let path = folder.join("settings.toml");
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn what_opens_a_door_is_found_nowhere_on_both() {
    on_both(|installation| {
        drop(begun(installation));
        let (outside, receiver, (port, mails)) = (tempfile::tempdir().unwrap(), Receiver::start(), mail_server());
        let config = settings(outside.path(), port, &receiver);
        let mut canaries = Canaries::default();
        canaries.add("password of the mail server", SMTP_PASSWORD);
        canaries.add("password of the mail server", &format!("\0fund\0{SMTP_PASSWORD}"));
        let log = outside.path().join("log");
        let mut command = installation.command(&["--config", &config, "serve", "--listen", "127.0.0.1:0"]);
        command.env("RUST_LOG", "trace").stderr(std::fs::File::create(&log).unwrap());
        let mut serving = Serving::of(command);
        signs_in(installation, serving.address, &mut canaries);
        machine_comes(installation, serving.address, &mut canaries);
        let told = |arguments: &[&str]| {
            let all = [&["--json", "--config", &config][..], arguments].concat();
            let output = installation.command(&all).env("RUST_LOG", "trace").output().unwrap();
            assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}: {output:?}");
            output
        };
        let url = format!("http://{}/hooks", receiver.host());
        let added: Value =
            serde_json::from_slice(&told(&["webhook", "add", "核心", &url, "--by", NAME, "--on", DAY]).stdout).unwrap();
        let (endpoint, secret) = (added["endpoint"].as_str().unwrap(), added["secret"].as_str().unwrap());
        canaries.add("secret of a webhook", secret);
        canaries.add("secret of a webhook", secret.trim_start_matches("whsec_"));
        let out = outside.path().join("export").to_string_lossy().into_owned();
        for arguments in [
            &["webhook", "test", endpoint, "--by", NAME, "--on", DAY][..],
            &["job", "run", "deliver_webhooks", "--on", DAY],
            &["job", "run", "regulator_summary", "--on", "2026-07-10"],
            &["job", "run", "deliver_mail", "--on", "2026-07-10"],
            &["webhook", "list"],
            &["webhook", "deliveries", endpoint],
            &["token", "list"],
            &["admin", "accounts"],
            &["config", "dump"],
            &["audit", "list", "--limit", "1000"],
            &["audit", "export", &out],
            &["verify"],
        ] {
            let output = told(arguments);
            canaries.check(&format!("{arguments:?}"), &output.stdout);
            canaries.check(&format!("{arguments:?} errors"), &output.stderr);
        }
        // All of it was really used.
        let got = wait_for("the webhook", || Some(receiver.take()).filter(|got| !got.is_empty()));
        assert!(got.iter().all(|one| one.is_signed_with(secret)));
        let mails = mails.lock().unwrap().join("\n");
        assert!(
            mails.contains(&format!("AUTH PLAIN {}", base64(format!("\0fund\0{SMTP_PASSWORD}").as_bytes()))),
            "{mails}"
        );
        let mails: Vec<&str> = mails.lines().filter(|line| !line.starts_with("AUTH ")).collect();
        assert!(mails.len() > 100, "{}", mails.len());
        canaries.check("the mails", mails.join("\n").as_bytes());
        for request in &got {
            canaries.check("a webhook", format!("{:?}{}", request.head, request.body).as_bytes());
        }
        serving.kill();
        let mut exported = 0;
        for entry in std::fs::read_dir(&out).unwrap() {
            canaries.check("the audit export", &std::fs::read(entry.unwrap().path()).unwrap());
            exported += 1;
        }
        assert!(exported >= 3);
        let log = std::fs::read(&log).unwrap();
        assert!(check_log(&log) >= 30);
        canaries.check("the log", &log);
        let kept = raw(installation);
        assert!(kept.windows(9).any(|nine| nine == b"signed_in"), "the accounts stand in the database");
        canaries.check("the database", &kept);
        println!("{} kinds, {} values, found nowhere", canaries.kinds(), canaries.texts.len());
        assert!(canaries.kinds() >= 10);
    });
}
