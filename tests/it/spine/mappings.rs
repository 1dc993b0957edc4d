//! Confirmed mappings: kept by version with their bank, used for that bank's files, named by the imports, retired.

use std::path::PathBuf;

use pledgefund::domain::names::PartnerCode;
use pledgefund::i18n::Lang;
use pledgefund::import::field::FileKind;
use pledgefund::import::limits::Limits;
use pledgefund::import::propose::correct::{ColumnRef, Correction};
use pledgefund::import::propose::rows::FirstRows;
use pledgefund::import::{FileReading, ReadRequest, read_file};
use pledgefund::storage::Act;
use pledgefund::storage::find::{Reach, events, imports};
use pledgefund::usecase::UseCaseError;
use pledgefund::usecase::mappings::{self, Saving};
use pledgefund::usecase::verify::verify;

use crate::support::product::{Installation, on_both};

/// A report in words of the bank's own.
const REPORT: &str = "借款合同号,统计日期,期末余额(元),逾期贷款本金(元),欠息(元),首次逾期日,资产质量分类\nSGH-2023-0006,2025-07-31,100.00,0,0,,正常类\n";

fn file(installation: &Installation, name: &str, body: &str) -> PathBuf {
    let path = installation.folder.path().join(name);
    std::fs::write(&path, body).unwrap();
    path
}

fn first_rows(body: &str) -> FirstRows {
    FirstRows::take("x.csv", body.as_bytes(), &Limits::default()).unwrap()
}

fn act() -> Act {
    Act::new("tester", "2025-08-06".parse().unwrap())
}

fn saving(name: &str) -> Saving {
    Saving { act: act(), name: name.to_owned(), accept_guesses: false }
}

fn read_for(
    app: &pledgefund::app::App,
    name: &str,
    body: &str,
) -> Result<FileReading, pledgefund::import::file_error::FileError> {
    let mut request = ReadRequest::new(FileKind::Servicing);
    request.known_banks = mappings::known_banks(app).unwrap();
    read_file(name, body.as_bytes(), &request, &mappings::set_for(app).unwrap(), &mut |_| ())
}

#[track_caller]
fn check_refused<T: std::fmt::Debug>(outcome: Result<T, UseCaseError>, code: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.code(), code);
    assert!(error.is_refusal());
    for lang in Lang::ALL {
        let text = error.text(lang);
        assert!(!text.contains("mapping.") && !text.contains('{'), "{text}");
    }
}

#[test]
fn a_confirmed_mapping_is_kept_by_version_used_and_retired() {
    on_both(|installation| {
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        let app = installation.app("2025-08-06");
        assert_eq!(read_for(&app, "SGH_202507.csv", REPORT).unwrap_err().code(), "HEADER_UNKNOWN");
        let draft = mappings::propose(&app, "SGH_202507.csv", first_rows(REPORT), FileKind::Servicing, None).unwrap();
        assert_eq!(draft.proposal.bank.as_deref(), Some("SGH"));
        let first = mappings::save(&app, &saving("月报"), &draft.proposal).unwrap();
        assert_eq!((first.version, first.is_new), (1, true));
        let again = mappings::save(&app, &saving(" 月报 "), &draft.proposal).unwrap();
        assert_eq!((again.version, again.is_new), (1, false));
        let reading = read_for(&app, "SGH_202507.csv", REPORT).unwrap();
        assert_eq!((reading.mapping.as_str(), reading.bank.unwrap().as_str()), ("月报@1", "SGH"));

        let said = Correction::Optional { column: ColumnRef::Named("首次逾期日".to_owned()), optional: true };
        let second = mappings::correct(&draft, &[said]).unwrap();
        assert_eq!(mappings::save(&app, &saving("月报"), &second.proposal).unwrap().version, 2);
        let reloaded = installation.app("2025-08-07");
        assert_eq!(read_for(&reloaded, "SGH_202507.csv", REPORT).unwrap().mapping, "月报@2");
        let versions = mappings::show(&reloaded, "月报").unwrap();
        assert_eq!(versions.iter().map(|one| one.mapping.version).collect::<Vec<_>>(), [Some(2), Some(1)]);
        assert_eq!(versions[1].mapping.columns, draft.proposal.mapping("月报").columns);

        assert_eq!(mappings::retire(&reloaded, &act(), "月报").unwrap().version, 3);
        assert_eq!(read_for(&reloaded, "SGH_202507.csv", REPORT).unwrap_err().code(), "HEADER_UNKNOWN");
        check_refused(mappings::retire(&reloaded, &act(), "月报"), "MAPPING_RETIRED");
        check_refused(mappings::retire(&reloaded, &act(), "没有"), "MAPPING_UNKNOWN");
        let list = mappings::list(&reloaded, &Reach::of_fund(app.fund_id())).unwrap();
        assert_eq!((list.len(), list[0].retired, list[0].mapping.version), (1, true, Some(3)));
        assert_eq!(mappings::save(&app, &saving("月报"), &draft.proposal).unwrap().version, 4);

        let mut db = app.store.read().unwrap();
        let chain = format!("bank:{}:SGH", app.fund_id());
        let kinds: Vec<String> =
            events::of_chain(&mut db, &chain, 0, 100).unwrap().into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["mapping.saved", "mapping.saved", "mapping.retired", "mapping.saved"]);
        let proof = verify(&mut db, app.fund_id()).unwrap();
        let facts = proof.checks.iter().find(|check| check.name == "facts_import_mappings").unwrap();
        assert!(proof.ok && facts.checked == 4, "{proof:?}");
        drop(db);
        installation.tamper("UPDATE import_mappings SET body = body || ' ' WHERE version = 2");
        let proof = verify(&mut app.store.read().unwrap(), app.fund_id()).unwrap();
        let facts = proof.checks.iter().find(|check| check.name == "facts_import_mappings").unwrap();
        assert!(!facts.ok && facts.failures[0].contains("月报:2"), "{facts:?}");
    });
}

#[test]
fn a_confirmed_mapping_reads_the_files_of_its_bank_only() {
    on_both(|installation| {
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        let app = installation.app("2025-08-06");
        let keep = |bank: &str, name: &str, body: &str| {
            let bank = Some(PartnerCode::new(bank));
            let draft = mappings::propose(&app, "x.csv", first_rows(body), FileKind::Servicing, bank).unwrap();
            mappings::save(&app, &saving(name), &draft.proposal).unwrap();
        };
        keep("SGH", "sgh", REPORT);
        assert_eq!(read_for(&app, "YMK_202507.csv", REPORT).unwrap_err().code(), "HEADER_UNKNOWN");
        let nobody = read_for(&app, "report.csv", REPORT).unwrap();
        assert_eq!((nobody.mapping.as_str(), nobody.bank.unwrap().as_str()), ("sgh@1", "SGH"));
        keep("YMK", "ymk", REPORT);
        assert_eq!(read_for(&app, "report.csv", REPORT).unwrap_err().code(), "BANK_UNCLEAR");
        assert_eq!(read_for(&app, "YMK_202507.csv", REPORT).unwrap().mapping, "ymk@1");
        assert_eq!(read_for(&app, "SGH_202507.csv", REPORT).unwrap().mapping, "sgh@1");
        let of_one = mappings::list(&app, &Reach::of_bank(app.fund_id(), "YMK")).unwrap();
        assert_eq!(of_one.iter().map(|one| one.mapping.name.as_str()).collect::<Vec<_>>(), ["ymk"]);

        // The same headers as the standard report: the bank's own is preferred for its files, and for no others.
        let standard =
            "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类\nA-1,2025-07-31,100000.00,0,0,,正常\n";
        keep("SGH", "sgh_standard", standard);
        assert_eq!(read_for(&app, "SGH_202507.csv", standard).unwrap().mapping, "sgh_standard@1");
        assert_eq!(read_for(&app, "YMK_202507.csv", standard).unwrap().mapping, "standard_servicing");
        let unsaid = read_for(&app, "report.csv", standard).unwrap();
        assert_eq!((unsaid.mapping.as_str(), unsaid.bank), ("standard_servicing", None));
    });
}

#[test]
fn what_cannot_be_kept_is_refused_in_words() {
    on_both(|installation| {
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        let app = installation.app("2025-08-06");
        let propose = |bank: Option<&str>, body: &str| {
            let bank = bank.map(PartnerCode::new);
            mappings::propose(&app, "x.csv", first_rows(body), FileKind::Servicing, bank).unwrap().proposal
        };
        let good = propose(Some("SGH"), REPORT);
        check_refused(mappings::save(&app, &saving("m"), &propose(None, REPORT)), "MAPPING_BANK_NEEDED");
        check_refused(mappings::save(&app, &saving("m"), &propose(Some("SHG"), REPORT)), "MAPPING_BANK_UNKNOWN");
        for name in ["", "a@1", "a/b", "换\n行", &"长".repeat(61)] {
            check_refused(mappings::save(&app, &saving(name), &good), "MAPPING_NAME");
        }
        check_refused(mappings::save(&app, &saving("standard_servicing"), &good), "MAPPING_NAME_TAKEN");
        mappings::save(&app, &saving("m"), &good).unwrap();
        check_refused(mappings::save(&app, &saving("m"), &propose(Some("YMK"), REPORT)), "MAPPING_NAME_TAKEN");
        let guess = propose(Some("SGH"), &REPORT.replace("(元)", "").replace("100.00", "8000"));
        check_refused(mappings::save(&app, &saving("g"), &guess), "MAPPING_DOUBTS");
        let waved = Saving { accept_guesses: true, ..saving("g") };
        assert_eq!(mappings::save(&app, &waved, &guess).unwrap().version, 1);
        let missing = propose(Some("SGH"), &REPORT.replace("资产质量分类", "某列").replace("正常类", "甲"));
        check_refused(
            mappings::save(&app, &Saving { accept_guesses: true, ..saving("h") }, &missing),
            "MAPPING_DOUBTS",
        );
    });
}

#[test]
fn the_commands_propose_keep_and_import_a_new_layout() {
    on_both(|installation| {
        installation.json(&["import", "partners", "partners.csv"], &[0]);
        let registrations = ["import", "registrations", "registration/SGH_registration.xlsx"];
        installation.json(&registrations, &[1]);
        let odd = REPORT.replace("首次逾期日", "日子").replace("正常类", "好");
        let path = file(installation, "SGH_202507.csv", &odd);
        let path = path.to_str().unwrap();

        let refused = installation.run(&["import", "servicing", path]);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2));
        assert!(words.contains(&format!("pledgefund mapping propose {path} --kind servicing")), "{words}");

        let propose = ["mapping", "propose", path, "--kind", "servicing"];
        let shown = installation.run(&propose);
        let lines = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert_eq!(shown.status.code(), Some(1), "{lines}");
        assert!(lines.contains("C  期末余额(元) → 贷款余额 (balance)  [确定]"), "{lines}");
        assert!(lines.contains("缺少必需列：逾期起始日"), "{lines}");
        assert!(lines.contains("用词：好（1处）→ ?"), "{lines}");
        let english = installation.run(&[&["--lang", "en"][..], &propose].concat());
        assert!(String::from_utf8_lossy(&english.stdout).contains("no column for overdue since"));

        let mut keep = propose.to_vec();
        keep.extend(["--save", "sgh_monthly"]);
        let refused = installation.run(&keep);
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("MAPPING_DOUBTS"));
        keep.extend(["--set", "日子=逾期起始日", "--word", "资产质量分类:好=正常"]);
        let kept = installation.json(&keep, &[0]);
        assert_eq!((kept["saved"]["version"].as_i64(), kept["missing"].as_array().unwrap().len()), (Some(1), 0));
        let column = &kept["columns"].as_array().unwrap()[6];
        assert_eq!((column["field"].as_str(), column["samples"][0]["reading"].as_str()), (Some("grade"), Some("正常")));

        let imported = installation.json(&["import", "servicing", path], &[0, 1]);
        assert_eq!(imported["files"][0]["records_accepted"], 1, "{imported}");
        let app = installation.app("2025-08-06");
        let rows = imports::all(&mut app.store.read().unwrap(), app.fund_id()).unwrap();
        assert!(rows.iter().any(|row| row.mapping == "sgh_monthly@1" && row.bank.as_deref() == Some("SGH")));
        drop(app);

        let list = installation.json(&["mapping", "list"], &[0]);
        assert_eq!(
            (&list["mappings"][0]["name"], list["mappings"].as_array().unwrap().len()),
            (&"sgh_monthly".into(), 9)
        );
        let text = installation.run(&["mapping", "show", "sgh_monthly"]);
        assert!(String::from_utf8_lossy(&text.stdout).contains("[columns.overdue_since]\nheaders = [\"日子\"]"));
        assert_eq!(installation.json(&["mapping", "retire", "sgh_monthly"], &[0])["version"], 2);
        assert_eq!(installation.run(&["import", "servicing", path, "--dry-run"]).status.code(), Some(2));
        for (wrong, code) in [
            (&["--set", "日子"][..], "MAPPING_OPTION"),
            (&["--set", "日子=什么"], "MAPPING_FIELD_UNKNOWN"),
            (&["--set", "没有=grade"], "MAPPING_COLUMN_UNKNOWN"),
            (&["--unit", "期末余额(元)=角"], "MAPPING_UNIT_UNKNOWN"),
            (&["--header", "x"], "MAPPING_OPTION"),
            (&["--row-per", "page"], "MAPPING_OPTION"),
            (&["--sheet", "表"], "MAPPING_SHEET_UNKNOWN"),
        ] {
            let refused = installation.run(&[&propose[..], wrong].concat());
            let words = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert!(refused.status.code() == Some(2) && words.contains(code), "{wrong:?}: {words}");
        }
    });
}
