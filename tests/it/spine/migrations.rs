//! Both trees of migrations: equal names, up, down and up again, and the schema the program is written against.

use pledgefund::clock::Clock;
use pledgefund::storage::db::Db;
use pledgefund::storage::facts::Fact;
use pledgefund::storage::rows::{claims, loans, mail, mappings, money, parties, servicing};
use pledgefund::storage::{Store, StoreError, migrate};

use crate::support::product::{Installation, on_both};

fn store(installation: &Installation) -> Store {
    let path = installation.folder.path().join("pledgefund.db").to_string_lossy().into_owned();
    let url = installation.url.clone().unwrap_or(path);
    Store::open(&url, Clock::System).unwrap()
}

#[test]
fn both_trees_hold_the_same_migrations() {
    assert_eq!(migrate::names(false).unwrap(), migrate::names(true).unwrap());
    assert!(migrate::names(false).unwrap().len() >= 8);
}

fn every_table_reads(db: &mut Db) {
    claims::ClaimRow::load_all(db).unwrap();
    claims::CalculationRow::load_all(db).unwrap();
    loans::LoanRegistrationRow::load_all(db).unwrap();
    loans::CoverageRow::load_all(db).unwrap();
    servicing::ServicingRow::load_all(db).unwrap();
    money::ReserveSnapshotRow::load_all(db).unwrap();
    money::CommitmentRow::load_all(db).unwrap();
    parties::ImportRow::load_all(db).unwrap();
    mappings::ImportMappingRow::load_all(db).unwrap();
    mail::ReportRow::load_all(db).unwrap();
    mail::OutboxMailRow::load_all(db).unwrap();
}

#[test]
fn up_down_and_up_again_gives_the_schema_the_program_reads() {
    on_both(|installation| {
        let store = store(installation);
        let all = migrate::names(false).unwrap().len();
        assert_eq!(migrate::migrate(&store).unwrap(), all);
        every_table_reads(&mut store.read().unwrap());
        assert_eq!(migrate::revert_all(&store).unwrap(), all);
        assert_eq!(migrate::migrate(&store).unwrap(), all);
        every_table_reads(&mut store.read().unwrap());
        assert_eq!(migrate::migrate(&store).unwrap(), 0);
    });
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    on_both(|installation| {
        let store = store(installation);
        migrate::migrate(&store).unwrap();
        installation.tamper("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')");
        assert!(matches!(migrate::migrate(&store), Err(StoreError::NewerSchema { .. })));
        let refused = installation.run(&["import", "partners", "partners.csv"]);
        assert_eq!(refused.status.code(), Some(2));
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(words.contains("STORE_NEWER_SCHEMA") && words.contains("请升级程序"), "{words}");
    });
}
