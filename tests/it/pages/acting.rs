//! Forms of acts: a claim's whole way through the pages of five people, and what the forms refuse.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use pledgefund::app::App;
use pledgefund::domain::access::Asker;
use pledgefund::domain::person::PersonName;
use pledgefund::domain::sign_in::session::Stage;
use pledgefund::hash::sha256_hex;
use pledgefund::http::door::{Caller, Door, DoorPage, From, Granted, Sender, Wish};
use pledgefund::http::error::PageError;
use pledgefund::http::forms::Submission;
use pledgefund::i18n::{self, Lang};
use pledgefund::link::segment;
use pledgefund::screens::door::AppDoor;
use pledgefund::usecase::lives::{self, Life, offers, offices};
use pledgefund::views::sign_in::SignInView;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::api::world::served;
use crate::stories::town::{FUND, Town, measure};
use crate::support::product::{Installation, on_both};

const PEOPLE: [&str; 11] =
    ["系统员", "安全员", "审计员", "甲经办", "甲复核", "乙经办", "登记员", "审核员", "分管", "出纳", "财政"];
/// Whoever comes with this ending has not proved again who it is.
const NOT_AGAIN: &str = "!";

/// The token of somebody of the town.
pub fn token(name: &str) -> String {
    sha256_hex(name.as_bytes())
}

/// A door that knows the people of the town by their tokens.
pub struct TownDoor(pub Arc<App>);

impl Door for TownDoor {
    fn known(&self, given: &str) -> Result<Option<Caller>, PageError> {
        let named = |name: &&&str| token(name) == given || token(&format!("{name}{NOT_AGAIN}")) == given;
        let Some(name) = PEOPLE.iter().find(named) else { return Ok(None) };
        let person = PersonName::read(name).unwrap();
        let mut db = self.0.store.read().unwrap();
        let today = self.0.store.clock().today();
        let Ok(held) = offices::offices(&mut db, FUND, &person, today) else { return Ok(None) };
        Ok(Some(Caller {
            asker: Asker::person(*name, held),
            stage: Stage::Full,
            form_secret: "c".repeat(64),
            is_stepped_up: token(name) == given,
            session_id: "s".to_owned(),
        }))
    }

    fn show(&self, _page: DoorPage, _from: &From, _lang: Lang) -> Result<SignInView, PageError> {
        Ok(SignInView::default())
    }

    fn grant(&self, _wish: Wish, _from: &From) -> Result<Granted, PageError> {
        Ok(Granted::Refused("wrong"))
    }

    fn remember(&self, sender: Sender<'_>, address: &str, form: &Submission) -> Result<bool, PageError> {
        AppDoor(Arc::clone(&self.0)).remember(sender, address, form)
    }
}

pub struct Desk {
    pub app: Arc<App>,
    pub router: Router,
    pub runtime: Runtime,
    pub loan: String,
}

#[derive(Debug)]
pub struct Shown {
    pub status: u16,
    pub location: String,
    pub text: String,
}

impl Desk {
    /// A town with a registered loan of 甲银行 that is overdue, and money in the fund.
    pub fn of(installation: &Installation) -> Desk {
        let mut town = Town::found(installation, "2025-01-10", &measure("shuozhou-1"));
        town.pay_in("1", "10000000");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        Desk::within(town, loan)
    }

    /// The pages of a town.
    pub fn within(town: Town, loan: String) -> Desk {
        let app = Arc::new(town.app);
        let router = served(&app, Arc::new(TownDoor(Arc::clone(&app))));
        Desk { app, router, runtime: Runtime::new().unwrap(), loan }
    }

    pub fn send(&self, verb: &str, who: &str, path: &str, body: String) -> Shown {
        self.send_as(&token(who), verb, path, body)
    }

    /// The same with a token of the cookie that may be nobody's.
    pub fn send_as(&self, token: &str, verb: &str, path: &str, body: String) -> Shown {
        let request = Request::builder()
            .method(verb)
            .uri(path)
            .header(header::HOST, "localhost")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("__Host-session={token}; __Host-lang=zh"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.runtime.block_on(async {
            let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            let location = head.headers.get("location").map(|value| value.to_str().unwrap().to_owned());
            Shown {
                status: head.status.as_u16(),
                location: location.unwrap_or_default(),
                text: String::from_utf8_lossy(&bytes).into_owned(),
            }
        })
    }

    pub fn get(&self, who: &str, path: &str) -> Shown {
        self.send("GET", who, path, String::new())
    }

    /// Opens the form of an act and sends it with what its page proposed, changed by `fields`.
    pub fn fill(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        let page = self.get(who, path);
        assert_eq!(page.status, 200, "{who} {path}: {}", page.location);
        self.post(who, path, &page.text, fields)
    }

    pub fn post(&self, who: &str, path: &str, page: &str, fields: &[(&str, &str)]) -> Shown {
        let mut sent: Vec<(String, String)> = inputs(page);
        for (name, value) in fields {
            sent.retain(|(known, _)| known != name);
            sent.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body: Vec<String> =
            sent.iter().map(|(name, value)| format!("{}={}", segment(name), segment(value))).collect();
        self.send("POST", who, path, body.join("&"))
    }

    /// The same for what is checked on a page of its own first.
    pub fn fill_and_confirm(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> (String, Shown) {
        let check = self.fill(who, path, fields);
        assert_eq!(check.status, 200, "{who} {path}: {}", check.text);
        assert!(check.text.contains("确认办理"), "{}", check.text);
        let done = self.post(who, path, &check.text, &[("step", "confirm")]);
        (check.text, done)
    }

    pub fn act_path(&self, claim: &str, act: &str) -> String {
        format!("/acts/claim/{}/{act}", segment(claim))
    }
}

/// Inputs, selected options and texts of the main form of a page.
pub fn inputs(page: &str) -> Vec<(String, String)> {
    let main = page.split("<main").nth(1).unwrap_or(page);
    let mut found = Vec::new();
    for part in main.split("<input ").skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        let of = |name: &str| tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        let chosen = !tag.contains("type=\"radio\"") && !tag.contains("type=\"checkbox\"") || tag.contains(" checked");
        if let (Some(name), Some(value), true) = (of("name"), of("value"), chosen) {
            found.push((name.to_owned(), value.replace("&#x2f;", "/").replace("&amp;", "&")));
        }
    }
    found
}

#[test]
fn a_claim_goes_its_whole_way_through_the_pages_of_five_people() {
    on_both(|installation| {
        let desk = Desk::of(installation);
        let claim = format!("{}@2025-09-01", desk.loan);
        let done = |shown: &Shown| {
            assert_eq!((shown.status, shown.location.contains("done=acted")), (303, true), "{}", shown.text)
        };
        // Nonsense first: it comes back as typed, with what to put right.
        let wrong = [("figures.outstanding", "很多"), ("figures.overdue_since", "2025-13-01")];
        let refused = desk.fill("甲经办", &desk.act_path(&claim, "drafted"), &wrong);
        assert_eq!(refused.status, 422);
        assert!(
            refused.text.contains("value=\"很多\"") && refused.text.contains("“未偿本金”不是金额"),
            "{}",
            refused.text
        );
        let right = [("figures.outstanding", "100万元"), ("figures.overdue_since", "2025年5月1日")];
        done(&desk.fill("甲经办", &desk.act_path(&claim, "drafted"), &right));
        // The officer cannot hand in what the officer wrote, and hears why.
        let own = desk.fill("甲经办", &desk.act_path(&claim, "submitted"), &[]);
        assert_eq!(own.status, 422);
        assert_eq!(desk.get("乙经办", &desk.act_path(&claim, "drafted")).status, 404, "another bank's");
        done(&desk.fill("甲复核", &desk.act_path(&claim, "submitted"), &[("note", "材料齐全")]));
        let page = format!("/claims/{}", segment(&claim));
        assert!(desk.get("甲复核", &page).text.contains("材料齐全"));
        assert!(desk.get("审核员", &page).text.contains("受理</a>"), "what can be done stands on its page");
        assert!(desk.get("审核员", "/todo").text.contains("受理"));
        done(&desk.fill("审核员", &desk.act_path(&claim, "accepted"), &[]));
        let review = [("opinion", "support"), ("no_conflict", "yes"), ("note", "同意")];
        done(&desk.fill("审核员", &desk.act_path(&claim, "reviewed"), &review));
        // What promises money is checked on a page of its own, by who has just proved again who it is.
        let path = desk.act_path(&claim, "approved");
        let away = desk.get(&format!("分管{NOT_AGAIN}"), &path);
        assert_eq!((away.status, away.location.starts_with("/sign-in/again?next=")), (303, true));
        let unproved = desk.send("POST", &format!("分管{NOT_AGAIN}"), &path, format!("guard={}", "c".repeat(64)));
        assert_eq!((unproved.status, unproved.location.starts_with("/sign-in/again?next=")), (303, true));
        assert!(
            desk.get("审核员", &page).text.contains("受理") && !desk.get("审核员", &page).text.contains("approved\"")
        );
        let (check, granted) = desk.fill_and_confirm("分管", &path, &[("no_conflict", "yes")]);
        assert!(check.contains("400,000.00") && check.contains("人民币肆拾万元整"), "{check}");
        done(&granted);
        let (_, ordered) = desk.fill_and_confirm("登记员", &desk.act_path(&claim, "ordered"), &[]);
        done(&ordered);
        let (_, paid) = desk.fill_and_confirm("出纳", &desk.act_path(&claim, "paid"), &[("voucher_no", "凭1")]);
        done(&paid);
        let receipt = [("bank_receipt_no", "回单1")];
        let (_, received) = desk.fill_and_confirm("甲经办", &desk.act_path(&claim, "received"), &receipt);
        done(&received);
        let shown = desk.get("甲经办", &page).text;
        for word in ["受理", "审核", "批准", "下达拨付", "登记拨付", "确认入账", "凭1", "回单1"] {
            assert!(shown.contains(word), "{word} is not on the page");
        }
        let proof = pledgefund::usecase::verify::verify(&mut desk.app.store.read().unwrap(), FUND).unwrap();
        assert!(proof.checks.iter().all(|check| check.ok));
    });
}

#[test]
fn a_form_does_its_work_once_and_not_on_what_has_moved_on() {
    let installation = Installation::sqlite();
    let desk = Desk::of(&installation);
    let claim = format!("{}@2025-09-01", desk.loan);
    let path = desk.act_path(&claim, "drafted");
    let fields = [("figures.outstanding", "1000000"), ("figures.overdue_since", "2025-05-01")];
    let page = desk.get("甲经办", &path).text;
    assert_eq!(desk.post("甲经办", &path, &page, &fields).status, 303);
    assert_eq!(desk.post("甲经办", &path, &page, &fields).status, 303, "the same form again is the same act");
    let acts = |act: &str| {
        let mut db = desk.app.store.read().unwrap();
        let all = pledgefund::storage::find::acts::of(&mut db, FUND, "claim", &claim).unwrap();
        all.iter().filter(|row| row.act == act).count()
    };
    assert_eq!(acts("drafted"), 1);
    // A page opened before somebody else acted.
    let stale = desk.get("甲复核", &desk.act_path(&claim, "submitted")).text;
    assert_eq!(desk.fill("甲经办", &path, &fields).status, 303);
    let late = desk.post("甲复核", &desk.act_path(&claim, "submitted"), &stale, &[]);
    assert_eq!(late.status, 422);
    assert!(late.text.contains("已有新的处理"), "{}", late.text);
    assert_eq!(acts("submitted"), 0);
    let foreign = desk.post("甲复核", &desk.act_path(&claim, "submitted"), &stale, &[("guard", "x")]);
    assert!(foreign.status == 403, "{}", foreign.status);
}

#[test]
fn a_list_of_deficiencies_grows_and_is_taken_as_it_stands() {
    let installation = Installation::sqlite();
    let desk = Desk::of(&installation);
    let claim = format!("{}@2025-09-01", desk.loan);
    let figures = [("figures.outstanding", "1000000"), ("figures.overdue_since", "2025-05-01")];
    assert_eq!(desk.fill("甲经办", &desk.act_path(&claim, "drafted"), &figures).status, 303);
    assert_eq!(desk.fill("甲复核", &desk.act_path(&claim, "submitted"), &[]).status, 303);
    let path = desk.act_path(&claim, "returned");
    let empty = desk.fill("审核员", &path, &[]);
    assert_eq!(empty.status, 422, "a reason is needed");
    let one = [("deficiencies[1].code", "document_missing"), ("deficiencies[1].note", "缺起诉受理通知书")];
    let page = desk.get("审核员", &path).text;
    let more = [one[0], one[1], ("more", "deficiencies")];
    let grown = desk.post("审核员", &path, &page, &more);
    assert_eq!(grown.status, 200);
    assert!(grown.text.contains("name=\"deficiencies[2].code\"") && grown.text.contains("缺起诉受理通知书"));
    let two = [one[0], one[1], ("deficiencies[2].code", "figure_disagrees"), ("deficiencies[2].note", "利息不符")];
    assert_eq!(desk.post("审核员", &path, &grown.text, &two).status, 303);
    let shown = desk.get("甲经办", &format!("/claims/{}", segment(&claim))).text;
    assert!(shown.contains("缺起诉受理通知书") && shown.contains("利息不符"), "{shown}");
    assert!(desk.get("甲经办", "/todo").text.contains("补正后重报"));
}

#[test]
fn every_act_field_and_choice_has_words() {
    fn check(lang: Lang, life: Life, act: &str, name: &str, shape: &pledgefund::domain::detail::Shape) {
        use pledgefund::domain::detail::Shape;
        let keys = i18n::texts(lang);
        let own = format!("page.acting.of.{}_{act}__{name}", life.code());
        let known = keys.contains_key(&format!("page.acting.field.{name}")) || keys.contains_key(&own);
        assert!(name.is_empty() || known, "{name} of {act} has no words");
        match shape {
            Shape::Word(words) => {
                let list = if name == "roles" { "role" } else { name };
                for word in words {
                    assert!(keys.contains_key(&format!("page.acting.word.{list}.{word}")), "{name}: {word}");
                }
            }
            Shape::List(item) => check(lang, life, act, name, item),
            Shape::Group(fields) => fields.iter().for_each(|(name, shape, _)| check(lang, life, act, name, shape)),
            _ => {}
        }
    }
    for lang in Lang::ALL {
        for life in Life::ALL {
            for (act, shape) in lives::vocabulary(life) {
                let key = format!("page.acting.act.{}.{act}", life.code());
                assert!(i18n::texts(lang).contains_key(&key), "{key}");
                check(lang, life, act, "", &shape);
            }
        }
    }
}

/// What is offered is never refused for where the thing stands or who asks, and what is not offered always is.
#[test]
fn what_is_offered_is_what_the_fold_would_take() {
    let installation = Installation::sqlite();
    let desk = Desk::of(&installation);
    let claim = format!("{}@2025-09-01", desk.loan);
    let offered = |who: &str| {
        let person = PersonName::read(who).unwrap();
        let mut db = desk.app.store.read().unwrap();
        let today = desk.app.store.clock().today();
        let all = offers::offers(&mut db, (FUND, Life::Claim, &claim), &person, today).unwrap();
        let blocked: Vec<_> =
            all.iter().filter_map(|one| one.blocked.as_ref().map(|why| (one.act, why.code))).collect();
        let free: Vec<_> = all.iter().filter(|one| one.blocked.is_none()).map(|one| one.act).collect();
        (free, blocked)
    };
    assert_eq!(offered("甲经办"), (vec!["drafted", "withdrawn"], vec![]));
    assert_eq!(offered("乙经办"), (vec![], vec![]));
    let figures = [("figures.outstanding", "1000000"), ("figures.overdue_since", "2025-05-01")];
    assert_eq!(desk.fill("甲经办", &desk.act_path(&claim, "drafted"), &figures).status, 303);
    assert_eq!(offered("甲复核").0, ["submitted", "withdrawn"]);
    assert_eq!(desk.fill("甲复核", &desk.act_path(&claim, "submitted"), &[]).status, 303);
    assert_eq!(offered("登记员").0, ["accepted", "returned", "withdrawn"]);
    assert_eq!(desk.fill("登记员", &desk.act_path(&claim, "accepted"), &[]).status, 303);
    assert_eq!(offered("审核员").0, ["returned", "withdrawn", "reviewed"]);
    assert_eq!(offered("出纳"), (vec![], vec![]));
    // Who proposes is shown the decision, and why it is another's.
    let propose = [("scope", "new_loans"), ("ground", "不良率偏高")];
    assert_eq!(desk.fill("登记员", "/acts/partner/AAA/suspension_proposed", &propose).status, 303);
    let on_partner = |who: &str| {
        let mut db = desk.app.store.read().unwrap();
        let today = desk.app.store.clock().today();
        let person = PersonName::read(who).unwrap();
        let all = offers::offers(&mut db, (FUND, Life::Partner, "AAA"), &person, today).unwrap();
        let decided = all.into_iter().find(|one| one.act == "suspension_decided").expect("it waits");
        decided.blocked.map(|why| why.code)
    };
    assert_eq!(on_partner("登记员"), Some("PARTNER_SAME_PERSON"));
    assert_eq!(on_partner("分管"), None);
}

#[test]
fn a_month_takes_no_step_it_does_not_know_and_a_refusal_keeps_what_was_typed() {
    let installation = Installation::sqlite();
    let desk = Desk::of(&installation);
    let post = |step: &str, note: &str| {
        let body = format!("guard={}&form={step}&step={step}&period=2025-01&note={note}", "c".repeat(64));
        desk.send("POST", "分管", "/periods", body)
    };
    let send = |step: &str| post(step, "x").status;
    let steps = || pledgefund::usecase::books::periods::list(&mut desk.app.store.read().unwrap(), FUND).unwrap().len();
    for unknown in ["", "sealed", "Seal"] {
        assert_eq!((send(unknown), steps()), (400, 0), "{unknown}");
    }
    // No statement reaches the end of the month: without a reason it is refused, and what was typed comes back.
    let refused = post("propose", "");
    assert_eq!((refused.status, steps()), (422, 0));
    assert!(refused.text.contains("name=\"period\" value=\"2025-01\""), "{}", refused.text);
    assert_eq!((send("propose"), steps()), (303, 1));
}
