//! A bank's machine asks for its import to be taken back; a person decides. Reports as they were sent.

use pledgefund::domain::people::Role;
use pledgefund::storage::chain::Chain;
use pledgefund::storage::facts::{Change, unstamped};
use pledgefund::storage::find::imports;
use pledgefund::storage::rows::mail::ReportRow;
use pledgefund::storage::{Act, Scope, StoreError};
use pledgefund::usecase::undo;
use serde_json::json;

use super::world::World;
use crate::checks::take_one;
use crate::stories::town::FUND;
use crate::support::desk;
use crate::support::product::on_both;

/// The newest import of a bank.
fn import_of(world: &World, bank: &str, contract: &str) -> String {
    let outcome = take_one(&world.app, bank, contract);
    assert_eq!(outcome.records_accepted, 1, "{outcome:?}");
    let rows = imports::all(&mut world.app.store.read().unwrap(), FUND).unwrap();
    rows.into_iter().rfind(|row| row.bank.as_deref() == Some(bank)).unwrap().import_id
}

#[test]
fn a_bank_asks_for_its_own_import_to_be_taken_back_and_a_person_decides() {
    on_both(|installation| {
        let world = World::build(installation);
        let own = import_of(&world, "AAA", "UNDO-1");
        let path = format!("/api/v1/imports/{}/undo", pledgefund::link::segment(&own));
        let body = json!({ "reason": "文件有误" });
        let heads = world.heads();
        // Another bank's import answers exactly like one that is not there, and nothing is written.
        let foreign = world.post("bank_b", &path, &body, &[]);
        let nowhere = world.post("bank_b", "/api/v1/imports/NOBODY-0/undo", &body, &[]);
        assert_eq!((foreign.status, &foreign.text), (404, &nowhere.text));
        for reader in ["auditor", "regulator", "bureau", "system", "bank_a_narrow"] {
            assert_eq!(world.post(reader, &path, &body, &[]).status, 403, "{reader}");
        }
        for bad in [json!({}), json!({ "reason": " " }), json!({ "reason": "x", "approve": true })] {
            assert_eq!(world.post("bank_a", &path, &bad, &[]).status, 422, "{bad}");
        }
        assert_eq!(world.heads(), heads);

        let asked = world.post("bank_a", &path, &body, &[]);
        assert_eq!(asked.status, 200, "{}", asked.text);
        let told = asked.json();
        let words = |name: &str| told[name].as_str().unwrap().to_owned();
        assert_eq!((words("state"), words("requested_by")), ("requested".into(), "系统bank_a".into()));
        let again = world.post("bank_a", &path, &body, &[]);
        assert_eq!((again.status, again.json()["code"].as_str()), (409, Some("UNDO_ALREADY_REQUESTED")));
        assert_eq!(world.get("bank_a", "/api/v1/undos").json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(world.get("auditor", "/api/v1/undos").json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(world.get("bank_b", "/api/v1/undos").json()["items"], json!([]));

        let id = words("id");
        let withdrawal = |id: &str| format!("/api/v1/undos/{}/withdrawal", pledgefund::link::segment(id));
        let foreign = world.post("bank_b", &withdrawal(&id), &json!({}), &[]);
        let nowhere = world.post("bank_b", &withdrawal("NOBODY-0"), &json!({}), &[]);
        assert_eq!((foreign.status, &foreign.text), (404, &nowhere.text));
        let withdrawn = world.post("bank_a", &withdrawal(&id), &json!({}), &[]);
        assert_eq!((withdrawn.status, withdrawn.json()["state"].as_str()), (200, Some("withdrawn")));

        // Asked for once more, and decided by a person, not by who asked.
        let id = world.post("bank_a", &path, &body, &[]).json()["id"].as_str().unwrap().to_owned();
        let today = world.app.store.clock().today();
        assert!(undo::decide_undo(&world.app, &id, "系统bank_a", true, "", today).is_err());
        desk::appoint(&world.app, "基金主管", "fund", Role::FundApprover);
        undo::decide_undo(&world.app, &id, "基金主管", true, "", today).unwrap();
        let items = world.get("bank_a", "/api/v1/undos").json();
        let newest = &items["items"][0];
        assert_eq!((newest["state"].as_str(), newest["answered_by"].as_str()), (Some("approved"), Some("基金主管")));
        let late = world.post("bank_a", &path, &body, &[]);
        assert_eq!((late.status, late.json()["code"].as_str()), (409, Some("UNDO_DONE")));
    });
}

const OF_THE_REGULATOR: &str = "regulator_summary";
const OF_THE_BUREAU: &str = "market_supervision_summary";

/// A report on record, with a workbook.
fn report_of(world: &World, name: &str) -> String {
    let (business_date, recorded_at, event_id) = unstamped();
    let row = ReportRow {
        fund_id: FUND.to_owned(),
        report_id: format!("{FUND}:{name}:2025-11:v1"),
        name: name.to_owned(),
        period: "2025-11".to_owned(),
        version: 1,
        dataset: "{}".to_owned(),
        dataset_hash: "0".repeat(64),
        sources: "[]".to_owned(),
        subject: "汇总".to_owned(),
        html: "<p>汇总</p>".to_owned(),
        body: "汇总".to_owned(),
        xlsx_name: "汇总.xlsx".to_owned(),
        xlsx: b"PK workbook".to_vec(),
        supersedes: None,
        business_date,
        recorded_at,
        event_id,
    };
    let (id, chain) = (row.report_id.clone(), Chain::Fund { fund_id: FUND.to_owned() });
    let act = Act::new("甲", world.app.store.clock().today());
    let done: Result<(), StoreError> = world.app.store.write(&Scope::fund(FUND), &act, |tx| {
        tx.record(Change::new(chain.clone(), "report.issued", row.report_id.clone()).with(row.clone()))?;
        Ok(())
    });
    done.unwrap();
    id
}

#[test]
fn the_bytes_of_a_report_go_to_who_reads_reports_and_to_no_bank() {
    on_both(|installation| {
        let world = World::build(installation);
        let base = format!("/api/v1/reports/{}", pledgefund::link::segment(&report_of(&world, OF_THE_REGULATOR)));
        for reader in ["regulator", "auditor"] {
            let workbook = world.get(reader, &format!("{base}/workbook"));
            assert_eq!((workbook.status, workbook.text.as_str()), (200, "PK workbook"));
            assert!(workbook.header("content-disposition").starts_with("attachment"));
            assert_eq!(world.get(reader, &format!("{base}/html")).text, "<p>汇总</p>");
            assert_eq!(world.get(reader, "/api/v1/reports/NOBODY-0/html").status, 404);
        }
        for other in ["bank_a", "bank_b", "finance", "system"] {
            for kind in ["workbook", "html"] {
                assert_eq!(world.get(other, &format!("{base}/{kind}")).status, 403, "{other} {kind}");
            }
        }
        // The bureau reads what is made for it; another's report is to it like none.
        let own = format!("/api/v1/reports/{}", pledgefund::link::segment(&report_of(&world, OF_THE_BUREAU)));
        assert_eq!(world.get("bureau", &format!("{own}/html")).text, "<p>汇总</p>");
        assert_eq!(world.get("bureau", &format!("{own}/workbook")).text, "PK workbook");
        for kind in ["workbook", "html"] {
            let foreign = world.get("bureau", &format!("{base}/{kind}"));
            let nowhere = world.get("bureau", &format!("/api/v1/reports/NOBODY-0/{kind}"));
            assert_eq!((foreign.status, &foreign.text), (404, &nowhere.text), "{kind}");
        }
        let listed = |name: &str| world.get("bureau", &format!("/api/v1/reports?name={name}")).json();
        assert_eq!(listed(OF_THE_BUREAU)["items"].as_array().unwrap().len(), 1);
        assert_eq!(listed(OF_THE_REGULATOR)["items"].as_array().unwrap().len(), 0);
    });
}
