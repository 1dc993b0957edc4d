//! When two written names are one person's.

use pledgefund::domain::person::PersonName;

#[test]
fn spaces_width_case_and_invisible_characters_do_not_make_another_person() {
    let person = PersonName::read(" 张三 ").unwrap();
    assert_eq!(person.as_str(), "张三");
    for same in ["张三", "张　三", "张 三", "张\u{200b}三", "\u{202e}张三"] {
        assert!(person.is(same), "{same}");
    }
    assert!(!person.is("张四") && !person.is("张三丰"));
    assert!(PersonName::read("Zhang San").unwrap().is("ＺＨＡＮＧＳＡＮ"));
}

#[test]
fn a_text_that_names_nobody_is_no_name() {
    for text in ["", " ", "\u{200b}\u{feff}", "张\n三", "a\u{0}b", &"长".repeat(65)] {
        assert!(PersonName::read(text).is_none(), "{text:?}");
    }
    assert!(PersonName::read(&"长".repeat(64)).is_some());
}
