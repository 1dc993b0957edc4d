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

/// Names of secrets, wherever they stand.
const SECRET: [&str; 8] = ["token", "secret", "password", "guard", "signature", "mac", "cookie", "otp"];
/// Names that mean a secret where people and machines are let in.
const SECRET_AT_THE_DOOR: [&str; 5] = ["code", "hash", "digest", "tag", "typed"];
/// Where they are.
const DOOR: [&str; 14] = [
    "usecase/sign_in",
    "domain/sign_in",
    "src/http/",
    "screens/door",
    "usecase/machines",
    "usecase/webhooks",
    "usecase/outside",
    "src/signing",
    "src/sealing",
    "find/accounts",
    "find/sessions",
    "find/machines",
    "find/webhooks",
    "usecase/personal",
];
/// Read one by one: what is compared there is no secret, or nobody outside can ask for the comparison.
const REVIEWED: [(&str, &str, &str); 4] = [
    ("usecase/webhooks/send.rs", "row.secret != newest.secret", "two sealed texts of the books, none given by anybody"),
    ("usecase/webhooks/send.rs", "row.secret == newest.secret", "two sealed texts of the books, none given by anybody"),
    ("usecase/webhooks/endpoints.rs", "partner.code == *bank", "the code of a bank"),
    ("usecase/sign_in/sessions.rs", "before.stage == stage.code()", "the word of a stage"),
];

/// The name an operand ends in, without the calls that only show it in another form.
fn name_of(operand: &str) -> &str {
    let mut operand = operand.trim();
    for wrap in ["Some(", "Ok("] {
        operand = operand.strip_prefix(wrap).and_then(|rest| rest.strip_suffix(')')).unwrap_or(operand);
    }
    let shown = [".as_bytes()", ".as_str()", ".as_ref()", ".as_deref()", ".trim()", ".clone()", ".unwrap_or_default()"];
    while let Some(shorter) = shown.iter().find_map(|call| operand.strip_suffix(call)) {
        operand = shorter;
    }
    if let Some(open) = operand.rfind('(').filter(|_| operand.ends_with(')')) {
        let inside = operand[open + 1..].trim_end_matches(')').trim_matches('"');
        return if inside.is_empty() { name_of(&operand[..open]) } else { inside };
    }
    operand.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()
}

/// Whether a character belongs to an operand.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || "_.()&*:\"?".contains(c)
}

/// The operand a text ends with: back to what is no part of one, or to a bracket that is not closed in it.
fn left_of(text: &str) -> &str {
    let mut open = 0;
    let cut = text.char_indices().rev().find(|(_, c)| {
        open += i32::from(*c == ')') - i32::from(*c == '(');
        open < 0 || !belongs(*c)
    });
    cut.map_or(text, |(at, c)| &text[at + c.len_utf8()..])
}

/// The operand a text begins with.
fn right_of(text: &str) -> &str {
    let mut open = 0;
    let cut = text.char_indices().find(|(_, c)| {
        open += i32::from(*c == '(') - i32::from(*c == ')');
        open < 0 || !belongs(*c)
    });
    cut.map_or(text, |(at, _)| &text[..at])
}

/// Comparisons of a line whose time tells how much of a secret is right.
fn compares_secrets(line: &str, at_the_door: bool) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let ends_in =
        |name: &str, word: &str| name == word || name.strip_suffix(word).is_some_and(|rest| rest.ends_with('_'));
    let is_secret = |name: &str| {
        SECRET.iter().any(|word| ends_in(name, word))
            || at_the_door && SECRET_AT_THE_DOOR.iter().any(|word| ends_in(name, word))
    };
    let is_word = |operand: &str| operand.starts_with('"') || operand.starts_with(|c: char| c.is_ascii_digit());
    [" == ", " != "].iter().flat_map(|sign| code.match_indices(sign)).any(|(at, sign)| {
        let (left, right) = (&code[..at], &code[at + sign.len()..]);
        let (left, right) = (left_of(left), right_of(right));
        !is_word(left) && !is_word(right) && (is_secret(name_of(left)) || is_secret(name_of(right)))
    })
}

#[test]
fn secrets_are_compared_in_constant_time() {
    for (line, at_the_door) in [
        ("if row.secret_hash == hash_of(secret) {", true),
        ("if known.token != given {", false),
        ("(token == ticket().token)", false),
        ("hash.as_bytes() == row.code_hash.as_bytes()", true),
        ("Some(secret) == kept", false),
        ("kept == Some(secret.as_str())", false),
        ("all.iter().find(|one| one.kept == secret).map(|one| one.id)", false),
    ] {
        assert!(compares_secrets(line, at_the_door), "{line}");
    }
    for line in ["row.token_id == id", "partner.code == bank", "secret.len() == 64", "kind == \"token\"", "a == b"] {
        assert!(!compares_secrets(line, false), "{line}");
    }
    let (mut bad, mut used) = (Vec::new(), Vec::new());
    for (path, text) in sources() {
        let shown = path.to_string_lossy().into_owned();
        let at_the_door = DOOR.iter().any(|place| shown.contains(place));
        for line in text.lines().filter(|line| compares_secrets(line, at_the_door)) {
            match REVIEWED.iter().find(|(place, part, _)| shown.ends_with(place) && line.contains(part)) {
                Some(reviewed) => used.push(reviewed),
                None => bad.push(format!("{shown}: {}", line.trim())),
            }
        }
    }
    assert!(bad.is_empty(), "compare with hash::same_secret: {bad:#?}");
    let stale: Vec<_> = REVIEWED.iter().filter(|reviewed| !used.contains(reviewed)).collect();
    assert!(stale.is_empty(), "no longer there: {stale:?}");
    // Where a secret is let in, it is compared by the one way.
    for (place, way) in [
        ("usecase/machines.rs", "same_secret("),
        ("http/visit.rs", "same_secret("),
        ("usecase/sign_in/mod.rs", ".ct_eq("),
        ("domain/sign_in/totp.rs", "ct_eq("),
    ] {
        let found = sources().into_iter().find(|(path, _)| path.ends_with(place));
        assert!(found.is_some_and(|(_, text)| text.contains(way)), "{place}: {way}");
    }
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
