//! Holds the architecture: who may use whom, how long files and functions are, what is never written.

use std::path::{Path, PathBuf};

fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder}");
    found
}

/// Source without comment lines.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether a name stands in the text by itself, not as the end of a longer one.
fn names(code: &str, word: &str) -> bool {
    let longer = |at: usize| code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    code.match_indices(word).any(|(at, _)| !longer(at))
}

#[track_caller]
fn check_never(folder: &str, words: &[&str]) {
    for path in files_below(folder) {
        let code = code(&path);
        for word in words {
            assert!(!names(&code, word), "{}: `{word}` does not belong there", path.display());
        }
    }
}

#[test]
fn the_domain_is_pure() {
    check_never(
        "src/domain",
        &[
            "diesel",
            "axum",
            "tokio",
            "lettre",
            "serde",
            "tracing",
            "rand::",
            "Utc::now",
            "Local::now",
            "std::fs",
            "std::env",
            "crate::storage",
            "crate::http",
            "crate::jobs",
            "crate::mail",
            "crate::usecase",
            "crate::import",
            "crate::reports",
            "f32",
            "f64",
        ],
    );
}

#[test]
fn each_library_is_named_in_one_place_only() {
    for (word, home) in [
        ("lettre::", "src/mail"),
        ("axum::", "src/http"),
        ("tokio_cron_scheduler", "src/jobs"),
        ("minijinja::Environment", "src/render.rs"),
        ("calamine::", "src/import"),
    ] {
        for path in files_below("src") {
            let shown = path.display().to_string();
            if !shown.contains(home) {
                assert!(!code(&path).contains(word), "{shown}: `{word}` belongs to {home}");
            }
        }
    }
    for path in files_below("src") {
        let shown = path.display().to_string();
        let reads = code(&path).contains("diesel::");
        assert!(!reads || shown.contains("src/storage"), "{shown}: diesel belongs to src/storage");
    }
}

/// What pages sum up is kept until a bank's mark moves, and the mark moves where these rows are changed.
#[test]
fn rows_that_books_are_summed_from_are_changed_in_one_place_only() {
    let mut found = Vec::new();
    for path in files_below("src") {
        let text: String = code(&path).split_whitespace().collect();
        for table in ["loans", "loan_months"] {
            for change in ["insert_into(", "insert_rows!(", "delete(", "update("] {
                if text.contains(&format!("{change}{table}::table")) {
                    found.push(path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&path).display().to_string());
                }
            }
        }
    }
    found.sort();
    found.dedup();
    // The other one fills a copy that is thrown away.
    assert_eq!(found, ["src/storage/copy.rs", "src/storage/find/book_rows.rs"]);
}

#[test]
fn layers_look_downwards_only() {
    check_never("src/storage", &["crate::usecase", "crate::http", "crate::jobs", "crate::reports", "crate::cli"]);
    check_never("src/import", &["crate::storage", "crate::usecase", "crate::http", "crate::jobs", "crate::export"]);
    check_never("src/export", &["crate::storage", "crate::usecase", "crate::http", "crate::jobs", "crate::cli"]);
    check_never("src/reports", &["crate::storage", "crate::usecase", "crate::http", "crate::jobs"]);
    check_never("src/http", &["crate::storage", "crate::usecase", "crate::jobs", "crate::cli"]);
    check_never("src/usecase", &["axum", "lettre::", "crate::http", "crate::cli"]);
}

#[test]
fn files_stay_short() {
    for path in files_below("src") {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        let generated = path.ends_with("storage/schema.rs");
        assert!(lines <= 500 || generated, "{}: {lines} lines", path.display());
    }
    for path in files_below("tests") {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 800, "{}: {lines} lines", path.display());
    }
}

#[test]
fn every_module_says_what_it_owns() {
    for path in files_below("src") {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{}: no opening words", path.display());
    }
}

#[test]
fn expected_answers_are_out_of_the_products_reach() {
    for folder in ["src", "demo", "mappings", "templates"] {
        let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                assert!(!path.to_string_lossy().contains("expected"), "{}", path.display());
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                assert!(!text.contains("expected.json") && !text.contains("expected-payouts"), "{}", path.display());
            }
        }
    }
}
