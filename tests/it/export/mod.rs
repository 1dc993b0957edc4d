//! Files that leave the product: nothing in them is a formula, and what can come back comes back as it was.

mod guard;
mod marked;
mod marked_rules;
mod round_trips;
mod strings;
mod templates;
mod workbook;

use serde_json::Value;

use crate::support::product::Installation;

/// Exports a list of an installation. Gives the bytes.
fn exported(installation: &Installation, list: &str, ending: &str, more: &[&str]) -> Vec<u8> {
    let path = installation.folder.path().join(format!("exported_{list}.{ending}"));
    let shown = path.to_string_lossy().into_owned();
    let mut call = vec!["export", list, "--out", &shown];
    call.extend(more);
    installation.json(&call, &[0]);
    std::fs::read(path).unwrap()
}

/// Rows of a list as a program reads them.
fn rows(installation: &Installation, list: &str, more: &[&str]) -> Vec<Value> {
    serde_json::from_slice(&exported(installation, list, "json", more)).unwrap()
}

/// Writes a file into the folder of an installation. Gives its path.
fn written(installation: &Installation, name: &str, bytes: &[u8]) -> String {
    let path = installation.folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_string_lossy().into_owned()
}

/// The codes of a list of findings in an import's answer.
fn codes(findings: &Value) -> Vec<String> {
    findings.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}
