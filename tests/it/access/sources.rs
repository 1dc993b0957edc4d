//! S10 and S14: what the sources may not do, whoever writes them.

use std::path::{Path, PathBuf};

fn sources() -> Vec<(PathBuf, String)> {
    let (mut found, mut open) = (Vec::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 100);
    found
}

/// Lines that compare a secret by a way that takes as long as the equal part is.
fn compares_secrets(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let secret = ["secret", "token", "hash_of(", "secret_hash"].iter().any(|word| code.contains(word));
    let harmless =
        ["token_id", "is_empty()", ".len() ==", "token ==\"", "tokens"].iter().any(|word| code.contains(word));
    secret && !harmless && (code.contains(" == ") || code.contains(" != "))
}

#[test]
fn secrets_are_compared_in_constant_time() {
    assert!(compares_secrets("if row.secret_hash == hash_of(secret) {"));
    let places = ["usecase/machines.rs", "http/api/gate.rs", "http/api/mod.rs", "storage/find/machines.rs"];
    for (path, text) in sources() {
        if places.iter().any(|place| path.ends_with(place)) {
            let bad: Vec<&str> = text.lines().filter(|line| compares_secrets(line)).collect();
            assert!(bad.is_empty(), "{}: {bad:?}", path.display());
        }
    }
    let (_, machines) = sources().into_iter().find(|(path, _)| path.ends_with("usecase/machines.rs")).unwrap();
    assert!(machines.contains(".ct_eq("));
}

#[test]
fn no_command_of_the_database_is_put_together_from_texts() {
    let mut raw = Vec::new();
    for (path, text) in sources() {
        for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if line.contains("sql_query(") || line.contains("sql::<") || line.contains("batch_execute(") {
                raw.push((path.display().to_string(), nth + 1, line.trim().to_owned()));
            }
        }
    }
    let built: Vec<_> = raw.iter().filter(|(.., line)| line.contains("format!") || line.contains('+')).collect();
    println!("{} raw commands, {} put together", raw.len(), built.len());
    assert!(built.len() <= 10, "{built:#?}");
}

#[test]
fn routes_are_made_in_the_registry_only() {
    for (path, text) in sources() {
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let makes = code.contains(".route(") || code.contains(".nest(") || code.contains(".route_service(");
        assert!(!makes || path.ends_with("http/registry.rs"), "{}", path.display());
    }
}
