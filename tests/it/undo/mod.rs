//! An import is taken back by two persons, whole or not at all, and leaves the books as they were.

mod kinds;
mod persons;
mod proof;
mod refusals;
mod servicing;

use pledgefund::domain::people::{Person, Role};
use pledgefund::usecase::lives::offices;
use serde_json::Value;

use crate::support::product::Installation;

/// Registration files of two banks.
pub const SGH: &str = "registration/SGH_registration.xlsx";
pub const YMK: &str = "registration/YMK_registration.csv";

/// The loans these tests work with: every one that was ever in arrears or claimed, and those the correction of a
/// month is about.
const LOANS: [&str; 14] = [
    "YMK2023借字第0001号",
    "YMK2023借字第0046号",
    "YMK2023借字第0068号",
    "YMK2023借字第0072号",
    "YMK2024借字第0011号",
    "YMK2024借字第0022号",
    "YMK2024借字第0024号",
    "YMK2024借字第0033号",
    "YMK2024借字第0040号",
    "YMK2024借字第0056号",
    "YMK2024借字第0059号",
    "YMK2025借字第0003号",
    "YMK2025借字第0028号",
    "YMK2025借字第0037号",
];

/// Loans of other banks for which money came back in the samples, and the loan it is for here.
const PAID: [(&str, &str); 6] = [
    ("SGH-2024-0008", "YMK2023借字第0046号"),
    ("YYC(2023)0001", "YMK2023借字第0068号"),
    ("SGH-2023-0006", "YMK2024借字第0040号"),
    ("SGH-2025-0005", "YMK2024借字第0024号"),
    ("YYC(2024)0023", "YMK2024借字第0056号"),
    ("YYC(2025)0023", "YMK2025借字第0037号"),
];

/// A day after every business date of these tests.
pub const LATER: &str = "2031-01-01";

impl Installation {
    /// A sample cut down to a few loans of one bank, with its name; a file of its own path as it is.
    fn small(&self, file: &str) -> String {
        if file.starts_with('/') || file.ends_with(".xlsx") {
            return file.to_owned();
        }
        let text = sample(file);
        let keeps = |line: &&str| {
            !line.contains("YMK20") && !line.starts_with("YYC(") || LOANS.iter().any(|loan| line.contains(loan))
        };
        let mut kept: String = text.lines().filter(keeps).fold(String::new(), |text, line| text + line + "\n");
        if file == "claims.csv" {
            kept = kept
                .lines()
                .filter(|line| !line.starts_with("SGH"))
                .fold(String::new(), |text, line| text + line + "\n");
        }
        if file == "fund.csv" {
            for (other, own) in PAID {
                kept = kept.replace(other, own);
            }
        }
        self.own_file(file.rsplit('/').next().unwrap(), &kept)
    }

    /// Takes in one file, cut down where it is a sample; rows may be refused. Gives its answer.
    pub fn take_in(&self, kind: &str, file: &str, more: &[&str]) -> Value {
        let file = &*self.small(file);
        let mut call = vec!["import", kind, file, "--on", "2026-07-31"];
        call.extend(more);
        self.json(&call, &[0, 1])["files"][0].clone()
    }

    /// Money of the start, then the loans.
    pub fn opened(&self) {
        self.take_in("partners", "partners.csv", &[]);
        self.take_in("fund", "fund.csv", &["--until", "2025-06-30"]);
        self.take_in("registrations", YMK, &[]);
    }

    /// Every figure that an undo must put back.
    pub fn figures(&self) -> Value {
        let mut level = self.json(&["reserve"], &[0]);
        level.as_object_mut().unwrap().remove("on");
        serde_json::json!({
            "portfolio": self.json(&["portfolio"], &[0]),
            "level": level,
            "claims": self.json(&["claim", "list"], &[0]),
        })
    }

    /// The newest import of a kind.
    pub fn newest(&self, kind: &str) -> String {
        let log = self.json(&["import-log"], &[0]);
        let all = log["imports"].as_array().unwrap();
        all.iter().find(|one| one["kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// The import of a file.
    pub fn import_of(&self, file: &str) -> String {
        let log = self.json(&["import-log"], &[0]);
        let all = log["imports"].as_array().unwrap();
        all.iter().find(|one| one["file"] == file).unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Asks for an undo. Gives the request.
    pub fn ask(&self, import: &str) -> String {
        let call = ["undo", "request", import, "--by", "甲", "--reason", "文件有误", "--on", LATER];
        self.json(&call, &[0])["id"].as_str().unwrap().to_owned()
    }

    /// Takes an import back, by two persons.
    pub fn take_back(&self, import: &str) {
        let id = self.ask(import);
        // Once a register of persons is kept, the second person holds an office.
        let app = self.app("2026-07-31");
        let all = offices::everyone(&mut app.store.read().unwrap(), app.fund_id()).unwrap();
        let decides = |person: &Person| person.roles.contains_key(&Role::FundApprover);
        let by = all.iter().find(|(_, person)| decides(person)).map_or("乙", |(key, _)| key.as_str());
        let done = self.json(&["undo", "approve", &id, "--by", by, "--on", LATER], &[0]);
        assert_eq!(done["state"], "approved", "{done}");
    }

    /// The code and the words a call is refused with.
    #[track_caller]
    pub fn refused(&self, call: &[&str]) -> (String, String) {
        let output = self.run(call);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{call:?}: {words}");
        (words.split(':').next().unwrap().to_owned(), words)
    }

    /// The code and the words with which the undo of an import is refused.
    #[track_caller]
    pub fn undo_refused(&self, import: &str) -> (String, String) {
        self.refused(&["undo", "request", import, "--by", "甲", "--reason", "文件有误", "--on", LATER])
    }

    /// Fails unless the books prove.
    #[track_caller]
    pub fn proves(&self) {
        let proof = self.json(&["verify"], &[0, 1]);
        let failed: Vec<&Value> =
            proof["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false).collect();
        assert!(failed.is_empty(), "{failed:?}");
    }

    /// A file beside the samples.
    pub fn own_file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

/// Text of a sample file.
pub fn sample(file: &str) -> String {
    let bytes = std::fs::read(crate::support::product::samples().join(file)).unwrap();
    match String::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(other) => encoding_rs::GB18030.decode(other.as_bytes()).0.into_owned(),
    }
}

/// What differs between two trees of figures, by path: a readable failure.
#[track_caller]
pub fn check_same(before: &Value, after: &Value) {
    fn walk(path: &str, a: &Value, b: &Value, found: &mut Vec<String>) {
        match (a, b) {
            (Value::Object(x), Value::Object(y)) => {
                let keys: std::collections::BTreeSet<&String> = x.keys().chain(y.keys()).collect();
                for key in keys {
                    let nothing = Value::Null;
                    let (left, right) = (x.get(key).unwrap_or(&nothing), y.get(key).unwrap_or(&nothing));
                    walk(&format!("{path}/{key}"), left, right, found);
                }
            }
            _ if a != b => found.push(format!("{path}: {a} != {b}")),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk("", before, after, &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
