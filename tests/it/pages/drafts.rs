//! What is typed into forms is kept by itself: over the parts of a long form, over the end of a session, for its person
//! only; and what is said of it while it is written.

use pledgefund::hash::sha256_hex;
use pledgefund::link::segment;
use pledgefund::storage::find::{acts, sessions};
use pledgefund::storage::rows::accounts::SessionRow;
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::drafts;
use pledgefund::usecase::sign_in::sessions::form_secret;

use super::acting::{Desk, Shown};
use crate::stories::town::FUND;
use crate::support::product::{Installation, on_both};

const LOAN: &str = "AAA:N9";

fn path() -> String {
    format!("/acts/registration/{}/drafted", segment(&format!("{FUND}:{LOAN}")))
}

const BORROWER: [(&str, &str); 11] = [
    ("form.contract", "N9"),
    ("form.credit_code", "91140602MA0GQCGM8W"),
    ("form.borrower_name", "朔州市安泰农产品加工有限公司"),
    ("form.founded_on", "2015-03-01"),
    ("form.county", "朔城区"),
    ("form.industry", "绿色农产品加工"),
    ("form.region", "140602"),
    ("form.size_declared", "small"),
    ("form.employees", "136"),
    ("form.revenue", "5871.9万元"),
    ("form.first_loan_declared", "no"),
];
const LOAN_FIELDS: [(&str, &str); 8] = [
    ("form.principal", "300万元"),
    ("form.annual_rate", "4.25"),
    ("form.lpr_1y", "3.1"),
    ("form.disbursed_on", "2025-08-20"),
    ("form.matures_on", "2026-08-20"),
    ("form.repayment", "bullet"),
    ("form.ip_share", "100"),
    ("form.purpose", "生产经营"),
];
const RIGHTS: [(&str, &str); 5] = [
    ("form.rights[1].kind", "trademark"),
    ("form.rights[1].number", "18123457"),
    ("form.rights[1].title", "商标"),
    ("form.pledge_no", "YN9"),
    ("form.pledge_registered_on", "2025-08-20"),
];
const PAPERS: [(&str, &str); 3] =
    [("form.consent.signed_on", "2025-08-19"), ("form.consent.document_hash", "ab12"), ("form.credit_clean", "yes")];

fn kept(desk: &Desk, who: &str) -> Vec<drafts::Draft> {
    drafts::of(&mut desk.app.store.read().unwrap(), &desk.app, who).unwrap()
}

fn at(shown: &Shown) -> &str {
    shown.text.split("name=\"at\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("")
}

#[test]
fn a_loan_is_written_in_parts_and_comes_back_after_the_window_was_closed() {
    on_both(|installation| {
        let desk = Desk::of(installation);
        let first = desk.get("甲经办", &path());
        assert_eq!((first.status, at(&first)), (200, "borrower"));
        assert!(!first.text.contains("name=\"form.principal\""), "the loan has a part of its own");
        // A wrong code keeps the part; it is named with what was most likely meant.
        let mut wrong = BORROWER.to_vec();
        wrong[1].1 = "91140602MA0GQCGM8X";
        let stays = desk.post("甲经办", &path(), &first.text, &wrong);
        assert_eq!((stays.status, at(&stays)), (422, "borrower"));
        assert!(stays.text.contains("href=\"#form.credit_code\""), "{}", stays.text);
        let second = desk.post("甲经办", &path(), &stays.text, &BORROWER);
        assert_eq!((second.status, at(&second)), (200, "loan"), "{}", second.text);
        // Going on keeps what was typed, as it was put right: whoever leaves here finds it again.
        let left = desk.get("甲经办", &path());
        assert_eq!(at(&left), "loan");
        assert!(left.text.contains("name=\"form.credit_code\" value=\"91140602MA0GQCGM8W\""), "{}", left.text);
        // What the browser keeps by itself a moment after the last key.
        let mut saving = LOAN_FIELDS.to_vec();
        saving.push(("step", "save"));
        let saved = desk.post("甲经办", &path(), &second.text, &saving);
        assert_eq!(saved.status, 200);
        assert!(saved.text.contains("已自动保存"), "{}", saved.text);
        assert!(saved.text.contains("data-for=\"form.principal\">人民币叁佰万元整"), "{}", saved.text);
        assert!(saved.text.contains("项未填"), "rights and papers are still missing: {}", saved.text);
        // Looking at a form that is filled in already keeps nothing.
        let mut looking = LOAN_FIELDS.to_vec();
        looking.push(("step", "look"));
        assert_eq!(desk.post("甲复核", &path(), &second.text, &looking).status, 200);
        assert_eq!((kept(&desk, "甲经办").len(), kept(&desk, "甲复核").len()), (1, 0));
        // The window is closed; the list of drafts leads back to the part with everything that was typed.
        let list = desk.get("甲经办", "/todo?tab=drafts");
        assert!(list.text.contains("填写备案表") && list.text.contains("N9"), "{}", list.text);
        let back = desk.get("甲经办", &path());
        assert_eq!(at(&back), "loan");
        assert!(back.text.contains("已恢复您于") && back.text.contains("value=\"300万元\""), "{}", back.text);
        assert!(back.text.contains("name=\"form.credit_code\" value=\"91140602MA0GQCGM8W\""));
        assert!(!desk.get("甲复核", &path()).text.contains("300万元"), "nobody else's");
        let third = desk.post("甲经办", &path(), &back.text, &LOAN_FIELDS);
        assert_eq!((third.status, at(&third)), (200, "rights"));
        let fourth = desk.post("甲经办", &path(), &third.text, &RIGHTS);
        assert_eq!((fourth.status, at(&fourth)), (200, "papers"), "{}", fourth.text);
        // Everything is there: what the rules make of it is told before anything is saved.
        let mut live = PAPERS.to_vec();
        live.push(("step", "save"));
        let told = desk.post("甲经办", &path(), &fourth.text, &live);
        assert!(told.text.contains("可备案") && told.text.contains("资金承担比例"), "{}", told.text);
        let check = desk.post("甲经办", &path(), &fourth.text, &PAPERS);
        assert!(
            check.text.contains("确认办理") && check.text.contains("3,000,000 元（人民币叁佰万元整）"),
            "{}",
            check.text
        );
        let of = |desk: &Desk| {
            acts::of(&mut desk.app.store.read().unwrap(), FUND, "registration", &format!("{FUND}:{LOAN}")).unwrap()
        };
        assert_eq!(of(&desk).len(), 0);
        // A paper that was handed in meanwhile is chosen by its name instead of its hash.
        let paper = pledgefund::usecase::attachments::Paper {
            life: "registration".to_owned(),
            subject: format!("{FUND}:{LOAN}"),
            document: "consent".to_owned(),
            file_name: "同意书.pdf".to_owned(),
            content: b"%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF\n".to_vec(),
        };
        let today = desk.app.store.clock().today();
        pledgefund::usecase::attachments::attach(&desk.app, &paper, "甲经办", today).unwrap();
        let papers = desk.post("甲经办", &path(), &check.text, &[("go", "papers")]);
        assert!(papers.text.contains("同意书.pdf</option>"), "{}", papers.text);
        // From the check a part can be gone back to.
        let again = desk.post("甲经办", &path(), &check.text, &[("go", "loan")]);
        assert_eq!(at(&again), "loan");
        let done = desk.post("甲经办", &path(), &check.text, &[("step", "confirm")]);
        assert_eq!(done.status, 303, "{}", done.text);
        assert_eq!((of(&desk).len(), kept(&desk, "甲经办").len()), (1, 0), "what was sent is no draft any more");
        let page = desk.get("甲经办", &format!("/registrations/{}", segment(&format!("{FUND}:{LOAN}"))));
        assert!(
            page.status == 200 && page.text.contains("同意书.pdf"),
            "what is only written has a page too: {}",
            page.text
        );
    });
}

#[test]
fn what_is_wrong_is_said_while_it_is_written() {
    let installation = Installation::sqlite();
    let desk = Desk::of(&installation);
    let page = desk.get("甲经办", &path()).text;
    let say = |fields: &[(&str, &str)]| {
        let mut sent = fields.to_vec();
        sent.push(("step", "save"));
        desk.post("甲经办", &path(), &page, &sent).text
    };
    assert!(say(&[("form.credit_code", "91140602MA0GQCGM8X")]).contains("校验"));
    let days = say(&[("form.disbursed_on", "2025-08-20"), ("form.matures_on", "2025-08-01")]);
    assert!(days.contains("到期日2025-08-01早于放款日2025-08-20"), "{days}");
    let right = say(&[("form.rights[1].kind", "invention"), ("form.rights[1].number", "ZL201910234567.1")]);
    assert!(right.contains("专利") && right.contains("校验"), "{right}");
    let rate = say(&[("form.annual_rate", "42.5")]);
    assert!(rate.contains("42.5"), "{rate}");
    let size = say(&[
        ("form.size_declared", "micro"),
        ("form.industry", "绿色农产品加工"),
        ("form.employees", "136"),
        ("form.revenue", "58719000"),
        ("form.disbursed_on", "2025-08-20"),
    ]);
    assert!(size.contains("小型"), "{size}");
    let unit = say(&[("form.principal", "3000000"), ("form.appraised_total", "700000000000")]);
    assert!(unit.contains("单位"), "{unit}");
    assert!(!say(&[("form.county", "朔城区")]).contains("class=\"bad\""), "what is not there yet is no fault");
}

#[test]
fn what_is_typed_when_the_session_ends_is_there_after_signing_in() {
    on_both(|installation| {
        let desk = Desk::of(installation);
        let app = &desk.app;
        // A session that nobody used for a day: the door knows it no more, its row still says whose it was.
        let over = "d".repeat(64);
        let began = app.wall.now() - chrono::TimeDelta::days(1);
        let row = SessionRow {
            session_hash: sha256_hex(over.as_bytes()),
            session_id: "over".to_owned(),
            person: pledgefund::domain::person::key_of("甲经办"),
            stage: "full".to_owned(),
            roles: String::new(),
            pending_sealed: None,
            address: String::new(),
            agent: String::new(),
            created_at: began,
            seen_at: began,
            confirmed_at: None,
        };
        let today = app.store.clock().today();
        let act = Act::new("test", today);
        app.store.write(&Scope::system(), &act, |tx| sessions::begin(tx, &row)).unwrap();
        let send = |guard: &str| {
            let body = format!("guard={guard}&expected=0&form.contract=N9&form.county=%E6%9C%94%E5%9F%8E%E5%8C%BA");
            desk.send_as(&over, "POST", &path(), body)
        };
        // Without the secret of that very session nothing is kept.
        let foreign = send(&"c".repeat(64));
        assert!(foreign.status == 303 && foreign.location.ends_with("&ended=1"), "{}", foreign.location);
        assert_eq!(kept(&desk, "甲经办").len(), 0);
        let led = send(&form_secret(&over));
        assert_eq!(led.status, 303);
        assert!(led.location.starts_with("/sign-in?next=%2Facts%2Fregistration"), "{}", led.location);
        assert_eq!(kept(&desk, "甲经办").len(), 1);
        let back = desk.get("甲经办", &path());
        assert!(back.text.contains("已恢复您于") && back.text.contains("value=\"朔城区\""), "{}", back.text);
        // A page of the session before, sent after signing in again: nothing is done, nothing is lost.
        let stale = [("guard", "x"), ("form.county", "平鲁区")];
        let refused = desk.post("甲经办", &path(), &back.text, &stale);
        assert_eq!(refused.status, 403);
        assert!(refused.text.contains("填写内容已保留"), "{}", refused.text);
        assert!(desk.get("甲经办", &path()).text.contains("value=\"平鲁区\""));
        let discarded = desk.post("甲经办", &path(), &back.text, &[("step", "discard")]);
        assert_eq!((discarded.status, kept(&desk, "甲经办").len()), (303, 0));
    });
}

#[test]
fn a_draft_lies_sealed_and_says_when_its_thing_has_moved_on() {
    let installation = Installation::sqlite();
    let desk = Desk::of(&installation);
    let claim = format!("{}@2025-09-01", desk.loan);
    let path = desk.act_path(&claim, "drafted");
    let page = desk.get("甲经办", &path).text;
    let secret = "客户王某的特别情况";
    let typed = [("step", "save"), ("figures.outstanding", "900000"), ("figures.cause", secret)];
    assert_eq!(desk.post("甲经办", &path, &page, &typed).status, 200);
    assert!(desk.get("甲经办", &path).text.contains("value=\"900000\""));
    let database = installation.folder.path().join("pledgefund.db");
    let file = std::fs::read(&database).unwrap();
    let wal = std::fs::read(format!("{}-wal", database.display())).unwrap_or_default();
    let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(!holds(&file) && !holds(&wal), "what was typed lies open");
    let figures = [("figures.outstanding", "1000000"), ("figures.overdue_since", "2025-05-01")];
    assert_eq!(
        desk.post("甲复核", &path, &desk.get("甲复核", &path).text, &figures).status,
        422,
        "a reviewer writes none"
    );
    assert_eq!(desk.fill("甲经办", &path, &figures).status, 303);
    assert!(!desk.get("甲经办", &path).text.contains("已恢复您于"), "what was sent is no draft");
    let page = desk.get("甲复核", &desk.act_path(&claim, "submitted")).text;
    let typed = [("step", "save"), ("note", "材料齐全")];
    assert_eq!(desk.post("甲复核", &desk.act_path(&claim, "submitted"), &page, &typed).status, 200);
    assert_eq!(desk.fill("甲经办", &path, &figures).status, 303);
    let moved = desk.get("甲复核", &desk.act_path(&claim, "submitted")).text;
    assert!(moved.contains("材料齐全") && moved.contains("又有新的处理"), "{moved}");
}
