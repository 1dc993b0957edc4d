//! Who may work on an upload, and whose work counts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use pledgefund::app::App;
use pledgefund::clock::Clock;
use pledgefund::config::{Config, Secret};
use pledgefund::domain::filing::FundRow;
use pledgefund::domain::money::Fen;
use pledgefund::domain::names::{FundRowKind, FundSource, PartnerCode};
use pledgefund::import::field::FileKind;
use pledgefund::import::rows::Record;
use pledgefund::import::{Body, FileReading};
use pledgefund::storage::find::{money, upload_work, uploads as find};
use pledgefund::storage::rows::uploads::state;
use pledgefund::storage::{Act, Lease, Scope, StoreError, Tx, UploadLease};
use pledgefund::usecase::UseCaseError;
use pledgefund::usecase::import::{Cancelled, FileOutcome, ImportCall, Incoming, Watch, import};
use pledgefund::usecase::uploads::{self, Answer, Sent};

use super::books::{book, clerk_at, sample};
use crate::support::product::{Installation, SEALING_KEY, on_both};
use crate::support::serving::{Serving, wait_for};

const DAY: &str = "2026-07-06";

/// An application whose clock the test moves.
fn app(installation: &Installation) -> App {
    installation.app(DAY)
}

fn sent(name: &str, kind: FileKind, bank: Option<&str>, bytes: &[u8]) -> Sent {
    Sent {
        name: name.to_owned(),
        bytes: bytes.to_vec(),
        kind,
        bank: bank.map(PartnerCode::new),
        mapping: None,
        on: DAY.parse().unwrap(),
        all_or_nothing: false,
        actor: "web:王丽".to_owned(),
        token: name.to_owned(),
    }
}

fn act() -> Act {
    Act::new("test", DAY.parse().unwrap())
}

fn contribution(hash: &str) -> Incoming {
    let row = FundRow {
        on: DAY.parse().unwrap(),
        kind: FundRowKind::Contribution,
        source: FundSource::City,
        contract: None,
        amount: Fen::try_new(100).unwrap(),
        note: String::new(),
    };
    let reading = FileReading {
        kind: FileKind::Fund,
        sheet: None,
        mapping: "test".to_owned(),
        encoding: None,
        bank: None,
        month: None,
        nil_return: false,
        marked: false,
        records_total: 1,
        sheet_rows_with_rights: None,
        columns: BTreeMap::new(),
        content_hash_hex: hash.to_owned(),
        body: Body::Fund(vec![Record { row: 2, value: row }]),
        rejected: Vec::new(),
        warnings: Vec::new(),
        notes: Vec::new(),
        totals: Vec::new(),
        header_row: 1,
    };
    Incoming { path: "fund.csv".to_owned(), reading, rest: None }
}

/// A worker that stalls with everything written and nothing committed.
struct Stalling {
    lease: UploadLease,
    written: mpsc::SyncSender<()>,
    go_on: std::sync::Mutex<mpsc::Receiver<()>>,
}

impl Watch for Stalling {
    fn rows(&self, _rows: u64) -> Result<(), Cancelled> {
        Ok(())
    }

    fn lease(&self) -> Option<Lease> {
        Some(Lease::Upload(self.lease.clone()))
    }

    fn before_commit(&self, _tx: &mut Tx<'_>, _outcomes: &[FileOutcome]) -> Result<(), UseCaseError> {
        self.written.send(()).unwrap();
        self.go_on.lock().unwrap().recv_timeout(Duration::from_secs(60)).unwrap();
        Ok(())
    }
}

#[test]
fn a_worker_that_stalled_and_lost_its_lease_cannot_save() {
    on_both(|installation| {
        let app = Arc::new(app(installation));
        uploads::receive(&app, sent("fund.csv", FileKind::Fund, None, b"x")).unwrap();
        let (row, lease) = uploads::take(&app).unwrap().unwrap();
        assert_eq!(row.state, state::CHECKING);
        assert!(uploads::take(&app).unwrap().is_none(), "what is held is not taken twice");
        let call = ImportCall {
            actor: "web:王丽".to_owned(),
            on: DAY.parse().unwrap(),
            dry_run: false,
            partial: false,
            whole: false,
            until: None,
        };
        let (written, is_written) = mpsc::sync_channel(1);
        let (go, go_on) = mpsc::sync_channel(1);
        let watch = Stalling { lease: lease.clone(), written, go_on: std::sync::Mutex::new(go_on) };
        let saved = std::thread::scope(|threads| {
            let importing = threads.spawn(|| import(&app, &call, &[contribution("a")], &watch));
            is_written.recv_timeout(Duration::from_secs(60)).unwrap();
            if installation.url.is_some() {
                // Another process, whose clock says that the lease has run out, takes the upload while the stalled
                // transaction is open.
                let other = installation.app("2026-07-07");
                let (_, newer) = uploads::take(&other).unwrap().expect("a lease that has run out");
                assert!(newer.fence > lease.fence);
            }
            go.send(()).unwrap();
            importing.join().unwrap()
        });
        let mut db = app.store.read().unwrap();
        let cash = money::account_balance(&mut db, "shuozhou", "cash").unwrap();
        drop(db);
        if installation.url.is_some() {
            assert_eq!(saved.unwrap_err().code(), "STORE_LEASE_LOST");
            assert_eq!(cash, 0);
        } else {
            // The one writer of a file keeps rivals out by itself.
            saved.unwrap();
            assert_eq!(cash, 100);
        }

        // A stale token saves nothing whoever holds the newer one, on both databases.
        let other = installation.app("2026-07-08");
        let _taken = uploads::take(&other).unwrap().expect("a lease that has run out");
        let stale = Act { lease: Some(Lease::Upload(lease.clone())), ..act() };
        let refused: Result<(), StoreError> = app.store.write(&Scope::fund("shuozhou"), &stale, |_tx| Ok(()));
        assert_eq!(refused.unwrap_err().code(), "STORE_LEASE_LOST");
        let ended = app.store.write(&Scope::system(), &act(), |tx| upload_work::checked(tx, &lease, "{}"));
        assert_eq!(ended.unwrap_err().code(), "STORE_LEASE_LOST");
    });
}

#[test]
fn one_file_of_a_bank_at_a_time_in_order_and_other_banks_go_on() {
    on_both(|installation| {
        let app = app(installation);
        for (name, bank) in [("1", "SGH"), ("2", "SGH"), ("3", "YMK")] {
            uploads::receive(&app, sent(name, FileKind::Servicing, Some(bank), b"x")).unwrap();
        }
        let (first, lease) = uploads::take(&app).unwrap().unwrap();
        let (third, _) = uploads::take(&app).unwrap().unwrap();
        assert_eq!((first.file_name.as_str(), third.file_name.as_str()), ("1", "3"));
        assert!(uploads::take(&app).unwrap().is_none(), "the second file of a bank waits for the first");
        app.store.write(&Scope::system(), &act(), |tx| upload_work::checked(tx, &lease, "{}")).unwrap();
        assert_eq!(uploads::take(&app).unwrap().unwrap().0.file_name, "2");
    });
}

#[test]
fn a_file_that_ends_its_worker_again_and_again_is_given_up() {
    on_both(|installation| {
        let mut config = Config::load(None).unwrap();
        config.data.dir = installation.folder.path().to_owned();
        config.sealing.keys = Secret::new(SEALING_KEY);
        config.data.database_url = installation.url.clone().unwrap_or_default();
        config.imports.attempts = 2;
        let start = "2026-07-06T04:00:00".parse().unwrap();
        let app = App::open(config, Clock::simulated(start), pledgefund::app::Opening::Migrate).unwrap();
        let id = uploads::receive(&app, sent("SGH_1.csv", FileKind::Servicing, None, b"x")).unwrap();
        for _ in 0..2 {
            let (row, _) = uploads::take(&app).unwrap().expect("it is tried again");
            assert_eq!(row.upload_id, id);
            app.store.clock().move_to(app.store.clock().now() + chrono::TimeDelta::minutes(1));
        }
        assert!(uploads::take(&app).unwrap().is_none());
        let row = find::one(&mut app.store.read().unwrap(), &id).unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.error_code.as_deref()), (state::FAILED, Some("UPLOAD_GAVE_UP")));
    });
}

#[test]
fn bytes_are_forgotten_some_time_after_the_end_and_undecided_files_end() {
    on_both(|installation| {
        let app = app(installation);
        let ended = uploads::receive(&app, sent("1", FileKind::Fund, None, b"x")).unwrap();
        uploads::cancel(&app, &ended, "web:王丽").unwrap();
        let waiting = uploads::receive(&app, sent("2", FileKind::Fund, None, b"y")).unwrap();
        let (_, lease) = uploads::take(&app).unwrap().unwrap();
        app.store.write(&Scope::system(), &act(), |tx| upload_work::checked(tx, &lease, "{}")).unwrap();
        let content = |id: &str| find::content(&mut app.store.read().unwrap(), id).unwrap();
        let late = |days: i64| app.store.clock().move_to(app.store.clock().now() + chrono::TimeDelta::days(days));
        late(29);
        uploads::clear(&app).unwrap();
        assert_eq!((content(&ended), content(&waiting)), (Some(b"x".to_vec()), Some(b"y".to_vec())));
        late(2);
        uploads::clear(&app).unwrap();
        assert_eq!((content(&ended), content(&waiting)), (None, None));
        uploads::decide(&app, &waiting, Answer::All, false, "web:王丽").unwrap();
        let row = find::one(&mut app.store.read().unwrap(), &waiting).unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.error_code.as_deref()), (state::CANCELLED, Some("UPLOAD_EXPIRED")));
    });
}

#[test]
fn two_files_of_one_bank_run_one_after_the_other_and_two_banks_side_by_side() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let ids = [
            clerk.upload("registrations", "YMK_1.csv", &book(600)),
            clerk.upload("registrations", "YMK_2.csv", &book(700)),
            clerk.upload("registrations", "SGH_registration.xlsx", &sample("registration/SGH_registration.xlsx")),
        ];
        let app = installation.app("2026-07-06");
        let states = || -> Vec<String> {
            let mut db = app.store.read().unwrap();
            ids.iter().map(|id| find::one(&mut db, id).unwrap().unwrap().state).collect()
        };
        wait_for("the checks", || {
            let states = states();
            let working = |state: &String| state == state::CHECKING;
            assert!(states[..2].iter().filter(|state| working(state)).count() <= 1, "{states:?}");
            states.iter().all(|state| state == state::CHECKED).then_some(())
        });
        clerk.decide(&ids[2], "acceptable");
        clerk.decide(&ids[0], "all");
        clerk.decide(&ids[1], "all");
        assert!(clerk.settled(&ids[2]).contains("导入完成"));
        assert!(clerk.settled(&ids[0]).contains("新增 600 条"));
        assert!(clerk.settled(&ids[1]).contains("检查之后库中数据有变化"));
        clerk.decide(&ids[1], "all");
        assert!(clerk.settled(&ids[1]).contains("新增 100 条，已在库中未变 600 条"));
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}
