//! The product as its users have it: the built program, on a folder or a database of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pledgefund::app::{App, Opening};
use pledgefund::clock::Clock;
use pledgefund::config::{Config, Secret};
use pledgefund::domain::calendar::utc_of_beijing;
use serde_json::Value;
use tempfile::TempDir;

use super::postgres;

/// Key of sealed values in tests: databases are copied between folders, and the key must fit all of them.
pub const SEALING_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// Folder of the sample files.
pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/bank-files")
}

/// Reads a JSON file of the tests.
pub fn test_data(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// One text that a statement gives.
#[derive(diesel::QueryableByName)]
struct Word {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// An installation.
#[derive(Debug)]
pub struct Installation {
    /// Its folder.
    pub folder: TempDir,
    /// Its database, where that is not the file in the folder.
    pub url: Option<String>,
}

impl Installation {
    /// One on SQLite.
    pub fn sqlite() -> Installation {
        Installation { folder: tempfile::tempdir().unwrap(), url: None }
    }

    /// One on PostgreSQL, where that is installed.
    pub fn postgres() -> Option<Installation> {
        let url = postgres::new_database()?;
        let made = Installation { folder: tempfile::tempdir().unwrap(), url: Some(url.clone()) };
        // Marked before first use: the cluster of the tests runs without fsync.
        let sql = "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)";
        postgres::psql(&url, &format!("{sql}; INSERT INTO settings VALUES ('test_database', '1')"));
        Some(made)
    }

    /// Runs `pledgefund` with arguments.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The command that would be run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pledgefund"));
        command
            .env_remove("DATABASE_URL")
            .env("PLEDGEFUND_SEALING__KEYS", SEALING_KEY)
            .current_dir(samples())
            .arg("--data-dir")
            .arg(self.folder.path());
        if let Some(url) = &self.url {
            command.args(["--database-url", url]);
        }
        command.args(arguments);
        command
    }

    /// Runs `pledgefund --json` and reads the answer; the exit code must be one of `codes`.
    #[track_caller]
    pub fn json(&self, arguments: &[&str], codes: &[i32]) -> Value {
        let mut all = vec!["--json"];
        all.extend(arguments);
        let output = self.run(&all);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(codes.contains(&output.status.code().unwrap_or(-1)), "{arguments:?}: {:?} {errors}", output.status);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e} {errors}"))
    }

    /// Imports all sample files partners first, claims last. Gives the answers' files.
    pub fn import_samples(&self) -> Vec<Value> {
        let expected = test_data("expected.json");
        let monthly: Vec<String> = expected["files"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|file| file["kind"] == "monthly")
            .map(|file| file["file"].as_str().unwrap().to_owned())
            .collect();
        let mut servicing = vec!["import", "servicing"];
        servicing.extend(monthly.iter().map(String::as_str));
        let registrations = [
            "import",
            "registrations",
            "registration/SGH_registration.xlsx",
            "registration/YMK_registration.csv",
            "registration/YYC_registration.xlsx",
        ];
        let mut files = Vec::new();
        for call in [
            &["import", "partners", "partners.csv"][..],
            &registrations,
            &servicing,
            &["import", "fund", "fund.csv"],
            &["import", "claims", "claims.csv"],
        ] {
            files.extend(self.json(call, &[0, 1])["files"].as_array().unwrap().clone());
        }
        files
    }

    /// The application inside this process, on a clock that stands at a Beijing noon.
    pub fn app(&self, day: &str) -> App {
        let mut config = Config::load(None).unwrap();
        config.data.dir = self.folder.path().to_owned();
        config.data.database_url = self.url.clone().unwrap_or_default();
        config.sealing.keys = Secret::new(SEALING_KEY);
        let noon = day.parse::<chrono::NaiveDate>().unwrap().and_hms_opt(12, 0, 0).unwrap();
        App::open(config, Clock::simulated(utc_of_beijing(noon)), Opening::Migrate).unwrap()
    }

    /// Runs a statement behind the product's back, as a tamperer with the rights of the owner would: what keeps facts
    /// from being changed is lifted first.
    pub fn tamper(&self, sql: &str) {
        match &self.url {
            Some(url) => postgres::psql(url, "DROP FUNCTION IF EXISTS refuse_change() CASCADE"),
            None => {
                use diesel::connection::SimpleConnection;
                use diesel::prelude::*;
                let mut connection = self.sqlite_file();
                let laid = "SELECT 'DROP TRIGGER ' || name AS value FROM sqlite_master \
                            WHERE type = 'trigger' AND substr(name, 1, 5) = 'kept_'";
                for drop in diesel::sql_query(laid).load::<Word>(&mut connection).unwrap() {
                    connection.batch_execute(&drop.value).unwrap();
                }
            }
        }
        self.behind(sql);
    }

    fn sqlite_file(&self) -> diesel::SqliteConnection {
        use diesel::Connection;
        let path = self.folder.path().join("pledgefund.db");
        diesel::SqliteConnection::establish(&path.to_string_lossy()).unwrap()
    }

    /// What a statement behind the product's back is answered, nothing lifted.
    pub fn behind_refused(&self, sql: &str) -> Option<String> {
        use diesel::connection::SimpleConnection;
        use diesel::{Connection, PgConnection};
        match &self.url {
            Some(url) => PgConnection::establish(url).unwrap().batch_execute(sql),
            None => self.sqlite_file().batch_execute(sql),
        }
        .err()
        .map(|error| error.to_string())
    }

    fn behind(&self, sql: &str) {
        match &self.url {
            Some(url) => postgres::psql(url, sql),
            None => {
                use diesel::connection::SimpleConnection;
                self.sqlite_file().batch_execute(sql).unwrap();
            }
        }
    }
}

/// Makes installations: on SQLite, and on PostgreSQL where that is installed.
pub fn databases() -> Vec<Box<dyn Fn() -> Installation>> {
    let mut kinds: Vec<Box<dyn Fn() -> Installation>> = vec![Box::new(Installation::sqlite)];
    if postgres::is_there() {
        kinds.push(Box::new(|| Installation::postgres().expect("the cluster is there")));
    }
    kinds
}

/// Runs a test on SQLite, and on PostgreSQL where that is installed.
pub fn on_both(test: impl Fn(&Installation)) {
    test(&Installation::sqlite());
    if let Some(installation) = Installation::postgres() {
        test(&installation);
    }
}
