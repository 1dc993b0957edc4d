//! What a password must be, and how it is hashed.

use pledgefund::config::Config;
use pledgefund::domain::sign_in::password::{PasswordFault as Fault, Policy};
use pledgefund::usecase::sign_in::hashing::Hasher;
use pledgefund::usecase::sign_in::known_words;

fn check(policy: Policy, password: &str) -> Result<(), Fault> {
    policy.check(password, "王丽 Wang-Li", &known_words::is_known)
}

#[test]
fn two_hundred_passwords_are_told_apart() {
    assert!(known_words::count() >= 10_000, "{}", known_words::count());
    // A hundred that people take: known words with what they put around them.
    let words = ["shuozhou", "password", "pledgefund", "zhishichanquan", "jinshangyinhang"];
    let around = ["2026!2026!", "@123456789", "#20261231#", "_888888888", "!!1234567890"];
    let mut bad = 0;
    for word in words {
        let capital: String = word[..1].to_uppercase() + &word[1..];
        for end in around {
            for password in [
                format!("{capital}{end}"),
                format!("{end}{capital}"),
                format!("{capital}{end}{}", &end[1..3]),
                format!("{}{end}", capital.replace('a', "@").replace('s', "$")),
            ] {
                assert!(check(Policy::Dengbao, &password).is_err(), "{password}");
                bad += 1;
            }
        }
    }
    // A hundred that are not known: four words nobody puts together, a sign, a digit.
    let (one, two) = (["Lantern", "Harbor", "Quartz", "Willow", "Saddle"], ["moss", "tide", "crane", "ember"]);
    let mut good = 0;
    for first in one {
        for second in two {
            for number in 2..7 {
                let password = format!("{first}-{second}{number}:{}", second.chars().rev().collect::<String>());
                assert_eq!(check(Policy::Dengbao, &password), Ok(()), "{password}");
                assert_eq!(check(Policy::Nist, &password), Ok(()), "{password}");
                good += 1;
            }
        }
    }
    assert_eq!((bad, good), (100, 100));
}

#[test]
fn each_rule_says_what_it_misses() {
    for (password, dengbao, nist) in [
        ("Short-1-pass", Ok(()), Ok(())),
        ("Short-1-pas", Err(Fault::TooShort), Err(Fault::TooShort)),
        ("一二三四五六七八九十甲Aa1", Ok(()), Ok(())),
        ("lantern harbor moss", Err(Fault::FewClasses), Ok(())),
        ("aaaaaaaaaaaaa", Err(Fault::FewClasses), Err(Fault::Monotonous)),
        ("A1!aA1!aA1!aA1!a", Err(Fault::Monotonous), Err(Fault::Monotonous)),
        ("Tide-WangLi-7-moss", Err(Fault::HoldsName), Err(Fault::HoldsName)),
        ("Tide-7-moss-王丽wangli", Err(Fault::HoldsName), Err(Fault::HoldsName)),
        ("Administrator!2026", Err(Fault::Known), Err(Fault::Known)),
    ] {
        let told = |policy: Policy| match password.contains("WangLi") {
            // The name as a whole counts, in whatever case.
            true => policy.check(password, "Wang Li", &known_words::is_known),
            false => policy.check(password, "王丽wangli", &known_words::is_known),
        };
        assert_eq!(told(Policy::Dengbao), dengbao, "{password}");
        assert_eq!(told(Policy::Nist), nist, "{password}");
    }
    let longest = format!("Aa1-{}", "键盘".repeat(62));
    assert_eq!(longest.chars().count(), 128);
    assert_eq!(check(Policy::Nist, &longest), Ok(()));
    assert_eq!(check(Policy::Nist, &format!("{longest}x")), Err(Fault::TooLong));
}

#[test]
fn a_password_is_never_cut_and_a_hash_says_how_it_was_made() {
    let mut settings = Config::load(None).unwrap().sign_in;
    assert!(settings.memory_kib >= 46 * 1024, "the default is the production cost");
    settings.memory_kib = 64;
    let hasher = Hasher::new(&settings).unwrap();
    let longest = "键盘".repeat(64);
    let hash = hasher.hash(&longest).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
    assert_ne!(hash, hasher.hash(&longest).unwrap(), "every hash has a salt of its own");
    assert!(hasher.verify(&longest, Some(&hash)).unwrap());
    let cut: String = longest.chars().take(127).collect();
    assert!(!hasher.verify(&cut, Some(&hash)).unwrap());
    assert!(!hasher.verify(&longest, None).unwrap());
    assert!(!hasher.verify("", None).unwrap());
}
