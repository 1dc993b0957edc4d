//! The description: complete, and held by a snapshot.

use std::collections::BTreeSet;
use std::path::Path;

use pledgefund::http::registry;
use pledgefund::i18n::{self, Lang};
use pledgefund::views::api::openapi::document;

#[test]
fn the_description_is_the_one_that_was_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/api/openapi.json");
    let now = serde_json::to_string_pretty(&document(Lang::En)).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "the interface differs from its description: UPDATE_OPENAPI=1 writes it anew");
}

#[test]
fn every_route_of_the_interface_is_described() {
    let told = document(Lang::En);
    let described: BTreeSet<(String, String)> = told["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, verbs)| verbs.as_object().unwrap().keys().map(|verb| (verb.to_uppercase(), path.clone())))
        .collect();
    let papers = ["/api/v1/openapi.json", "/api/v1/docs"];
    let routes: BTreeSet<(String, String)> = registry::routes()
        .into_iter()
        .filter(|route| route.path.starts_with("/api/") && !papers.contains(&route.path))
        .map(|route| (route.verb.code().to_owned(), route.path.to_owned()))
        .collect();
    assert_eq!(described, routes);
    assert!(routes.len() >= 45, "{}", routes.len());
}

#[test]
fn every_operation_and_every_problem_has_words() {
    for lang in Lang::ALL {
        let told = document(lang).to_string();
        assert!(!told.contains("api.operation."), "an operation without words in {}", lang.code());
    }
    let keys = i18n::texts(Lang::En);
    for source in ["src/http/api", "src/resources"] {
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(source)).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for part in text.split("Problem::of(").skip(1).chain(text.split("Problem::with(").skip(1)) {
                let Some(code) = part.split(')').next().and_then(|inner| inner.split('"').nth(1)) else { continue };
                assert!(keys.contains_key(&format!("api.{code}")), "{code} has no words");
            }
        }
    }
}
