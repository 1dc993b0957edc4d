//! What keeps the house: mail tried and sent again, copies, the state of things, sessions and deputies.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use pledgefund::app::App;
use pledgefund::config::{MailTransport, SmtpSecurity};
use pledgefund::domain::calendar::utc_of_beijing;
use pledgefund::domain::people::Role;
use pledgefund::hash::sha256_hex;
use pledgefund::i18n::{self, Lang};
use pledgefund::link::segment;
use pledgefund::storage::chain::Chain;
use pledgefund::storage::facts::Change;
use pledgefund::storage::find::events::{self, Asked};
use pledgefund::storage::find::mail;
use pledgefund::storage::rows::mail::ReportRow;
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::UseCaseError;
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::sign_in::sessions;
use pledgefund::usecase::verify::verify;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::acting::{TownDoor, token};
use super::server::start_router;
use crate::api::world::served;
use crate::stories::town::{FUND, Town, measure};
use crate::support::product::{Installation, on_both};
use crate::support::{browser, desk, smtp};

const SYSTEM: &str = "系统员";
const CLERK: &str = "审核员";
const AUDITOR: &str = "审计员";

/// The town's pages, with the people who keep it.
pub(super) struct House {
    pub(super) app: Arc<App>,
    router: Router,
    runtime: Runtime,
}

pub(super) struct Shown {
    pub(super) status: u16,
    pub(super) location: String,
    pub(super) text: String,
}

impl House {
    pub(super) fn of(installation: &Installation, change: impl FnOnce(&mut App)) -> House {
        let mut town = Town::found(installation, "2025-09-10", &measure("shuozhou-1"));
        for (name, role) in [("安全员", "security_administrator"), (AUDITOR, "auditor")] {
            let details = json!({ "institution": "fund", "roles": [role] });
            town.act(Life::Person, name, "appointed", SYSTEM, details);
        }
        change(&mut town.app);
        let app = Arc::new(town.app);
        let router = served(&app, Arc::new(TownDoor(Arc::clone(&app))));
        House { app, router, runtime: Runtime::new().unwrap() }
    }

    fn send(&self, verb: &str, who: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        let mut body = format!("guard={}", "c".repeat(64));
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", segment(value)));
        }
        let request = Request::builder()
            .method(verb)
            .uri(path)
            .header(header::HOST, "localhost")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("__Host-session={}; __Host-lang=zh", token(who)))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(if verb == "POST" { body } else { String::new() }))
            .unwrap();
        self.runtime.block_on(async {
            let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            let location = head.headers.get("location").map(|value| value.to_str().unwrap().to_owned());
            let text = String::from_utf8_lossy(&bytes).replace("&#x2f;", "/");
            let text = text.split("<main").nth(1).unwrap_or(&text).to_owned();
            Shown { status: head.status.as_u16(), location: location.unwrap_or_default(), text }
        })
    }

    pub(super) fn get(&self, who: &str, path: &str) -> Shown {
        self.send("GET", who, path, &[])
    }

    pub(super) fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.send("POST", who, path, fields)
    }

    /// Events of a kind.
    pub(super) fn events(&self, kind: &str) -> usize {
        let asked = Asked { kind: Some(kind.to_owned()), ..Asked::default() };
        events::listed(&mut self.app.store.read().unwrap(), &asked, 100).unwrap().len()
    }

    fn mails(&self) -> Vec<mail::MailLine> {
        mail::lines(&mut self.app.store.read().unwrap(), FUND, 100).unwrap()
    }

    fn run(&self, job: &str, day: &str) {
        let day: chrono::NaiveDate = day.parse().unwrap();
        self.app.move_clock_to(utc_of_beijing(day.and_hms_opt(12, 0, 0).unwrap())).unwrap();
        self.app.run_job_on(job, day).unwrap();
    }

    pub(super) fn is_proved(&self) {
        let proof = verify(&mut self.app.store.read().unwrap(), FUND).unwrap();
        assert!(proof.ok, "{:?}", proof.checks.iter().filter(|check| !check.ok).collect::<Vec<_>>());
        for check in proof.checks.iter().filter(|check| !check.name.starts_with("facts_")) {
            let key = format!("page.audit.proof.{}", check.name);
            assert!(i18n::texts(Lang::Zh).contains_key(&key), "{key}");
        }
    }
}

/// A key as a page gives it.
fn key(nth: u8) -> String {
    format!("{nth:032x}")
}

fn over_smtp(app: &mut App, port: u16) {
    app.config.mail.transport = MailTransport::Smtp;
    app.config.mail.smtp.host = "127.0.0.1".to_owned();
    app.config.mail.smtp.port = port;
    app.config.mail.smtp.security = SmtpSecurity::None;
}

const MAIL: &str = "/settings/mail";

#[test]
fn a_test_mail_is_taken_or_refused_and_the_page_tells_what_the_server_said() {
    let Some(python) = smtp::python() else { return };
    on_both(|installation| {
        let received = tempfile::tempdir().unwrap();
        let (server, port) = smtp::sink(&python, received.path());
        let house = House::of(installation, |app| over_smtp(app, port));
        let page = house.get(SYSTEM, MAIL);
        for word in ["SMTP 发送", "127.0.0.1", "不加密", "监管月报", "statistics@regulator.invalid", "还没有试投过"]
        {
            assert!(page.text.contains(word), "{word}: {}", page.text);
        }
        let sent = [("form", "test"), ("to", "someone@example.cn"), ("key", &key(1))];
        for _twice in 0..2 {
            let done = house.post(SYSTEM, MAIL, &sent);
            assert_eq!((done.status, done.location.as_str()), (303, &*format!("{MAIL}?test={}", key(1))));
        }
        assert_eq!(std::fs::read_dir(received.path()).unwrap().count(), 1, "sent twice it goes out once");
        assert_eq!((house.events("mail.test_begun"), house.events("mail.tested")), (1, 1));
        let told = house.get(SYSTEM, &format!("{MAIL}?test={}", key(1))).text;
        assert!(told.contains("已接收寄给 someone@example.cn 的试投邮件，答复：250 taken"), "{told}");
        let refused = [("form", "test"), ("to", "refused@example.cn"), ("key", &key(2))];
        let told = house.post(SYSTEM, MAIL, &refused);
        let told = house.get(SYSTEM, &told.location).text;
        assert!(told.contains("邮件服务器拒收") && told.contains("550") && told.contains("no such box"), "{told}");
        assert!(house.mails().is_empty(), "a test mail is no mail of the books");
        house.is_proved();
        smtp::close(server);
    });
}

#[test]
fn a_server_that_is_not_there_is_said_not_to_be_reached_and_tries_are_counted() {
    on_both(|installation| {
        let house = House::of(installation, |app| over_smtp(app, 1));
        for who in [CLERK, AUDITOR, "安全员"] {
            assert_eq!(house.get(who, MAIL).status, 403, "{who}");
            assert_eq!(house.post(who, MAIL, &[("to", "a@example.cn"), ("key", &key(1))]).status, 403, "{who}");
        }
        assert_eq!(house.post(SYSTEM, MAIL, &[("to", "a@example.cn"), ("key", "short")]).status, 400);
        for wrong in ["", "nobody", "a@b\r\nBcc: c@d", "张三@example.cn"] {
            let again = house.post(SYSTEM, MAIL, &[("form", "test"), ("to", wrong), ("key", &key(9))]);
            assert!(again.status == 422 && again.text.contains("不是邮箱地址"), "{wrong}: {}", again.text);
        }
        for nth in 1..=5 {
            let done = house.post(SYSTEM, MAIL, &[("form", "test"), ("to", "a@example.cn"), ("key", &key(nth))]);
            assert_eq!(done.status, 303, "{}", done.text);
            let told = house.get(SYSTEM, &done.location).text;
            assert!(told.contains("连不上邮件服务器"), "{told}");
        }
        let sixth = [("form", "test"), ("to", "a@example.cn"), ("key", &key(6))];
        let refused = house.post(SYSTEM, MAIL, &sixth);
        assert!(refused.status == 422 && refused.text.contains("过于频繁"), "{}", refused.text);
        let later = house.app.store.clock().now() + chrono::TimeDelta::minutes(10);
        house.app.move_clock_to(later).unwrap();
        assert_eq!(house.post(SYSTEM, MAIL, &sixth).status, 303);
        assert_eq!(house.events("mail.tested"), 6);
        house.is_proved();
    });
}

#[test]
fn where_mail_is_written_to_a_folder_the_test_mail_is_a_file() {
    let installation = Installation::sqlite();
    let house = House::of(&installation, |_| ());
    let page = house.get(SYSTEM, MAIL).text;
    assert!(page.contains("写成文件，不对外发送"), "{page}");
    let done = house.post(SYSTEM, MAIL, &[("form", "test"), ("to", "a@example.cn"), ("key", &key(1))]);
    let told = house.get(SYSTEM, &done.location).text;
    let name = format!("mail_test_{}.eml", key(1));
    assert!(told.contains("现行设置不对外发送") && told.contains(&name), "{told}");
    let raw = std::fs::read_to_string(house.app.config.mail_folder().join(name)).unwrap();
    assert!(raw.contains("To: a@example.cn") && raw.contains("Message-ID: <"), "{raw}");
}

/// What stands of a mail: its row and its delivery.
fn whole(house: &House, id: &str) -> String {
    let mut db = house.app.store.read().unwrap();
    format!("{:?} {:?}", mail::one(&mut db, id).unwrap(), mail::delivery(&mut db, id).unwrap())
}

/// The body of a stored message, after its head.
fn body(raw: &[u8]) -> &[u8] {
    let at = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    &raw[at..]
}

#[test]
fn a_mail_sent_again_is_one_new_mail_that_names_the_old_and_leaves_it_alone() {
    on_both(|installation| {
        let house = House::of(installation, |_| ());
        house.run("regulator_summary", "2025-09-10");
        let old = house.mails().into_iter().find(|line| line.recipient == "archive@fund.invalid").unwrap().message_id;
        let place = format!("/mails/{}", segment(&old));
        let page = house.get(CLERK, &place).text;
        assert!(page.contains("尚在投递，到达或停止投递后才能重新发送") && !page.contains("send-form"), "{page}");
        let early = house.post(CLERK, &place, &[("reason", "未收到"), ("key", &key(1))]);
        assert!(early.status == 422 && early.text.contains("尚在投递"), "{}", early.text);
        house.run("deliver_mail", "2025-09-10");
        let before = whole(&house, &old);
        assert!(house.get(CLERK, &place).text.contains("id=\"send-form\""));
        assert!(!house.get(AUDITOR, &place).text.contains("send-form"));
        let fields = [("reason", "收件人称未收到"), ("key", &*key(2))];
        assert_eq!(house.post(AUDITOR, &place, &fields).status, 403);
        assert_eq!(house.post(SYSTEM, &place, &fields).status, 403);
        let bare = house.post(CLERK, &place, &[("reason", " "), ("key", &key(2))]);
        assert!(bare.status == 422 && bare.text.contains("请写明理由"), "{}", bare.text);
        let count = house.mails().len();
        let sent: Vec<Shown> = (0..2).map(|_| house.post(CLERK, &place, &fields)).collect();
        assert_eq!((sent[0].status, &sent[0].location), (303, &sent[1].location), "{}", sent[0].text);
        assert_eq!((house.mails().len(), house.events("mail.resent")), (count + 1, 1));
        let other = house.post(CLERK, &place, &[("reason", "别的"), ("key", &key(2))]);
        assert!(other.status == 422 && other.text.contains("已用于另一件事"), "{}", other.text);
        assert_eq!(whole(&house, &old), before, "the old mail is as it was");

        let new = house.mails().into_iter().find(|line| line.state == "queued").unwrap().message_id;
        assert!(sent[0].location.contains(&segment(&new)), "{} {new}", sent[0].location);
        let mut db = house.app.store.read().unwrap();
        let [first, again] = [&old, &new].map(|id| mail::one(&mut db, id).unwrap().unwrap().0);
        drop(db);
        assert_eq!(body(&first.raw), body(&again.raw));
        let head = String::from_utf8_lossy(&again.raw).split("\r\n\r\n").next().unwrap().to_owned();
        assert!(head.contains(&format!("X-Pledgefund-Repeats: {old}")) && head.contains(&new), "{head}");
        assert!(!head.contains(&format!("Message-ID: {old}")) && head.matches("Message-ID:").count() == 1, "{head}");
        assert_eq!(again.raw_hash, sha256_hex(&again.raw));
        house.run("deliver_mail", "2025-09-11");
        assert_eq!(whole(&house, &old), before);
        assert_eq!(mail::delivery(&mut house.app.store.read().unwrap(), &new).unwrap().unwrap().state, "delivered");
        let folder = house.app.config.mail_folder();
        assert_eq!(std::fs::read(folder.join(format!("{}.eml", again.content_key))).unwrap(), again.raw);
        assert_eq!(std::fs::read(folder.join(format!("{}.eml", first.content_key))).unwrap(), first.raw);
        let page = house.get(CLERK, &format!("/mails/{}", segment(&new))).text;
        assert!(page.contains("重新发送，理由：收件人称未收到") && page.contains(&place), "{page}");
        assert!(house.get(CLERK, &place).text.contains("已重新发送"));
        house.is_proved();
    });
}

/// A correction that was made and went nowhere.
fn correction(house: &House) -> String {
    let mut db = house.app.store.read().unwrap();
    let first = mail::reports_named(&mut db, FUND, "regulator_summary").unwrap().remove(0);
    drop(db);
    let id = first.report_id.replace(":v1", ":v2");
    let row = ReportRow { report_id: id.clone(), version: 2, supersedes: Some(first.report_id.clone()), ..first };
    let chain = Chain::Fund { fund_id: FUND.to_owned() };
    let act = Act::new("job:regulator_summary", house.app.store.clock().today());
    let made: Result<String, UseCaseError> = house.app.store.write(&Scope::fund(FUND), &act, |tx| {
        Ok(tx.record(Change::new(chain.clone(), "report.issued", "correction").with(row.clone()))?)
    });
    made.unwrap();
    id
}

#[test]
fn a_correction_that_was_never_mailed_says_so_and_is_sent_to_those_the_settings_name() {
    on_both(|installation| {
        let house = House::of(installation, |_| ());
        house.run("regulator_summary", "2025-09-10");
        house.run("deliver_mail", "2025-09-10");
        let place = format!("/reports/{}", segment(&correction(&house)));
        let page = house.get(CLERK, &place).text;
        assert!(page.contains("本更正版从未寄出") && page.contains("发送更正件"), "{page}");
        assert!(!house.get(AUDITOR, &place).text.contains("send-form"));
        assert_eq!(house.post(AUDITOR, &place, &[]).status, 403);
        let fields = |to: &'static str, nth: u8| vec![("to", to), ("reason", "银行更正月报"), ("key", key(nth).leak())];
        let nobody = house.post(CLERK, &place, &fields("x@example.cn", 1));
        assert!(nobody.status == 422 && nobody.text.contains("没有此收件人"), "{}", nobody.text);
        let count = house.mails().len();
        for _twice in 0..2 {
            assert_eq!(house.post(CLERK, &place, &fields("all", 2)).status, 303);
        }
        assert_eq!((house.mails().len(), house.events("report.sent")), (count + 3, 1));
        let page = house.get(CLERK, &place).text;
        assert!(!page.contains("从未寄出") && page.contains("重新发送"), "{page}");
        let under_way = house.post(CLERK, &place, &fields("archive@fund.invalid", 3));
        assert!(under_way.status == 422 && under_way.text.contains("尚在投递"), "{}", under_way.text);
        house.run("deliver_mail", "2025-09-11");
        assert_eq!(house.post(CLERK, &place, &fields("archive@fund.invalid", 3)).status, 303);
        let waiting: Vec<_> = house.mails().into_iter().filter(|line| line.state == "queued").collect();
        assert_eq!(waiting.len(), 1);
        let page = house.get(CLERK, &format!("/mails/{}", segment(&waiting[0].message_id))).text;
        assert!(page.contains("重新发送，理由：银行更正月报"), "{page}");
        house.is_proved();
    });
}

const SETTINGS: &str = "/settings";

#[test]
fn a_copy_is_proved_opens_by_itself_and_stands_on_the_page() {
    let installation = Installation::sqlite();
    let house = House::of(&installation, |_| ());
    let page = house.get(SYSTEM, SETTINGS).text;
    assert!(
        page.contains("没有备份记录") && page.contains("还没有核验过") && page.contains("SQLite，文件 pledgefund.db")
    );
    assert!(!page.contains("sealing_key_beside_data"));
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("nightly").to_string_lossy().into_owned();
    let made = installation.json(&["backup", "--to", &to], &[0]);
    let file = std::path::Path::new(&to).join(made["file"].as_str().unwrap());
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!((made["ok"].clone(), made["bytes"].as_u64()), (json!(true), u64::try_from(bytes.len()).ok()));
    assert_eq!(made["sha256"], sha256_hex(&bytes));
    let beside = std::fs::read_to_string(format!("{}.json", file.display())).unwrap();
    let beside: Value = serde_json::from_str(&beside).unwrap();
    assert_eq!((&beside["sha256"], &beside["digest"]), (&made["sha256"], &made["digest"]));
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&to).unwrap().count(), 2, "nothing lies beside it but what says what it is");
    let told = installation.json(&["--database-url", &file.to_string_lossy(), "verify"], &[0]);
    assert_eq!(told["digest"], made["digest"], "the copy proves itself to be what it was said to be");
    assert_eq!(house.events("backup.made"), 1);
    installation.json(&["verify"], &[0]);
    let page = house.get(SYSTEM, SETTINGS).text;
    let name = made["file"].as_str().unwrap();
    assert!(page.contains(name) && page.contains("已核验") && page.contains("pledgefund backup"), "{page}");
    assert!(!page.contains("没有备份记录") && !page.contains(&to), "no path is told");
    assert!(!page.contains("还没有核验过") && page.contains("不符 0 项"), "{page}");
    house.is_proved();
}

#[test]
fn books_that_do_not_hold_are_copied_and_said_not_to_hold() {
    let installation = Installation::sqlite();
    let house = House::of(&installation, |_| ());
    installation.tamper("UPDATE events SET actor = 'x' WHERE seq = 2");
    installation.json(&["migrate"], &[0]);
    let folder = tempfile::tempdir().unwrap();
    let made = installation.json(&["backup", "--to", &folder.path().to_string_lossy()], &[1]);
    assert_eq!(made["ok"], false);
    assert!(made["faults"].to_string().contains("chain"), "{made}");
    let page = house.get(SYSTEM, SETTINGS).text;
    assert!(page.contains("核验不符"), "{page}");
}

#[test]
fn postgresql_is_left_to_its_own_means_and_the_page_says_so() {
    let Some(installation) = Installation::postgres() else { return };
    let house = House::of(&installation, |_| ());
    let refused = installation.run(&["backup", "--to", "/nowhere"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("pg_dump"));
    let page = house.get(SYSTEM, SETTINGS).text;
    assert!(page.contains("PostgreSQL，库 ") && page.contains("pg_dump"), "{page}");
}

#[test]
fn the_page_of_the_settings_tells_in_words_what_is_not_well() {
    let installation = Installation::sqlite();
    let house = House::of(&installation, |app| over_smtp(app, 1));
    let page = house.get(SYSTEM, SETTINGS).text;
    for word in ["应答正常", "还没有任务运行过", "还没有做过日终", "没有失败的任务", "没有邮件在等待", "剩余"]
    {
        assert!(page.contains(word), "{word}: {page}");
    }
    house.run("daily_close", "2025-09-10");
    house.run("regulator_summary", "2025-09-10");
    house.run("deliver_mail", "2025-09-10");
    let page = house.get(SYSTEM, SETTINGS).text;
    assert!(page.contains("最近一次任务在 0 分钟前开始") && page.contains("业务日期为 2025-09-10"), "{page}");
    assert!(page.contains("最早的已等待"), "{page}");
    let mail = house.get(SYSTEM, MAIL).text;
    assert!(mail.contains("最早的一封已等待") && mail.contains("onnection"), "{mail}");
    house.app.move_clock_to(house.app.store.clock().now() + chrono::TimeDelta::days(3)).unwrap();
    let page = house.get(SYSTEM, SETTINGS).text;
    assert!(page.contains("已 3 天没有任务开始"), "{page}");
    assert_eq!(house.get(CLERK, SETTINGS).status, 403);
}

#[test]
fn an_administrator_sees_and_ends_one_session_of_somebody_else() {
    let installation = Installation::sqlite();
    let house = House::of(&installation, |_| ());
    desk::person(&house.app, "登记员", "fund", Role::FundAdministrator);
    let open = || sessions::of_person(&house.app, "登记员").unwrap();
    let id = open()[0].session_id.clone();
    let place = format!("/persons/{}", segment("登记员"));
    let page = house.get(SYSTEM, &place).text;
    assert!(page.contains("127.0.0.1") && page.contains(&id), "{page}");
    let seen = house.get(AUDITOR, &place).text;
    assert!(!seen.contains("127.0.0.1") && !seen.contains(&id), "{seen}");
    let fields = [("form", "session"), ("session", &*id)];
    assert_eq!(house.post(CLERK, &place, &fields).status, 403);
    assert_eq!(house.post(SYSTEM, &format!("/persons/{}", segment(SYSTEM)), &fields).status, 422, "not one's own here");
    assert_eq!(open().len(), 1);
    assert_eq!(house.post(SYSTEM, &place, &fields).status, 303);
    assert_eq!(open().len(), 0);
    assert!(house.get(SYSTEM, &place).text.contains("没有会话"));
    house.is_proved();
}

#[test]
fn who_stands_in_for_whom_and_until_when_is_on_the_list_of_people() {
    let installation = Installation::sqlite();
    let house = House::of(&installation, |_| ());
    assert!(house.get(SYSTEM, "/persons").text.contains("没有代理"));
    let day = house.app.store.clock().today();
    let details = json!({
        "deputy": "登记员", "role": "fund_administrator",
        "from": day.to_string(), "until": "2025-09-30", "reason": "休假",
    });
    let request = pledgefund::usecase::lives::Request {
        life: Life::Person,
        subject: CLERK.to_owned(),
        act: "delegated".to_owned(),
        details,
        by: SYSTEM.to_owned(),
        on: day,
        expected: None,
        key: None,
    };
    pledgefund::usecase::lives::perform(&house.app, &request).unwrap();
    for path in ["/persons".to_owned(), format!("/persons/{}", segment(CLERK))] {
        let page = house.get(AUDITOR, &path).text;
        assert!(page.contains("2025-09-30") && page.contains("生效中"), "{path}: {page}");
    }
    house.app.move_clock_to(house.app.store.clock().now() + chrono::TimeDelta::days(30)).unwrap();
    assert!(house.get(AUDITOR, "/persons").text.contains("已结束"));
}

#[test]
fn what_keeps_the_house_fits_a_telephone() {
    let installation = Installation::sqlite();
    let house = House::of(&installation, |_| ());
    house.run("regulator_summary", "2025-09-10");
    house.run("deliver_mail", "2025-09-10");
    house.post(SYSTEM, MAIL, &[("form", "test"), ("to", "someone.with.a.long.name@example.cn"), ("key", &key(1))]);
    let folder = tempfile::tempdir().unwrap();
    installation.json(&["backup", "--to", &folder.path().to_string_lossy()], &[0]);
    desk::person(&house.app, "登记员", "fund", Role::FundAdministrator);
    let mail = format!("/mails/{}", segment(&house.mails()[0].message_id));
    house.post(CLERK, &mail, &[("reason", "收件人称未收到"), ("key", &key(2))]);
    let server = start_router(served(&house.app, Arc::new(TownDoor(Arc::clone(&house.app)))));
    let report = format!("/reports/{}", segment(&correction(&house)));
    let pages = [
        (SYSTEM, "settings", SETTINGS.to_owned()),
        (SYSTEM, "mail-settings", format!("{MAIL}?test={}", key(1))),
        (SYSTEM, "person", format!("/persons/{}", segment("登记员"))),
        (CLERK, "mail", mail),
        (CLERK, "correction", report),
    ];
    let walked = browser::walk(390, &format!("http://{}", server.address), |client, watched| {
        Box::pin(async move {
            for (who, name, path) in &pages {
                watched.come_in(client, &token(who)).await?;
                for lang in ["zh", "en"] {
                    let joint = if path.contains('?') { '&' } else { '?' };
                    client.goto(&format!("{}{path}{joint}lang={lang}", watched.home)).await?;
                    watched.picture(client, &format!("phone-{name}-{lang}")).await?;
                    watched.look(client, &format!("phone-look-{name}-{lang}")).await?;
                }
            }
            Ok(())
        })
    });
    assert!(walked.is_some() || browser::axe().is_none(), "no browser");
}
