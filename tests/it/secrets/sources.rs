//! What the sources never hold: markup that is not escaped, scripts in pages, connections to anywhere.

use std::path::{Path, PathBuf};

fn below(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found
}

/// Charts are drawn by the product from figures; their words are escaped where they are drawn.
const REVIEWED: [&str; 1] = ["drawing|safe"];

#[test]
fn templates_escape_everything_but_the_charts() {
    for (path, text) in below("templates", ".html") {
        let place = path.display();
        let squeezed = text.replace([' ', '\n'], "");
        let mut rest = squeezed.clone();
        for reviewed in REVIEWED {
            rest = rest.replace(reviewed, "");
        }
        assert!(!rest.contains("|safe"), "{place}");
        assert!(!squeezed.contains("autoescape"), "{place}");
        assert!(!text.contains("<script>") && !text.to_lowercase().contains("javascript:"), "{place}");
        let tags = text.split('<').filter_map(|tag| tag.split_once('>').map(|(tag, _)| tag.to_lowercase()));
        for tag in tags {
            let handler = tag.split_whitespace().any(|word| word.starts_with("on") && word.contains('='));
            assert!(!handler, "{place}: <{tag}>");
        }
        if !path.to_string_lossy().contains("/mail/") && !path.to_string_lossy().contains("/papers/") {
            let inline = text.contains(" style=\"") || text.contains("<style");
            let is_page =
                path.to_string_lossy().contains("/pages/") || path.to_string_lossy().contains("/layouts/base");
            assert!(!(inline && is_page), "{place} has inline styles");
        }
    }
}

/// Who opens connections: the mail sender and the databases; the server only accepts. Webhooks come with a list.
#[test]
fn nothing_but_mail_and_databases_connects_anywhere() {
    for (path, text) in below("src", ".rs") {
        let place = path.to_string_lossy().into_owned();
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for word in ["TcpStream::connect", "UdpSocket", "UnixStream::connect", "reqwest", "ureq", "hyper_util::client"]
        {
            let may = place.ends_with("usecase/outside.rs") || place.contains("/sign_in/oidc/");
            assert!(may || !code.contains(word), "{place}: {word}");
        }
        let mails = code.contains("SmtpTransport");
        assert!(!mails || place.contains("/mail/"), "{place}");
    }
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let normal = manifest.split("[dev-dependencies]").next().unwrap();
    for crate_name in ["reqwest", "isahc", "curl", "awc", "surf"] {
        assert!(!normal.contains(&format!("\n{crate_name} =")), "{crate_name}");
    }
}
