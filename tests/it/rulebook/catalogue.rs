//! Everything that is told to a reader has a text in both languages.

use pledgefund::domain::names::{IpKind, SizeClass, Tier};
use pledgefund::domain::payout::outcome::{ReasonCode, StepKind};
use pledgefund::domain::rulebook::fact::Fact;
use pledgefund::domain::rulebook::vocabulary::{Basis, CapKind, PartyKind, PledgeMode, Route};
use pledgefund::i18n::{self, Lang};
use pledgefund::rulebook::FaultCode;

fn keys() -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut add = |area: &str, codes: Vec<&'static str>| {
        keys.extend(codes.into_iter().map(|code| format!("{area}.{code}")));
    };
    add("rulebook.fault", FaultCode::ALL.iter().map(|code| code.code()).collect());
    add("payout.reason", ReasonCode::ALL.iter().map(|code| code.code()).collect());
    add("payout.step", StepKind::ALL.iter().map(|kind| kind.code()).collect());
    add("payout.fact", Fact::ALL.iter().map(|fact| fact.code()).collect());
    add("payout.basis", Basis::ALL.iter().filter(|b| **b != Basis::Text).map(|basis| basis.code()).collect());
    add("payout.word", CapKind::ALL.iter().map(|kind| kind.code()).collect());
    add("payout.word", PartyKind::ALL.iter().map(|kind| kind.code()).collect());
    add("payout.word", Route::ALL.iter().map(|route| route.code()).collect());
    add("payout.word", PledgeMode::ALL.iter().map(|mode| mode.code()).collect());
    add("payout.word", SizeClass::ALL.iter().map(|size| size.code()).collect());
    add("payout.word", Tier::ALL.iter().map(|tier| tier.code()).collect());
    add("payout.word", IpKind::ALL.iter().map(|kind| kind.code()).collect());
    keys
}

#[test]
fn every_word_of_the_closed_lists_has_a_text_in_both_languages() {
    for lang in Lang::ALL {
        let texts = i18n::texts(lang);
        let missing: Vec<String> = keys().into_iter().filter(|key| !texts.contains_key(key)).collect();
        assert_eq!(missing, Vec::<String>::new(), "{lang:?}");
    }
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_places() {
    let (zh, en) = (i18n::texts(Lang::Zh), i18n::texts(Lang::En));
    for key in zh.keys().chain(en.keys()).filter(|key| key.starts_with("payout.") || key.starts_with("rulebook.")) {
        let places = |texts: &i18n::Texts| texts.get(key).map(|text| i18n::places_of(text));
        assert_eq!(places(zh), places(en), "{key}");
    }
}
