//! Eight writers on one fund: nothing fails, nothing is lost, on both databases.

use std::sync::Arc;

use pledgefund::domain::filing::{FundRow, PartnerRow};
use pledgefund::domain::money::Fen;
use pledgefund::domain::names::{FundRowKind, FundSource, PartnerCode, PartnerKind};
use pledgefund::import::field::FileKind;
use pledgefund::import::rows::Record;
use pledgefund::import::{Body, FileReading};
use pledgefund::storage::find::{events, money};
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::import::{ImportCall, Incoming, Unwatched, import};
use pledgefund::usecase::{UseCaseError, partners};

use crate::support::product::on_both;

const THREADS: i64 = 8;
const EACH: i64 = 25;

fn reading(kind: FileKind, body: Body, hash: String) -> FileReading {
    FileReading {
        kind,
        sheet: None,
        mapping: "test".to_owned(),
        encoding: None,
        bank: None,
        month: None,
        nil_return: false,
        marked: false,
        records_total: 1,
        sheet_rows_with_rights: None,
        columns: std::collections::BTreeMap::new(),
        content_hash_hex: hash,
        body,
        rejected: Vec::new(),
        warnings: Vec::new(),
        notes: Vec::new(),
        totals: Vec::new(),
        header_row: 1,
    }
}

fn contribution(thread: i64, turn: i64) -> Incoming {
    let row = FundRow {
        on: "2025-07-01".parse().unwrap(),
        kind: FundRowKind::Contribution,
        source: FundSource::City,
        contract: None,
        amount: Fen::try_new(100).unwrap(),
        note: format!("{thread}/{turn}"),
    };
    let body = Body::Fund(vec![Record { row: 2, value: row }]);
    Incoming {
        rest: None,
        path: format!("{thread}-{turn}.csv"),
        reading: reading(FileKind::Fund, body, format!("{thread:08}{turn:08}")),
    }
}

#[test]
fn eight_threads_of_twenty_five_contributions_each_are_all_booked() {
    on_both(|installation| {
        let app = Arc::new(installation.app("2025-07-01"));
        std::thread::scope(|threads| {
            for thread in 0..THREADS {
                let app = Arc::clone(&app);
                threads.spawn(move || {
                    for turn in 0..EACH {
                        let call = ImportCall {
                            actor: format!("writer {thread}"),
                            on: "2025-07-01".parse().unwrap(),
                            dry_run: false,
                            partial: false,
                            whole: false,
                            until: None,
                        };
                        import(&app, &call, &[contribution(thread, turn)], &Unwatched).unwrap();
                    }
                });
            }
        });
        let mut db = app.store.read().unwrap();
        assert_eq!(money::account_balance(&mut db, "shuozhou", "cash").unwrap(), THREADS * EACH * 100);
        drop(db);
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}

#[test]
fn a_read_modify_write_on_one_partner_loses_no_update() {
    on_both(|installation| {
        let app = installation.app("2025-07-01");
        std::thread::scope(|threads| {
            for _ in 0..THREADS {
                // Each its own connections, as processes of their own would have.
                let app = installation.app("2025-07-01");
                threads.spawn(move || {
                    for _ in 0..EACH {
                        let act = Act::new("writer", "2025-07-01".parse().unwrap());
                        let done: Result<(), UseCaseError> = app.store.write(&Scope::fund("shuozhou"), &act, |tx| {
                            let known = pledgefund::storage::find::parties::partners(tx, "shuozhou")?;
                            let before = known.first().and_then(|partner| partner.limit_fen).unwrap_or(0);
                            let row = PartnerRow {
                                kind: PartnerKind::Bank,
                                name: "计数银行".to_owned(),
                                code: PartnerCode::new("CNT"),
                                agreed_from: "2025-01-01".parse().unwrap(),
                                agreed_to: "2026-01-01".parse().unwrap(),
                                limit: Some(Fen::try_new(before + 1)?),
                            };
                            partners::agree(tx, "shuozhou", "test", &row).map(|_changed| ())
                        });
                        done.unwrap();
                    }
                });
            }
        });
        let mut db = app.store.read().unwrap();
        let known = pledgefund::storage::find::parties::partners(&mut db, "shuozhou").unwrap();
        assert_eq!(known[0].limit_fen, Some(THREADS * EACH));
        assert_eq!(known[0].version, THREADS * EACH);
        let heads = events::heads(&mut db).unwrap();
        assert_eq!(heads.iter().find(|(key, _, _)| key == "fund:shuozhou").unwrap().1, THREADS * EACH);
    });
}

#[test]
fn an_event_outside_the_locked_scope_is_refused() {
    on_both(|installation| {
        let app = installation.app("2025-07-01");
        let act = Act::new("writer", "2025-07-01".parse().unwrap());
        let row = PartnerRow {
            kind: PartnerKind::Bank,
            name: "银行".to_owned(),
            code: PartnerCode::new("X"),
            agreed_from: "2025-01-01".parse().unwrap(),
            agreed_to: "2026-01-01".parse().unwrap(),
            limit: None,
        };
        let refused: Result<bool, UseCaseError> =
            app.store.write(&Scope::bank("shuozhou", "X"), &act, |tx| partners::agree(tx, "shuozhou", "test", &row));
        assert_eq!(refused.unwrap_err().code(), "STORE_SCOPE_NOT_LOCKED");
        let mut db = app.store.read().unwrap();
        assert!(events::heads(&mut db).unwrap().is_empty());
    });
}
