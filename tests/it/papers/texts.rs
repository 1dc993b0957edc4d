//! Every word a form can need is in the catalogue.

use pledgefund::domain::claim::ClaimAct;
use pledgefund::domain::claim::act::{DeficiencyCode, Destination, InspectionKind, Opinion, RecoveryKind};
use pledgefund::domain::detail::Act;
use pledgefund::domain::fund_life::Channel;
use pledgefund::domain::names::{DocumentKind, FundSource};
use pledgefund::domain::people::Role;
use pledgefund::i18n::{self, Lang};

#[test]
fn every_word_of_a_closed_list_has_a_text() {
    let acts: Vec<&str> = ClaimAct::vocabulary().into_iter().map(|(word, _)| word).collect();
    assert!(acts.len() > 25);
    let lists: [(&str, Vec<&str>); 9] = [
        ("act", acts),
        ("role", Role::ALL.iter().map(|m| m.code()).collect()),
        ("deficiency", DeficiencyCode::ALL.iter().map(|m| m.code()).collect()),
        ("opinion", Opinion::ALL.iter().map(|m| m.code()).collect()),
        ("inspection", InspectionKind::ALL.iter().map(|m| m.code()).collect()),
        ("recovery_kind", RecoveryKind::ALL.iter().map(|m| m.code()).collect()),
        ("destination", Destination::ALL.iter().map(|m| m.code()).collect()),
        ("source", FundSource::ALL.iter().map(|m| m.code()).collect()),
        ("channel", Channel::ALL.iter().map(|m| m.code()).collect()),
    ];
    let documents = DocumentKind::ALL.iter().map(|kind| kind.rulebook_word()).collect();
    for (list, codes) in lists.into_iter().chain([("document", documents)]) {
        for code in codes {
            let key = format!("forms.{list}.{code}");
            assert!(i18n::texts(Lang::Zh).contains_key(&key), "{key}");
        }
    }
}

/// Keys that the sources of the forms name, as `("key"`: every one of them must be a text of its area.
#[test]
fn every_text_the_forms_name_exists() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reports/forms");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for (call, area) in [
            (".field(\"", "field."),
            (".day(\"", "field."),
            (".amount(\"", "field."),
            (".figure(\"", "field."),
            (".share(\"", "field."),
            (".heading(\"", ""),
            (".text(\"", ""),
            (".blank(\"", ""),
            ("say(lang, \"", ""),
            (".say(\"", ""),
        ] {
            for (at, _) in text.match_indices(call) {
                let Some((key, _)) = text[at + call.len()..].split_once('"') else { continue };
                seen += 1;
                let key = format!("forms.{area}{key}");
                assert!(i18n::texts(Lang::Zh).contains_key(&key), "{}: {key}", path.display());
            }
        }
        for (at, _) in text.match_indices(".signs(&[") {
            let list = text[at + 9..].split_once(']').unwrap().0;
            for key in list.split(',').map(|key| key.trim().trim_matches('"')).filter(|key| !key.is_empty()) {
                assert!(i18n::texts(Lang::Zh).contains_key(&format!("forms.sign.{key}")), "{key}");
            }
        }
    }
    assert!(seen > 100, "only {seen} texts were found");
}
