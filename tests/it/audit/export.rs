//! The export proves without us: two programs that share no code agree on it, and both find a changed byte.

use std::path::Path;
use std::process::Command;

use pledgefund::storage::facts::Fact;
use pledgefund::storage::rows::mail::ReportRow;
use serde_json::Value;

use crate::support::product::{Installation, on_both};

fn script(path: &Path, more: &[&str]) -> (i32, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/verify_export.py");
    let ran = Command::new("python3").arg(script).arg(path).args(more).output().unwrap();
    let words = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    (ran.status.code().unwrap_or(-1), words)
}

/// The check by the program itself, on a folder of its own without any database.
fn ours(path: &Path, codes: &[i32]) -> Value {
    Installation::sqlite().json(&["verify-export", &path.to_string_lossy()], codes)
}

fn count(proof: &Value, name: &str) -> u64 {
    proof["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap()["checked"].as_u64().unwrap()
}

#[test]
fn both_verifiers_hold_an_export_and_the_mails_hold_a_head() {
    on_both(|installation| {
        let ran = installation.run(&["demo", "--no-serve", "--to", "2025-10-12"]);
        assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
        let zip = installation.folder.path().join("audit.zip");
        installation.json(&["audit", "export", &zip.to_string_lossy()], &[0]);
        let proof = ours(&zip, &[0]);
        for name in ["audit_chain", "ledger_transactions", "balances", "payouts_recomputed"] {
            assert!(count(&proof, name) > 3, "{name}: {proof}");
        }
        assert_eq!(proof["digest"], installation.json(&["verify-audit"], &[0])["digest"]);
        let (code, words) = script(&zip, &[]);
        assert!(code == 0 && words.contains(proof["digest"].as_str().unwrap()), "{words}");
        let app = installation.app("2025-10-12");
        let reports = ReportRow::load_all(&mut app.store.read().unwrap()).unwrap();
        let printed = |report: &ReportRow| {
            let line = report.body.lines().find(|line| line.contains("审计链日头"))?;
            Some(line.rsplit('：').next()?.to_owned())
        };
        let heads: Vec<String> = reports.iter().filter_map(printed).collect();
        assert!(heads.len() >= 4, "{} of {}", heads.len(), reports.len());
        for head in &heads {
            installation.json(&["verify-audit", "--head", head], &[0]);
            let (code, words) = script(&zip, &["--head", head]);
            assert_eq!(code, 0, "{words}");
        }
        part_of_the_days(installation);
        changed_bytes(installation, &zip);
    });
}

/// An export of some days begins in the middle of the chains, and balances go on from there.
fn part_of_the_days(installation: &Installation) {
    let folder = installation.folder.path().join("part");
    let call = ["audit", "export", &folder.to_string_lossy(), "--from", "2025-08-01", "--to", "2025-09-30"];
    installation.json(&call, &[0]);
    let proof = ours(&folder, &[0]);
    assert!(count(&proof, "audit_chain") > 3, "{proof}");
    let (code, words) = script(&folder, &["--own-sm3"]);
    assert_eq!(code, 0, "{words}");
    assert_eq!(installation.run(&call).status.code(), Some(2), "the folder is there");
}

fn changed_bytes(installation: &Installation, zip: &Path) {
    let folder = installation.folder.path().join("whole");
    installation.json(&["audit", "export", &folder.to_string_lossy()], &[0]);
    let bytes = std::fs::read(folder.join("events.jsonl")).unwrap();
    for part in 1..8 {
        let mut changed = bytes.clone();
        let at = bytes.len() * part / 8;
        changed[at] ^= 1;
        std::fs::write(folder.join("events.jsonl"), &changed).unwrap();
        assert_eq!(ours(&folder, &[1])["ok"], false, "byte {at}");
        assert_eq!(script(&folder, &[]).0, 1, "byte {at}");
    }
    std::fs::write(folder.join("events.jsonl"), &bytes).unwrap();
    ours(&folder, &[0]);
    // A balance changed together with the manifest: the signature and the ledger both tell.
    let balances = std::fs::read_to_string(folder.join("balances.json")).unwrap();
    let cash = balances.split("after_fen").nth(1).unwrap().split("\"cash\": ").nth(1).unwrap();
    let fen: i64 = cash.split([',', '\n']).next().unwrap().parse().unwrap();
    std::fs::write(folder.join("balances.json"), balances.replace(&fen.to_string(), &(fen + 1).to_string())).unwrap();
    let proof = ours(&folder, &[1]);
    assert!(proof["checks"].to_string().contains("cash: "), "{proof}");
    assert!(script(&folder, &[]).1.contains("balance cash"));
    let mut archive = std::fs::read(zip).unwrap();
    let last = archive.len() - 30;
    archive[last] ^= 1;
    let broken = installation.folder.path().join("broken.zip");
    std::fs::write(&broken, archive).unwrap();
    let code = installation.run(&["verify-export", &broken.to_string_lossy()]).status.code();
    assert!(code == Some(1) || code == Some(2));
    let key = "00".repeat(32);
    let other = installation.run(&["verify-export", &zip.to_string_lossy(), "--key", &key]);
    assert_eq!(other.status.code(), Some(1), "signed by another key");
}
