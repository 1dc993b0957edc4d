//! Sealing gives known answers, refuses what was changed, and outlives a change of keys.

use pledgefund::domain::personal::{PersonalKind, find, last_four};
use pledgefund::hash::hex;
use pledgefund::sealing::sm4_gcm::Sm4Gcm;
use pledgefund::sealing::{Cipher, Sealer, SealingError, is_token, masked, tokens_in};

use crate::support::product::{Installation, SEALING_KEY, on_both};

const OTHER_KEY: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

fn nonce() -> [u8; 12] {
    std::array::from_fn(|at| u8::try_from(at).unwrap())
}

/// The answers were computed by another implementation (Python cryptography: HKDF, AES-GCM, HMAC).
#[test]
fn sealing_and_marking_give_known_answers() {
    let sealer = Sealer::from_text(SEALING_KEY).unwrap();
    assert_eq!(sealer.key_ids(), ["16f9f5b8eaa850f5"]);
    let sealed = sealer.seal_with(nonce(), "test", "账号 6222".as_bytes());
    assert_eq!(
        hex(&sealed),
        "010116f9f5b8eaa850f5000102030405060708090a0b0c5a6fd239cd5a64220ddebb73a311a4a970de5972f6b4ecd1d865"
    );
    assert_eq!(sealer.unseal("test", &sealed).unwrap(), "账号 6222".as_bytes());
    assert_eq!(sealer.mark("test", "账号 6222"), "b30ab9737560af1ac05cecfc4c59473d65eeaab529bba9fd1c50c54e2cb85f9a");
}

/// RFC 8998, A.1.
#[test]
fn sm4_in_galois_counter_mode_gives_the_answers_of_the_standard() {
    let bytes = |text: &str| pledgefund::hash::unhex(text).unwrap();
    let key = bytes("0123456789abcdeffedcba9876543210").try_into().unwrap();
    let nonce = bytes("00001234567800000000abcd").try_into().unwrap();
    let bound = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let plain: String = ["aa", "bb", "cc", "dd", "ee", "ff", "ee", "aa"].map(|byte| byte.repeat(8)).concat();
    let answer = "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
                  d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
                  83de3541e4c2b58177e065a9bf7b62ec";
    let sealed = Sm4Gcm::new(&key).seal(&nonce, &bound, &bytes(&plain)).unwrap();
    assert_eq!(hex(&sealed), answer);
    assert_eq!(Sm4Gcm::new(&key).open(&nonce, &bound, &sealed).unwrap(), bytes(&plain));
    assert_eq!(Sm4Gcm::new(&key).open(&nonce, &bound[1..], &sealed), None);
}

#[test]
fn another_algorithm_seals_from_now_on_and_what_was_sealed_before_unseals() {
    let [aes, sm4] = [Cipher::Aes, Cipher::Sm4].map(|cipher| Sealer::from_text(SEALING_KEY).unwrap().with(cipher));
    let (before, after) = (aes.seal("p", b"x"), sm4.seal("p", b"x"));
    assert_eq!((&before[..2], &after[..2]), (&[1, 1][..], &[1, 2][..]));
    for sealer in [&aes, &sm4] {
        assert_eq!(sealer.unseal("p", &before).unwrap(), b"x");
        assert_eq!(sealer.unseal("p", &after).unwrap(), b"x");
        assert_eq!(sealer.mark("p", "x"), aes.mark("p", "x"), "a mark is found whatever seals");
    }
    // The name of the algorithm is bound in, and neither key is the other's.
    for (sealed, other) in [(before, 2), (after, 1)] {
        let mut changed = sealed;
        changed[1] = other;
        assert!(matches!(sm4.unseal("p", &changed), Err(SealingError::Broken)));
    }
}

#[test]
fn what_was_changed_or_belongs_elsewhere_does_not_unseal() {
    for cipher in [Cipher::Aes, Cipher::Sm4] {
        changed_and_foreign(&Sealer::from_text(SEALING_KEY).unwrap().with(cipher));
    }
}

fn changed_and_foreign(sealer: &Sealer) {
    let sealed = sealer.seal("one", b"secret");
    assert_ne!(sealed, sealer.seal("one", b"secret"), "no two are alike");
    assert!(matches!(sealer.unseal("two", &sealed), Err(SealingError::Broken)));
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(sealer.unseal("one", &changed).is_err(), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(sealer.unseal("one", &sealed[..length]).is_err(), "{length} bytes");
    }
    for text in ["", "sealed:1:", "sealed:1:zz", "sealed:2:00", "6222", "sealed:1:é"] {
        assert!(sealer.unseal_text("one", text).is_err(), "{text}");
    }
}

#[test]
fn keys_that_do_not_read_are_refused() {
    for text in ["", "00", &"g".repeat(64), &"0".repeat(63), "# only a remark"] {
        assert!(matches!(Sealer::from_text(text), Err(SealingError::Damaged { .. })), "{text}");
    }
}

#[test]
fn a_new_key_in_front_seals_and_the_old_ones_unseal() {
    let old = Sealer::from_text(SEALING_KEY).unwrap();
    let both = Sealer::from_text(&format!("# changed in May\n{OTHER_KEY}\n{SEALING_KEY}\n")).unwrap();
    let new = Sealer::from_text(OTHER_KEY).unwrap();
    let before = old.seal_text("p", "x");
    assert_eq!(both.unseal_text("p", &before).unwrap(), "x");
    let after = both.seal_text("p", "x");
    assert_eq!(new.unseal_text("p", &after).unwrap(), "x");
    match old.unseal_text("p", &after) {
        Err(SealingError::MissingKey { key, .. }) => assert_eq!(vec![key], new.key_ids()),
        other => panic!("{other:?}"),
    }
    assert_eq!(both.marks("p", "x"), [new.mark("p", "x"), old.mark("p", "x")]);
    assert!(!format!("{both:?}").contains(&OTHER_KEY[..8]));
}

#[test]
fn the_first_start_makes_a_key_and_no_later_one_does_on_both() {
    on_both(|installation| {
        let run = |arguments: &[&str]| {
            let mut command = installation.command(arguments);
            command.env_remove("PLEDGEFUND_SEALING__KEYS").output().unwrap()
        };
        assert!(run(&["migrate"]).status.success());
        assert!(run(&["portfolio"]).status.success());
        let path = installation.folder.path().join("keys/sealing.key");
        let key = std::fs::read_to_string(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::remove_file(&path).unwrap();
        let refused = run(&["portfolio"]);
        assert_eq!(refused.status.code(), Some(2), "{}", String::from_utf8_lossy(&refused.stderr));
        assert!(!path.exists(), "a lost key is not replaced");
        std::fs::write(&path, OTHER_KEY).unwrap();
        let refused = run(&["portfolio"]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{told}");
        assert!(told.contains("SEALING") || told.contains("密钥"), "{told}");
        assert!(!told.contains(&OTHER_KEY[..16]), "{told}");
        std::fs::write(&path, format!("{OTHER_KEY}\n{key}")).unwrap();
        assert!(run(&["portfolio"]).status.success());
    });
}

#[test]
fn settings_are_told_without_their_secrets() {
    let installation = Installation::sqlite();
    for json in [&["config", "dump"][..], &["--json", "config", "dump"]] {
        let mut command = installation.command(json);
        let command = command.env("PLEDGEFUND_DATA__DATABASE_URL", "postgres://fund:canary-url-word@db/fund");
        let told = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(told.contains("***") && told.contains("sealing"), "{told}");
        assert!(!told.contains(SEALING_KEY) && !told.contains("canary-url-word"), "{told}");
    }
}

#[test]
fn numbers_of_persons_are_found_whole_and_nothing_else_is() {
    let kinds = |text: &str| find(text).into_iter().map(|(at, kind)| (text[at].to_owned(), kind)).collect::<Vec<_>>();
    let one = |number: &str, kind| vec![(number.to_owned(), kind)];
    assert_eq!(kinds("已致电13912345678核实"), one("13912345678", PersonalKind::Phone));
    assert_eq!(kinds("2026-08-01 13912345678"), one("13912345678", PersonalKind::Phone));
    assert_eq!(kinds("电话 139 1234 5678。"), one("139 1234 5678", PersonalKind::Phone));
    assert_eq!(kinds("+8613912345678"), one("8613912345678", PersonalKind::Phone));
    assert_eq!(kinds("证件11010519491231002X"), one("11010519491231002X", PersonalKind::Identity));
    assert_eq!(kinds("卡号6222021234567890123"), Vec::new(), "the check digit is wrong");
    assert_eq!(kinds("卡 4111 1111 1111 1111"), one("4111 1111 1111 1111", PersonalKind::Card));
    for other in
        ["110105194912310021", "91140600MA0K1234X5", "SGH13912345678", "139123456789", "2026-07-01", "付2027-0042"]
    {
        assert_eq!(kinds(other), Vec::new(), "{other}");
    }
    assert_eq!((last_four("6222 0212 3456"), last_four("1234567")), ("3456".to_owned(), String::new()));
}

#[test]
fn a_sealed_number_shows_its_end_and_nothing_more() {
    let sealer = Sealer::from_text(SEALING_KEY).unwrap();
    let token = sealer.seal_token("personal", "140200010000007788", "7788");
    assert!(is_token(&token) && !is_token(&format!("x{token}")));
    let text = format!("某行 {token}，{}", sealer.seal_token("personal", "1234567", ""));
    assert_eq!(tokens_in(&text), 2);
    assert_eq!(masked(&text), "某行 ****7788，****");
    assert_eq!(sealer.revealed("personal", &text).unwrap(), "某行 140200010000007788，1234567");
    for text in ["sealed:1:", "sealed:1:ab", "sealed:1:é", "plain", "sealed:1:00:é"] {
        assert!(!masked(text).contains("sealed:1:"), "{text}");
    }
}
