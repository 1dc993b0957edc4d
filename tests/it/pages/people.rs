//! Every page in a real browser, as the people of a town see it, and the story of a claim through their screens: in
//! both languages, with an accessibility checker looking on.

use std::sync::Arc;

use fantoccini::{Client, Locator};
use pledgefund::import::statement::Told;
use pledgefund::link::segment;
use pledgefund::usecase::books::Word;
use pledgefund::usecase::books::statements::{Incoming, import_statement};
use serde_json::json;

use super::acting::{TownDoor, token};
use super::server::start_router;
use crate::api::world::served;
use crate::stories::town::{FUND, Town, measure};
use crate::support::browser::{self, Watched};
use crate::support::driver::Failure;
use crate::support::product::Installation;
use crate::support::serving::PATIENCE;

/// Who looks at which pages.
fn pages(loan: &str, claim: &str, mail: &str, report: &str) -> Vec<(&'static str, Vec<String>)> {
    let (loan, claim) = (segment(loan), segment(claim));
    let own = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    let mut bank = own(&[
        "/",
        "/todo",
        "/todo?tab=done",
        "/todo?tab=drafts",
        "/registrations",
        "/registrations?tab=registered",
        "/loans",
        "/returns",
        "/returns/AAA",
        "/overdue",
        "/reminders",
        "/claims",
        "/payments",
        "/rights",
        "/imports",
        "/partners",
        "/partners/AAA",
        "/scorecards",
        "/rulebooks",
        "/rulebooks/shuozhou/1",
        "/search?q=A",
        "/account",
        "/glossary",
    ]);
    bank.extend([
        format!("/registrations/{loan}"),
        format!("/loans/{loan}"),
        format!("/claims/{claim}"),
        format!("/acts/registration/{}/drafted", segment(&format!("{FUND}:AAA:N9"))),
        format!("/papers/claim/{claim}"),
    ]);
    let mut fund = own(&[
        "/",
        "/todo",
        "/fund",
        "/payments?state=approved",
        "/statements",
        "/statements/reconciliation",
        "/periods",
        "/periods/vouchers",
        "/reserve",
        "/reports",
        "/jobs",
        "/calendar",
        "/portal",
        "/mails",
        "/partners/AAA",
        "/rulebooks",
    ]);
    fund.extend([
        format!("/claims/{claim}"),
        format!("/acts/claim/{claim}/returned"),
        format!("/acts/claim/{claim}/reviewed"),
        format!("/acts/fund/{FUND}/move_proposed"),
        format!("/mails/{}", segment(mail)),
        format!("/reports/{}", segment(report)),
        "/acts/partner/AAA/suspension_proposed".to_owned(),
    ]);
    let statement = format!("/statements/{}", segment(&format!("{FUND}:statement:1")));
    let line = format!("{statement}?line={}", segment(&format!("{FUND}:statement:1:1")));
    let finance = own(&[
        "/payments",
        "/statements",
        &statement,
        &line,
        "/statements/reconciliation?on=2025-01-31&note=x",
        "/periods/vouchers",
    ]);
    vec![
        ("甲经办", bank),
        ("审核员", fund),
        ("出纳", finance),
        (
            "系统员",
            own(&[
                "/persons",
                &format!("/persons/{}", segment("甲经办")),
                "/settings",
                "/settings/mail",
                "/acts/person/new/appointed",
            ]),
        ),
        ("安全员", own(&["/persons", "/machines"])),
        ("审计员", own(&["/audit", "/audit/verification", "/portal"])),
    ]
}

/// Name of the picture of a page: who looks, and the words of its address.
fn picture_name(who: &str, path: &str) -> String {
    let desk = match who {
        "甲经办" => "bank",
        "审核员" => "fund",
        "出纳" => "finance",
        "系统员" => "system",
        "安全员" => "security",
        _ => "auditor",
    };
    let is_word = |part: &&str| part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let words: Vec<&str> = path.split(['/', '?', '=', '&']).filter(|part| !part.is_empty()).filter(is_word).collect();
    let deep = if path.contains("line=") {
        "-line"
    } else if path.contains(':') || path.contains("%3") || path.contains("AAA") {
        "-one"
    } else {
        ""
    };
    let words = if words.is_empty() { "home".to_owned() } else { words.join("-").replace('_', "-") };
    format!("{desk}-{words}{}", if path.starts_with("/acts/") { "" } else { deep })
}

/// Sends the form that is shown, with these fields filled in.
async fn fill(client: &Client, fields: &[(&str, &str)]) -> Result<(), Failure> {
    set(client, fields).await?;
    let invalid =
        "return [...document.querySelectorAll('#act-form :invalid')].map(field => field.name || field.tagName)";
    let invalid = client.execute(invalid, vec![]).await?;
    assert_eq!(invalid, json!([]), "the browser holds the form back");
    client.find(Locator::Css("#act-form button.p")).await?.click().await?;
    Ok(())
}

/// Fills fields in.
async fn set(client: &Client, fields: &[(&str, &str)]) -> Result<(), Failure> {
    for (name, value) in fields {
        let script = "const [name, value] = arguments; \
            const all = [...document.getElementsByName(name)]; \
            const one = all.find(field => ['radio', 'checkbox'].includes(field.type) ? field.value === value : true); \
            if (['radio', 'checkbox'].includes(one.type)) one.checked = true; else one.value = value;";
        client.execute(script, vec![json!(name), json!(value)]).await?;
    }
    Ok(())
}

async fn confirm(client: &Client) -> Result<(), Failure> {
    shown(client, "button[value=confirm], #h-faults").await?;
    client.find(Locator::Css("button[value=confirm]")).await?.click().await?;
    Ok(())
}

/// Waits until the page that answers is there: a click comes back before it.
async fn shown(client: &Client, css: &str) -> Result<(), Failure> {
    client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await?;
    Ok(())
}

async fn done(client: &Client, what: &str) -> Result<(), Failure> {
    shown(client, ".note.ok, #h-faults").await?;
    let at = client.current_url().await?;
    let text = client.source().await?;
    let told = text.split("h-faults").nth(1).unwrap_or_default().chars().take(400).collect::<String>();
    assert!(at.as_str().contains("done=acted"), "{what}: {at} {told}");
    Ok(())
}

/// Who takes which act, with which fields, and whether it is checked on a page of its own.
type Step = (&'static str, &'static str, &'static [(&'static str, &'static str)], bool);

/// A loan gets on the register: written in four parts with what is said beside them, handed in, taken on the register.
async fn enrolment(client: &Client, watched: &Watched<'_>, contract: &str, lang: &str) -> Result<(), Failure> {
    let loan = format!("{FUND}:AAA:{contract}");
    let at = |act: &str| format!("{}/acts/registration/{}/{act}?lang={lang}", watched.home, segment(&loan));
    watched.come_in(client, &token("甲经办")).await?;
    client.goto(&at("drafted")).await?;
    for (part, fields) in PARTS {
        shown(client, &format!("input[name=at][value={part}], #h-faults")).await?;
        let mut fields = fields.to_vec();
        if part == "borrower" {
            fields.push(("form.contract", contract));
        }
        set(client, &fields).await?;
        // What is told beside the form comes by itself, a moment after the last key.
        client
            .execute(
                "document.querySelector('#act-form .in').dispatchEvent(new Event('input', { bubbles: true }))",
                vec![],
            )
            .await?;
        shown(client, "#live .saved.ok").await?;
        if part == "papers" {
            shown(client, "#live .outcome").await?;
        }
        watched.look(client, &format!("enrol-{part}-{lang}")).await?;
        client.find(Locator::Css("#act-form .foot-bar button.p")).await?.click().await?;
    }
    shown(client, "button[value=confirm], #h-faults").await?;
    watched.look(client, &format!("enrol-check-{lang}")).await?;
    confirm(client).await?;
    done(client, "drafted").await?;
    for (who, act, checked) in [("甲复核", "submitted", false), ("登记员", "registered", true)] {
        watched.come_in(client, &token(who)).await?;
        client.goto(&at(act)).await?;
        fill(client, &[]).await?;
        if checked {
            confirm(client).await?;
        }
        done(client, act).await?;
    }
    Ok(())
}

/// The list of payments with a claim that waits, several taken together up to their check, and nothing done.
async fn payments(client: &Client, watched: &Watched<'_>, lang: &str, axe: &str) -> Result<(), Failure> {
    watched.come_in(client, &token("登记员")).await?;
    client.goto(&format!("{}/payments?state=approved&lang={lang}", watched.home)).await?;
    let next = [
        ("fund-payments", "input[data-tick]", "form[action='/payments/batch'] button.p"),
        ("fund-payments-batch", "#act-form", "#act-form button.p"),
        ("fund-payments-check", "button[value=confirm]", ""),
    ];
    for (name, there, button) in next {
        shown(client, there).await?;
        watched.look(client, &format!("{name}-{lang}")).await?;
        let barriers = watched.barriers(client, axe).await?;
        assert!(barriers.is_empty(), "{name} {lang}: {barriers:#?}");
        if there.contains("tick") {
            client.find(Locator::Css(there)).await?.click().await?;
        }
        if !button.is_empty() {
            client.find(Locator::Css(button)).await?.click().await?;
        }
    }
    Ok(())
}

/// Fields of the parts of a loan's form.
const PARTS: [(&str, &[(&str, &str)]); 4] = [
    (
        "borrower",
        &[
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
        ],
    ),
    (
        "loan",
        &[
            ("form.principal", "300万元"),
            ("form.annual_rate", "4.25"),
            ("form.lpr_1y", "3.1"),
            ("form.disbursed_on", "2025-08-20"),
            ("form.matures_on", "2026-08-20"),
            ("form.repayment", "bullet"),
            ("form.ip_share", "100"),
            ("form.purpose", "生产经营"),
        ],
    ),
    (
        "rights",
        &[
            ("form.rights[1].kind", "trademark"),
            ("form.rights[1].number", "18123457"),
            ("form.rights[1].title", "商标"),
            ("form.pledge_no", "YN9"),
            ("form.pledge_registered_on", "2025-08-20"),
        ],
    ),
    (
        "papers",
        &[
            ("form.consent.signed_on", "2025-08-19"),
            ("form.consent.document_hash", "ab12"),
            ("form.credit_clean", "yes"),
        ],
    ),
];

/// One claim, from the officer's draft to the receipt, through the screens of six people.
async fn story(client: &Client, watched: &Watched<'_>, loan: &str, lang: &str, axe: &str) -> Result<(), Failure> {
    let claim = format!("{loan}@2025-09-01");
    let at = |act: &str| format!("{}/acts/claim/{}/{act}?lang={lang}", watched.home, segment(&claim));
    let steps: [Step; 8] = [
        ("甲经办", "drafted", &[("figures.outstanding", "1000000"), ("figures.overdue_since", "2025-05-01")], false),
        ("甲复核", "submitted", &[], false),
        ("审核员", "accepted", &[], false),
        ("审核员", "reviewed", &[("opinion", "support"), ("no_conflict", "yes")], false),
        ("分管", "approved", &[("no_conflict", "yes")], true),
        ("登记员", "ordered", &[], true),
        ("出纳", "paid", &[("voucher_no", "凭1")], true),
        ("甲经办", "received", &[("bank_receipt_no", "回单1")], true),
    ];
    for (who, act, fields, checked) in steps {
        if act == "ordered" {
            payments(client, watched, lang, axe).await?;
        }
        watched.come_in(client, &token(who)).await?;
        client.goto(&at(act)).await?;
        fill(client, fields).await?;
        if checked {
            shown(client, "button[value=confirm], #h-faults").await?;
            watched.look(client, &format!("check-{act}-{lang}")).await?;
            confirm(client).await?;
        }
        done(client, &format!("{who} {act}")).await?;
    }
    client.goto(&format!("{}/claims/{}?lang={lang}", watched.home, segment(&claim))).await?;
    watched.picture(client, &format!("story-claim-{lang}")).await?;
    let shown = client.source().await?;
    assert!(shown.contains("回单1") && shown.contains("凭1"), "the whole way stands on the page");
    Ok(())
}

#[test]
fn every_page_is_reached_by_everybody_and_a_claim_goes_through_six_screens() {
    let Some(axe) = browser::axe() else { return };
    let installation = Installation::sqlite();
    let mut town = Town::found(&installation, "2025-01-10", &measure("shuozhou-1"));
    town.pay_in("1", "10000000");
    for (name, role) in [("安全员", "security_administrator"), ("审计员", "auditor")] {
        let details = json!({ "institution": "fund", "roles": [role] });
        town.act(pledgefund::usecase::lives::Life::Person, name, "appointed", "系统员", details);
    }
    let loans: Vec<String> = ["A1", "A2", "A3"]
        .iter()
        .map(|contract| town.lend("AAA", town.form(contract, "1000000.00", "2025-01-06", "2026-01-06")))
        .collect();
    town.on("2025-09-01");
    let claim = town.ask(&loans[2], crate::stories::town::figures("1000000.00", "2025-05-01"));
    for job in ["regulator_summary", "deliver_mail"] {
        town.app.run_job_on(job, town.day).unwrap();
    }
    let mails = pledgefund::storage::find::mail::lines(&mut town.app.store.read().unwrap(), FUND, 1).unwrap();
    let told = Told { account: "6222021000001234".to_owned(), to: "2025-01-31".parse().ok(), ..Told::default() };
    let bytes = super::money::JANUARY.as_bytes();
    let incoming = Incoming { file: "jan.csv", bytes, told: &told, ledger_account: "cash" };
    import_statement(&town.app, &incoming, Word { by: "出纳", note: "", on: town.day }).unwrap();
    let app = Arc::new(town.app);
    let server = start_router(served(&app, Arc::new(TownDoor(Arc::clone(&app)))));
    let home = format!("http://{}", server.address);
    let all = pages(&loans[0], &claim, &mails[0].message_id, mails[0].report_id.as_deref().unwrap());
    let walked = browser::walk(1440, &home, |client, watched| {
        Box::pin(async move {
            let mut found = Vec::new();
            for (who, paths) in &all {
                watched.come_in(client, &token(who)).await?;
                for path in paths {
                    for lang in ["zh", "en"] {
                        let joint = if path.contains('?') { '&' } else { '?' };
                        client.goto(&format!("{}{path}{joint}lang={lang}", watched.home)).await?;
                        if path.ends_with("/drafted") {
                            // What is told beside the form comes by itself, with links that the keys reach too.
                            shown(client, "#live .live").await?;
                        }
                        let amiss = watched.amiss(client).await?;
                        found.extend(amiss.into_iter().map(|one| format!("{who} {path} {lang}: {one}")));
                        let name = format!("{}-{lang}", picture_name(who, path));
                        watched.stands_still(client, &name).await?;
                        watched.look(client, &name).await?;
                        let barriers = watched.barriers(client, &axe).await?;
                        found.extend(barriers.into_iter().map(|one| format!("{who} {path} {lang}: {one}")));
                        if lang == "zh" {
                            let lost = watched.out_of_reach(client).await?;
                            found.extend(lost.into_iter().map(|one| format!("{who} {path}: {one}")));
                        }
                        if watched.is_too_wide_for_a_phone(client).await? {
                            found.push(format!("{who} {path} {lang}: wider than a phone"));
                        }
                    }
                }
            }
            assert!(found.is_empty(), "{found:#?}");
            enrolment(client, watched, "N1", "zh").await?;
            enrolment(client, watched, "N2", "en").await?;
            story(client, watched, &loans[0], "zh", &axe).await?;
            story(client, watched, &loans[1], "en", &axe).await
        })
    });
    assert!(walked.is_some(), "no browser");
    let proof = pledgefund::usecase::verify::verify(&mut app.store.read().unwrap(), FUND).unwrap();
    assert!(proof.checks.iter().all(|check| check.ok));
}
