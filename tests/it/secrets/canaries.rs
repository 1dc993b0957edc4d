//! Words that must never be found again, driven through every entry: then everything that was written is searched.
//!
//! One row of the table is one kind of secret; what brings in another kind adds its row and its entry.

use std::process::Output;

use pledgefund::usecase::lives::Life;
use serde_json::{Value, json};

use crate::papers::journey::{DAY, act, begun, day};
use crate::support::product::{Installation, on_both};
use crate::support::serving::Serving;
use crate::support::{postgres, wire};

const ACCOUNT: &str = "140200010000994477";
const NEW_ACCOUNT: &str = "140200010000994488";
const PHONE: &str = "13987654321";
const IDENTITY: &str = "11010519491231002X";
const CARD: &str = "4111111111111111";
const PAPER: &str = "canary-within-a-paper";
const SMTP_PASSWORD: &str = "canary-smtp-password";
const SESSION: &str = "canary-session-0123456789abcdef";
const TOKEN: &str = "canary-bearer-token";
const QUERY: &str = "canary-in-a-query";

const CANARIES: [&str; 10] = [ACCOUNT, NEW_ACCOUNT, PHONE, IDENTITY, CARD, PAPER, SMTP_PASSWORD, SESSION, TOKEN, QUERY];

fn account(number: &str) -> Value {
    json!({ "holder": "朔州分行", "number": number, "bank_name": "朔州分行营业部", "bank_no": "102168000016" })
}

/// Everything the database holds, byte by byte.
pub fn raw(installation: &Installation) -> Vec<u8> {
    if let Some(url) = &installation.url {
        return postgres::dump(url);
    }
    let files = std::fs::read_dir(installation.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("pledgefund.db"));
    files.flat_map(|path| std::fs::read(path).unwrap()).collect()
}

#[track_caller]
fn check_none(what: &str, bytes: &[u8]) {
    for canary in CANARIES {
        let hexed: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [canary, &hexed] {
            let found = bytes.windows(form.len()).position(|window| window == form.as_bytes());
            assert_eq!(found, None, "{what} holds {canary}");
        }
    }
}

/// Lines of a log: each is a JSON document, and plain.
#[track_caller]
pub fn check_log(log: &[u8]) -> usize {
    let text = String::from_utf8(log.to_vec()).unwrap();
    let odd = text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{2028}'..='\u{202e}').contains(c));
    assert_eq!(odd, None);
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
    lines.len()
}

pub fn traced(installation: &Installation, arguments: &[&str]) -> Output {
    installation.command(arguments).env("RUST_LOG", "trace").output().unwrap()
}

#[test]
fn canaries_are_found_nowhere_on_both() {
    on_both(|installation| {
        let app = begun(installation);
        let agreed = json!({ "account": account(ACCOUNT), "agreement_no": "协2027-1" });
        act(&app, Life::Partner, "SGH", "account_agreed", agreed, "受理乙");
        let proposed = json!({ "account": account(NEW_ACCOUNT), "letter": format!("公函，经办电话 {PHONE}") });
        act(&app, Life::Partner, "SGH", "account_change_proposed", proposed, "受理乙");
        let said = format!("致电 {PHONE}，身份证{IDENTITY}，旧卡 {CARD}，核实无误");
        let decided = json!({ "accepted": true, "call_back": said });
        let mut request = pledgefund::usecase::lives::Request {
            life: Life::Partner,
            subject: "SGH".to_owned(),
            act: "account_change_decided".to_owned(),
            details: decided,
            by: "核对丙".to_owned(),
            on: day(DAY),
            expected: None,
            key: Some("once".to_owned()),
        };
        let first = pledgefund::usecase::lives::perform(&app, &request).unwrap();
        assert_eq!(pledgefund::usecase::lives::perform(&app, &request).unwrap(), first, "the same request once");
        request.details["call_back"] = json!("另有说法");
        assert_eq!(pledgefund::usecase::lives::perform(&app, &request).unwrap_err().code(), "ACT_KEY_REUSED");
        let paper = installation.folder.path().join("合同.pdf");
        std::fs::write(&paper, format!("%PDF-1.7 {PAPER} {IDENTITY}")).unwrap();
        drop(app);

        let mut told = Vec::new();
        let mut lines = 0;
        let attach = ["attach", "partner", "SGH", paper.to_str().unwrap(), "--document", "LETTER", "--by", "受理乙"];
        let bad = ["act", "partner", "SGH", "account_agreed", "--details", "{\"account\": 1}", "--by", "受理乙"];
        for arguments in [
            &attach[..],
            &["--json", "acts", "partner", "SGH"],
            &["acts", "partner", "SGH"],
            &["--json", "verify"],
            &["attachments", "partner", "SGH"],
            &["config", "dump"],
            &["--json", "config", "dump"],
            &bad,
        ] {
            let output = traced(installation, arguments);
            check_none(&format!("{arguments:?}"), &output.stdout);
            check_none(&format!("{arguments:?} errors"), &output.stderr);
            told.push(String::from_utf8_lossy(&output.stdout).into_owned());
            lines += output.stderr.len();
        }
        assert!(
            told[1].contains("****4477") && told[1].contains("****4488") && told[1].contains("****4321"),
            "{}",
            told[1]
        );
        assert!(told[3].contains("\"ok\": true"), "{}", told[3]);
        assert!(lines > 0);
        check_none("the database", &raw(installation));

        // Shown only to who may, for a reason that is kept, which is an event of its own.
        let ask = |by: &str, reason: &str| {
            let asked = ["--json", "disclose", "partner", "SGH", "--by", by, "--reason", reason, "--on", DAY];
            installation.run(&asked)
        };
        for (by, reason) in [("信贷辛", "看看"), ("系统甲", "看看"), ("受理乙", "  ")] {
            let refused = ask(by, reason);
            assert_eq!(refused.status.code(), Some(2), "{by}");
            check_none(by, &refused.stdout);
        }
        let shown = String::from_utf8(ask("财务己", "核对付款账户").stdout).unwrap();
        for number in [ACCOUNT, NEW_ACCOUNT, PHONE, IDENTITY, CARD] {
            assert!(shown.contains(number), "{shown}");
        }
        assert_eq!(installation.json(&["verify"], &[0, 1])["ok"], true);
        let kept = String::from_utf8_lossy(&raw(installation)).into_owned();
        assert!(kept.contains("personal.disclosed") && kept.contains("核对付款账户"));
        check_none("the database after it was shown", kept.as_bytes());
    });
}

#[test]
fn the_log_of_a_server_is_one_document_a_line_without_canaries() {
    let installation = Installation::sqlite();
    drop(begun(&installation));
    let password = installation.folder.path().join("smtp-password");
    std::fs::write(&password, SMTP_PASSWORD).unwrap();
    let log = installation.folder.path().join("log");
    let mut command = installation.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("RUST_LOG", "trace").env("PLEDGEFUND_MAIL__SMTP__PASSWORD_FILE", &password);
    command.stderr(std::fs::File::create(&log).unwrap());
    let mut serving = Serving::of(command);
    let address = serving.address;
    let bearer = format!("Authorization: Bearer {TOKEN}");
    let cookie = format!("Cookie: session={SESSION}; guard={SESSION}");
    for path in [
        "/",
        "/loans",
        "/nowhere",
        "/loans/%0d%0aX:%20y%1b%5b31m",
        "/claims/%e2%80%a8%e2%80%a9",
        "/\u{2028}\u{202e}x",
        "/health",
    ] {
        let headers = [&*bearer, &*cookie, "User-Agent: a\u{2028}b", "X-Request-Id: a\u{2029}b"];
        let _any = wire::try_send(address, "GET", &format!("{path}?q={QUERY}"), &headers, "");
    }
    let body = format!("guard={SESSION}&operator={PHONE}&answer={TOKEN}");
    let form = [&*cookie, "Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin"];
    let _any = wire::try_send(address, "POST", "/imports/uploads/1/decision", &form, &body);
    serving.kill();
    let log = std::fs::read(&log).unwrap();
    assert!(check_log(&log) >= 5, "every request that was one is told of");
    check_none("the log", &log);
}
