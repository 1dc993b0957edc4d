//! Papers are taken once, from those who may, under names that are names.

use pledgefund::usecase::UseCaseError;
use pledgefund::usecase::attachments::{LARGEST, Paper, attach, is_name, list};
use pledgefund::usecase::lives::claim::{documents_there, load};
use serde_json::json;

use super::journey::{CLAIM, DAY, LOAN, begun, day, hand_in};
use crate::support::product::{Installation, on_both};

fn paper(life: &str, subject: &str) -> Paper {
    Paper {
        life: life.to_owned(),
        subject: subject.to_owned(),
        document: "LOAN_CONTRACT".to_owned(),
        file_name: "合同.pdf".to_owned(),
        content: b"%PDF-1.7 contract".to_vec(),
    }
}

#[track_caller]
fn refused(app: &pledgefund::app::App, paper: &Paper, by: &str) -> String {
    match attach(app, paper, by, day(DAY)) {
        Err(error @ UseCaseError::Act(_)) => {
            let text = error.text(pledgefund::i18n::Lang::En);
            assert!(!text.starts_with("act.ATTACHMENT"), "{text}");
            error.code().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_file_for_the_same_document_is_one_paper_on_both() {
    on_both(|installation| {
        let app = begun(installation);
        let first = hand_in(&app, "RECOVERY_PLAN", "方案.pdf", b"%PDF-1.7 plan");
        assert!(!first.was_there && first.document == "recovery_plan");
        let again = hand_in(&app, "recovery_plan", "另一个名字.pdf", b"%PDF-1.7 plan");
        assert!(again.was_there);
        assert_eq!(again.attachment_id, first.attachment_id);
        // Another document, and another thing, are papers of their own.
        let other = hand_in(&app, "USE_CHECK", "方案.pdf", b"%PDF-1.7 plan");
        assert_ne!(other.attachment_id, first.attachment_id);
        let of_loan = attach(&app, &paper("registration", LOAN), "受理乙", day(DAY)).unwrap();
        assert_eq!(of_loan.document, "loan_contract");
        let mut db = app.store.read().unwrap();
        assert_eq!(list(&app, &mut db, "claim", CLAIM).unwrap().len(), 2);
        // What was handed in counts for the claim, that of its registration too.
        let filing = pledgefund::storage::find::claims::filing(&mut db, CLAIM).unwrap().unwrap();
        let claim = load(&mut db, &filing).unwrap();
        let there = documents_there(&mut db, &filing, &claim).unwrap();
        assert!(there.contains("recovery_plan") && there.contains("loan_contract"), "{there:?}");
        drop(db);
        let proof = installation.json(&["verify"], &[0, 1]);
        assert_eq!(proof["ok"], true, "{proof}");
    });
}

#[test]
fn only_people_with_an_office_there_hand_in_papers() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    assert_eq!(refused(&app, &paper("claim", CLAIM), "他行癸"), "ATTACHMENT_OFFICE");
    assert_eq!(refused(&app, &paper("registration", LOAN), "他行癸"), "ATTACHMENT_OFFICE");
    assert_eq!(refused(&app, &paper("fund", "shuozhou"), "信贷辛"), "ATTACHMENT_OFFICE");
    assert_eq!(refused(&app, &paper("partner", "YMK"), "信贷辛"), "ATTACHMENT_OFFICE");
    assert_eq!(refused(&app, &paper("claim", CLAIM), "无名氏"), "ACT_PERSON_UNKNOWN");
    assert_eq!(refused(&app, &paper("claim", "no-such"), "受理乙"), "CLAIM_UNKNOWN");
    assert_eq!(refused(&app, &paper("loan", "no-such"), "受理乙"), "ATTACHMENT_SUBJECT");
    assert_eq!(refused(&app, &paper("fund", "other"), "受理乙"), "ATTACHMENT_SUBJECT");
    assert_eq!(refused(&app, &paper("house", "x"), "受理乙"), "ATTACHMENT_LIFE");
    for (life, subject) in [("partner", "SGH"), ("fund", "shuozhou"), ("person", "信贷辛")] {
        assert!(attach(&app, &paper(life, subject), "受理乙", day(DAY)).is_ok(), "{life}");
    }
    assert!(attach(&app, &paper("partner", "SGH"), "信贷辛", day(DAY)).is_ok());
}

#[test]
fn size_name_and_code_are_bounded() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    let with = |change: &dyn Fn(&mut Paper)| {
        let mut paper = paper("claim", CLAIM);
        change(&mut paper);
        paper
    };
    assert_eq!(refused(&app, &with(&|paper| paper.content.clear()), "受理乙"), "ATTACHMENT_SIZE");
    assert_eq!(refused(&app, &with(&|paper| paper.content = vec![0; LARGEST + 1]), "受理乙"), "ATTACHMENT_SIZE");
    assert!(
        attach(
            &app,
            &with(&|paper| paper.content = [&b"%PDF-"[..], &vec![0; LARGEST - 5]].concat()),
            "受理乙",
            day(DAY)
        )
        .is_ok()
    );
    for code in ["", "a b", "合同", "../x", &"x".repeat(65)] {
        assert_eq!(refused(&app, &with(&|paper| paper.document = code.to_owned()), "受理乙"), "ATTACHMENT_DOCUMENT");
    }
    for name in
        ["../../etc/passwd", "a/b.pdf", "a\\b.pdf", "a\nb", "", " a", ".hidden", "a.", "c:x", "a\u{202e}fdp.exe"]
    {
        assert!(!is_name(name), "{name:?}");
        assert_eq!(refused(&app, &with(&|paper| paper.file_name = name.to_owned()), "受理乙"), "ATTACHMENT_NAME");
    }
    assert!(is_name("合同（2024）第 8 号.pdf") && is_name(&"x".repeat(200)) && !is_name(&"x".repeat(201)));
}

#[test]
fn the_command_line_takes_and_lists_papers() {
    let installation = Installation::sqlite();
    drop(begun(&installation));
    let file = installation.folder.path().join("追偿方案.pdf");
    std::fs::write(&file, b"%PDF-1.7 plan").unwrap();
    let arguments = ["attach", "claim", CLAIM, file.to_str().unwrap(), "--document", "RECOVERY_PLAN", "--by", "信贷辛"];
    let first = installation.json(&arguments, &[0]);
    assert_eq!(first["was_there"], false);
    assert_eq!(installation.json(&arguments, &[0])["was_there"], true);
    let listed = installation.json(&["attachments", "claim", CLAIM], &[0]);
    assert_eq!(listed["attachments"][0]["file_name"], json!("追偿方案.pdf"));
    assert_eq!(listed["attachments"].as_array().unwrap().len(), 1);
    let refused = installation.run(&["attachments", "claim", "no-such"]);
    assert_eq!(refused.status.code(), Some(2));
}
