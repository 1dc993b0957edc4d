//! Signing in by a provider: the way there and back, and everything that is no such way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pledgefund::app::App;
use pledgefund::config::{Config, OidcConfig};
use pledgefund::domain::people::Role;
use pledgefund::domain::sign_in::id_token::{Claims, Expected, TokenFault, check};
use pledgefund::domain::sign_in::session::Stage;
use pledgefund::domain::sign_in::totp;
use pledgefund::hash::sha256;
use pledgefund::storage::find::events;
use pledgefund::usecase::sign_in::oidc::token::{keys, read};
use pledgefund::usecase::sign_in::oidc::{self, Answer, Away, Returned};
use pledgefund::usecase::sign_in::{self, Refusal, SignInError, accounts};
use serde_json::{Value, json};

use super::pages::{Browser, goes_to};
use super::provider::{Provider, Signer, hmac_signed, message, pairs, text};
use super::{guest, pass, quick};
use crate::support::desk::{self, CLERK, Ticket, now_code, person, visitor};
use crate::support::product::{Installation, on_both};
use crate::support::serving::Serving;

const SECRET: &str = "s3cret:of the client";
const BACK: &str = "http://127.0.0.1/sign-in/oidc/back";
/// A key and a token that another program made; valid around 12:00 on 2026-07-01 in Beijing.
const RSA_N: &str = "58UysiLUjwij2Dvmx-OipYj_iaPDUX21AGD9WUe5obt6ifpdWKlu16GLe1c3KJ1dNrUPxeOa_E-MaXrCuXTxZEI_Yhg2W_Ln\
     Nr8mOpW7O8NbVByu10QXxuxj3E-5NmmI3urSlP5yRuwjvJjQsEW56vAZZf8SrvgBKVIRSFIsGhy70ntSqdSf_ReA1jD8nnqL\
     M9WYihJQ2KTHYE-IDE7ilf_GPeqYBzlEgOoxH4pm-pv8h3m0HVi2hScwVtXrSO6chpHdZEdNjFBFl49QG6vvMPP9scEkP4b2\
     dtTTB1ujbs5Z6_kAvWFzY5AEgD8khuupz-V9xdcTbpt8jXOTYhPLDQ";
const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYS0xIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJwbGVkZ2Vm\
     dW5kIiwiZXhwIjoxNzgyODc4NzAwLCJpYXQiOjE3ODI4Nzg0MDAsIm5vbmNlIjoibi0xIiwicHJlZmVycmVkX3VzZXJuYW1l\
     Ijoi546L5Li9In0.qt3OXMOVlALtoG7u47lL6MK_-qOE_FT1rZmGHnGnCGMcXAmpi0EXshwYUa9MBtBXiA3JTvjzvZW2FDyG\
     5G29XINZ71QHx8fzV7cyUelBPscspMJphteL_Uaxzuhq-hA292cdtD8Fl7P9vIC_Y2ZyLBCWmervrwb3GjLn2w8OuWxgxuih\
     wYUcbjcoZmFJ91Dxkf8WaKl_csFKFu_TQWD8zulggLC4cXihUgFnRjlRHv0lD1F0978EbL7O3vOQIDS3tWrIDEuFScd9knMc\
     tg-KrD01cH9HmIxqa3LmFX_LL-mZWM24rfT6dd66ksH1_9E8T78dGST0SuytrcpceR4DLA";

/// Settings for a provider of this machine.
fn settings(installation: &Installation, provider: &Provider) -> OidcConfig {
    let file = installation.folder.path().join("client_secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    OidcConfig {
        issuer: provider.issuer.clone(),
        client_id: "pledge fund".to_owned(),
        client_secret_file: file,
        redirect_uri: BACK.to_owned(),
        plain_http: true,
        private_addresses: true,
        ..Config::load(None).unwrap().sign_in.oidc
    }
}

/// A product with one person, and a provider that knows that person.
struct Scene {
    app: App,
    provider: Provider,
    ticket: Ticket,
}

/// What the provider gives for a code, to be spoilt.
#[derive(Clone)]
struct Given {
    head: Value,
    claims: Value,
}

impl Scene {
    fn new(installation: &Installation) -> Scene {
        let mut app = quick(installation);
        let provider = Provider::start();
        app.config.sign_in.oidc = settings(installation, &provider);
        let ticket = person(&app, CLERK, "fund", Role::FundAdministrator);
        Scene { app, provider, ticket }
    }

    fn away(&self) -> Away {
        oidc::away(&self.app, "/loans?bank=SGH", &visitor()).unwrap()
    }

    fn now(&self) -> i64 {
        self.app.wall.now().and_utc().timestamp()
    }

    fn given(&self, away: &Away) -> Given {
        Given {
            head: json!({ "alg": "ES256", "kid": self.provider.signer.id }),
            claims: json!({
                "iss": self.provider.issuer,
                "aud": "pledge fund",
                "exp": self.now() + 300,
                "iat": self.now(),
                "nonce": pairs(query(away))["nonce"],
                "sub": "u-1",
                "preferred_username": CLERK,
            }),
        }
    }

    /// The provider has this token for the next code.
    fn has(&self, token: &str) {
        self.provider.says("/token", &json!({ "access_token": "a", "token_type": "Bearer", "id_token": token }));
    }

    fn back(&self, away: &Away) -> Result<Returned, SignInError> {
        oidc::back(&self.app, &answer(away), &visitor())
    }

    /// From the button to a session, with a token as it should be.
    #[track_caller]
    fn signs_in(&self, what: &str) -> Returned {
        let away = self.away();
        let Given { head, claims } = self.given(&away);
        self.has(&self.provider.signer.sign(&head, &claims));
        self.back(&away).unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Time in which a provider is asked anew and an address waits no more.
    fn pause(&self) {
        pass(&self.app, 601);
    }
}

fn query(away: &Away) -> &str {
    away.address.split_once('?').unwrap().1
}

fn answer(away: &Away) -> Answer {
    Answer {
        state: pairs(query(away))["state"].clone(),
        code: "code-1".to_owned(),
        cookie: Some(away.cookie.clone()),
        ..Answer::default()
    }
}

#[track_caller]
fn refused<T>(what: &str, came: Result<T, SignInError>) {
    let is_refused = matches!(came, Err(SignInError::Refused(Refusal::Provider)));
    assert!(is_refused, "{what}: {:?}", came.err().map(|error| error.to_string()));
}

#[test]
fn whom_the_provider_knows_is_asked_for_the_code_and_comes_in() {
    on_both(|installation| {
        let scene = Scene::new(installation);
        let app = &scene.app;
        let away = scene.away();
        let asked = pairs(query(&away));
        assert!(away.address.starts_with(&format!("{}/authorize?realm=gov&response_type=code", scene.provider.issuer)));
        assert_eq!((asked["redirect_uri"].as_str(), asked["client_id"].as_str()), (BACK, "pledge fund"));
        assert_eq!((asked["state"].len(), asked["nonce"].len()), (64, 64), "256 bits each");
        assert_ne!(asked["state"], asked["nonce"]);
        assert_eq!(asked["code_challenge_method"], "S256");
        let Given { head, claims } = scene.given(&away);
        scene.has(&scene.provider.signer.sign(&head, &claims));
        scene.provider.take();
        let returned = scene.back(&away).unwrap();
        assert_eq!((returned.entered.stage, returned.next.as_str()), (Stage::Code, "/loans?bank=SGH"));
        let got = scene.provider.take();
        let form = pairs(&got[0].body);
        assert_eq!((form["code"].as_str(), form["redirect_uri"].as_str()), ("code-1", BACK));
        assert_eq!(text(&sha256(form["code_verifier"].as_bytes())), asked["code_challenge"], "PKCE");
        let basic = STANDARD.encode("pledge%20fund:s3cret%3Aof%20the%20client");
        assert!(got[0].head.to_lowercase().contains(&format!("authorization: basic {}", basic.to_lowercase())));
        assert!(!got[0].body.contains("cret"));
        let known = guest(app, &returned.entered.token).unwrap();
        assert!(known.offices.is_empty(), "nothing is open before the code");
        assert!(guest(app, &scene.ticket.token).is_some(), "half-way in ends no other session");
        pass(app, 31);
        let full = sign_in::code(app, &known, &now_code(app, &scene.ticket.secret), &visitor()).unwrap();
        assert_eq!(full.stage, Stage::Full);
        assert!(guest(app, &scene.ticket.token).is_none(), "one session a person");
        assert_eq!(guest(app, &full.token).unwrap().offices.len(), 1);
        // Beginning and coming back cost an address nothing.
        for round in 0..60 {
            scene.signs_in(&format!("round {round}"));
        }
    });
}

#[test]
fn the_code_is_left_out_only_where_the_provider_is_trusted_with_it() {
    on_both(|installation| {
        let mut scene = Scene::new(installation);
        let with = |scene: &Scene, name: &str, value: Value| {
            let away = scene.away();
            let Given { head, mut claims } = scene.given(&away);
            claims[name] = value;
            scene.has(&scene.provider.signer.sign(&head, &claims));
            scene.back(&away).unwrap().entered
        };
        assert_eq!(with(&scene, "amr", json!(["pwd", "otp"])).stage, Stage::Code, "trusted with nothing");
        scene.app.config.sign_in.oidc.trusted_amr = vec!["otp".to_owned(), "loa3".to_owned()];
        assert_eq!(with(&scene, "amr", json!(["pwd"])).stage, Stage::Code);
        assert_eq!(with(&scene, "acr", json!("loa2")).stage, Stage::Code);
        assert_eq!(with(&scene, "acr", json!("loa3")).stage, Stage::Full);
        let entered = with(&scene, "amr", json!(["pwd", "otp"]));
        assert_eq!(entered.stage, Stage::Full);
        assert!(guest(&scene.app, &scene.ticket.token).is_none(), "one session a person");
        let known = guest(&scene.app, &entered.token).unwrap();
        assert!(!known.is_stepped_up, "weighty acts still ask for password and code");
        scene.app.config.sign_in.oidc.trusted_amr.clear();
        scene.app.config.sign_in.oidc.require_second_factor = false;
        assert_eq!(scene.signs_in("no second factor").entered.stage, Stage::Full);
        // Another password takes the own code, whoever is trusted.
        accounts::reset(&scene.app, CLERK, accounts::CONSOLE, false).unwrap();
        assert_eq!(scene.signs_in("password voided").entered.stage, Stage::Code);
        // Whoever has no authenticator yet sets one up, whatever the provider says.
        accounts::reset(&scene.app, CLERK, accounts::CONSOLE, true).unwrap();
        assert_eq!(scene.signs_in("first time").entered.stage, Stage::Password);
    });
}

type Spoil = fn(&Scene, &mut Given);
type Forge<'a> = &'a dyn Fn(&Given) -> String;

#[test]
fn a_token_that_is_wrong_in_one_thing_is_refused() {
    on_both(|installation| {
        let scene = Scene::new(installation);
        let spoilt: [(&str, Spoil); 20] = [
            ("nonce of another", |_, given| given.claims["nonce"] = json!("0".repeat(64))),
            ("no nonce", |_, given| given.claims["nonce"] = Value::Null),
            ("issuer", |_, given| given.claims["iss"] = json!("https://id.example")),
            ("issuer with a slash", |scene, given| given.claims["iss"] = json!(format!("{}/", scene.provider.issuer))),
            ("audience", |_, given| given.claims["aud"] = json!("another")),
            ("no audience", |_, given| given.claims["aud"] = json!([])),
            ("audiences, no party", |_, given| given.claims["aud"] = json!(["pledge fund", "another"])),
            ("party", |_, given| given.claims["azp"] = json!("another")),
            ("expired", |scene, given| given.claims["exp"] = json!(scene.now() - 60)),
            ("no expiry", |_, given| given.claims["exp"] = Value::Null),
            ("issued in the future", |scene, given| given.claims["iat"] = json!(scene.now() + 61)),
            ("issued before it was asked for", |scene, given| given.claims["iat"] = json!(scene.now() - 61)),
            ("not yet valid", |scene, given| given.claims["nbf"] = json!(scene.now() + 61)),
            ("unknown key", |_, given| given.head["kid"] = json!("key-2")),
            ("key of another kind", |_, given| given.head["alg"] = json!("RS256")),
            ("unknown extension", |_, given| given.head["crit"] = json!(["exp"])),
            ("unknown person", |_, given| given.claims["preferred_username"] = json!("李经办")),
            ("name written differently", |_, given| given.claims["preferred_username"] = json!("王 丽")),
            ("no name", |_, given| given.claims["preferred_username"] = Value::Null),
            ("name in a list", |_, given| given.claims["preferred_username"] = json!([CLERK])),
        ];
        for (what, spoil) in spoilt {
            scene.signs_in(what);
            scene.pause();
            let away = scene.away();
            let mut given = scene.given(&away);
            spoil(&scene, &mut given);
            scene.has(&scene.provider.signer.sign(&given.head, &given.claims));
            refused(what, scene.back(&away));
        }
        // What is right at the edge is taken.
        let away = scene.away();
        let Given { head, mut claims } = scene.given(&away);
        let now = scene.now();
        (claims["exp"], claims["iat"], claims["nbf"]) = (json!(now - 59), json!(now + 60), json!(now + 60));
        (claims["aud"], claims["azp"]) = (json!(["pledge fund", "another"]), json!("pledge fund"));
        scene.has(&scene.provider.signer.sign(&head, &claims));
        assert!(scene.back(&away).is_ok());
    });
}

#[test]
fn a_token_that_the_provider_did_not_sign_is_refused() {
    on_both(|installation| {
        let scene = Scene::new(installation);
        let stranger = Signer::new(&scene.provider.signer.id);
        let point = scene.provider.signer.public();
        let jwk = scene.provider.signer.jwk().to_string();
        let alg = |given: &Given, alg: &str| json!({ "alg": alg, "kid": given.head["kid"] });
        let forge: [(&str, Forge<'_>); 9] = [
            ("none", &|given| message(&alg(given, "none"), &given.claims) + "."),
            ("None", &|given| scene.provider.signer.sign(&alg(given, "None"), &given.claims)),
            ("no alg", &|given| scene.provider.signer.sign(&json!({ "kid": "key-1" }), &given.claims)),
            ("HS256 with the public key", &|given| hmac_signed(&point, &alg(given, "HS256"), &given.claims)),
            ("HS256 with the key's text", &|given| hmac_signed(jwk.as_bytes(), &alg(given, "HS256"), &given.claims)),
            ("HS256 with a key that is shown", &|given| hmac_signed(&[0; 3], &alg(given, "HS256"), &given.claims)),
            ("a stranger's key", &|given| stranger.sign(&given.head, &given.claims)),
            ("without signature", &|given| message(&given.head, &given.claims) + "."),
            ("tampered", &|given| {
                let mut more = given.claims.clone();
                more["acr"] = json!("loa3");
                let signed = scene.provider.signer.sign(&given.head, &given.claims);
                format!("{}.{}", message(&given.head, &more), signed.rsplit('.').next().unwrap())
            }),
        ];
        for (what, token) in forge {
            scene.signs_in(what);
            scene.pause();
            let away = scene.away();
            scene.has(&token(&scene.given(&away)));
            refused(what, scene.back(&away));
        }
        for (what, token) in
            [("nothing", ""), ("words", "a.b.c"), ("two parts", "e30.e30"), ("five parts", "e.e.e.e.e")]
        {
            scene.pause();
            let away = scene.away();
            scene.has(token);
            refused(what, scene.back(&away));
        }
        scene.signs_in("afterwards");
    });
}

#[test]
fn a_sign_in_counts_once_and_in_the_browser_that_began_it() {
    on_both(|installation| {
        let scene = Scene::new(installation);
        let ready = || {
            scene.pause();
            let away = scene.away();
            let Given { head, claims } = scene.given(&away);
            scene.has(&scene.provider.signer.sign(&head, &claims));
            away
        };
        let tried = |answer: Answer| oidc::back(&scene.app, &answer, &visitor());
        let away = ready();
        refused("another state", tried(Answer { state: "0".repeat(64), ..answer(&away) }));
        refused("no state", tried(Answer { state: String::new(), ..answer(&away) }));
        refused("no cookie", tried(Answer { cookie: None, ..answer(&away) }));
        let other = scene.away();
        refused("another browser's cookie", tried(Answer { cookie: Some(other.cookie.clone()), ..answer(&away) }));
        let mut changed = away.cookie.clone();
        changed.replace_range(80..81, if &changed[80..81] == "0" { "1" } else { "0" });
        refused("a changed cookie", tried(Answer { cookie: Some(changed), ..answer(&away) }));
        // None of that used it up, and none of it makes the address wait.
        for _ in 0..60 {
            refused("a foreign link", tried(Answer { cookie: None, ..answer(&away) }));
        }
        assert!(scene.back(&away).is_ok());
        refused("again", scene.back(&away));
        let away = ready();
        refused("refused there", tried(Answer { error: Some("access_denied".to_owned()), ..answer(&away) }));
        refused("after the refusal", scene.back(&away));
        let away = ready();
        refused("no code", tried(Answer { code: String::new(), ..answer(&away) }));
        let away = ready();
        refused("another provider's", tried(Answer { issuer: Some("https://id.example".to_owned()), ..answer(&away) }));
        let away = ready();
        assert!(tried(Answer { issuer: Some(scene.provider.issuer.clone()), ..answer(&away) }).is_ok());
        let away = ready();
        pass(&scene.app, 600);
        refused("after ten minutes", scene.back(&away));
        accounts::disable(&scene.app, CLERK, accounts::CONSOLE).unwrap();
        let away = ready();
        refused("disabled", scene.back(&away));
        accounts::enable(&scene.app, CLERK, accounts::CONSOLE).unwrap();
        scene.signs_in("enabled");
    });
}

#[test]
fn a_provider_that_is_down_or_leads_elsewhere_lets_nobody_in() {
    on_both(|installation| {
        let mut scene = Scene::new(installation);
        let elsewhere = Provider::start();
        let discovery = "/.well-known/openid-configuration";
        let begin = |scene: &Scene| oidc::away(&scene.app, "/", &visitor());
        let moved = |provider: &Provider, path: &str| {
            provider.answers(path, &format!("302 Found\r\nLocation: {}{path}", elsewhere.issuer), "");
        };
        // On the way there. The address does not pay for it.
        scene.provider.is_down_at(discovery);
        for _ in 0..60 {
            refused("down", begin(&scene));
        }
        moved(&scene.provider, discovery);
        refused("discovery leads elsewhere", begin(&scene));
        let described = |issuer: &str, keys: &str| {
            let at = |path: &str| format!("{}{path}", scene.provider.issuer);
            json!({ "issuer": issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
                "jwks_uri": keys })
        };
        let other = described(&elsewhere.issuer, &format!("{}/keys", scene.provider.issuer));
        scene.provider.says(discovery, &other);
        refused("another issuer", begin(&scene));
        scene.provider.says(discovery, &described(&scene.provider.issuer, "file:///etc/keys"));
        refused("keys that are no address", begin(&scene));
        scene.provider.answers(discovery, "200 OK", "[]");
        refused("no document", begin(&scene));
        scene.provider.is_well();
        scene.app.config.sign_in.oidc.private_addresses = false;
        refused("an address of this machine", begin(&scene));
        scene.app.config.sign_in.oidc.private_addresses = true;
        // On the way back.
        for path in ["/token", "/keys"] {
            for what in ["down", "elsewhere", "an error", "too much"] {
                scene.provider.is_well();
                scene.signs_in(path);
                scene.pause();
                let away = scene.away();
                let Given { head, claims } = scene.given(&away);
                let token = scene.provider.signer.sign(&head, &claims);
                scene.has(&token);
                elsewhere.says("/token", &json!({ "id_token": token }));
                elsewhere.says("/keys", &json!({ "keys": [scene.provider.signer.jwk()] }));
                let both = json!({ "id_token": token, "keys": [scene.provider.signer.jwk()] }).to_string();
                let too_much = " ".repeat(300 * 1024) + &both;
                match what {
                    "down" => scene.provider.is_down_at(path),
                    "elsewhere" => moved(&scene.provider, path),
                    "an error" => scene.provider.answers(path, "500 Oh", &both),
                    _ => scene.provider.answers(path, "200 OK", &too_much),
                }
                refused(&format!("{path}: {what}"), scene.back(&away));
            }
        }
        assert!(elsewhere.take().is_empty(), "no redirection is followed");
        scene.app.config.sign_in.oidc.issuer.clear();
        refused("off", begin(&scene));
    });
}

#[test]
fn keys_are_asked_for_once_more_where_none_fits() {
    on_both(|installation| {
        let mut scene = Scene::new(installation);
        scene.signs_in("first");
        scene.provider.take();
        scene.signs_in("second");
        let asked = |scene: &Scene| {
            let got = scene.provider.take();
            got.iter().map(|asked| asked.path.clone()).collect::<Vec<_>>()
        };
        assert_eq!(asked(&scene), ["/token"], "what the provider says of itself and its keys are remembered");
        scene.provider.signer = Signer::new("key-2");
        scene.provider.is_well();
        scene.signs_in("a new key");
        assert_eq!(asked(&scene), ["/token", "/keys"]);
        // A key that is gone counts for minutes, not longer.
        let gone = std::mem::replace(&mut scene.provider.signer, Signer::new("key-3"));
        scene.provider.is_well();
        scene.pause();
        let away = scene.away();
        let Given { mut head, claims } = scene.given(&away);
        head["kid"] = json!("key-2");
        scene.has(&gone.sign(&head, &claims));
        refused("a key that is gone", scene.back(&away));
    });
}

#[test]
fn a_token_signed_by_rsa_elsewhere_is_verified() {
    let jwk = json!({ "kty": "RSA", "kid": "rsa-1", "n": RSA_N, "e": "AQAB" });
    let with = |jwk: &Value, token: &str| {
        let known = keys(&json!({ "keys": [jwk] }));
        let token = read(token).ok()?;
        token.key(&known).and_then(|key| token.claims(key, "preferred_username").ok())
    };
    let claims = with(&jwk, RSA_TOKEN).unwrap();
    assert_eq!((claims.name.as_str(), claims.audiences), (CLERK, vec!["pledgefund".to_owned()]));
    let (signed, signature) = RSA_TOKEN.rsplit_once('.').unwrap();
    let changed = format!("{signed}.{}{}", if signature.starts_with('A') { "B" } else { "A" }, &signature[1..]);
    assert_eq!(with(&jwk, &changed), None);
    for (name, value) in [("use", "enc"), ("alg", "RS512"), ("kid", "rsa-2"), ("kty", "oct"), ("e", "Aw")] {
        let mut other = jwk.clone();
        other[name] = json!(value);
        assert_eq!(with(&other, RSA_TOKEN), None, "{name}");
    }
}

#[test]
fn every_claim_is_compared() {
    let right = Claims {
        issuer: "i".to_owned(),
        audiences: vec!["c".to_owned()],
        expires: 1_300,
        issued: 1_000,
        nonce: "n".to_owned(),
        ..Claims::default()
    };
    let expected = Expected { issuer: "i", client_id: "c", nonce: "n", begun: 1_000, now: 1_000 };
    assert_eq!(check(&right, &expected), Ok(()));
    let empty = Claims { nonce: String::new(), ..right.clone() };
    assert_eq!(check(&empty, &Expected { nonce: "", ..expected }), Err(TokenFault::Nonce), "nothing is no nonce");
    assert_eq!(check(&right, &Expected { now: 1_359, ..expected }), Ok(()));
    assert_eq!(check(&right, &Expected { now: 1_360, ..expected }), Err(TokenFault::Expired));
    assert_eq!(check(&right, &Expected { now: 939, ..expected }), Err(TokenFault::Issued));
    assert_eq!(check(&right, &Expected { begun: 1_061, ..expected }), Err(TokenFault::Issued));
}

#[test]
fn settings_that_would_lead_astray_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let load = |changed: (&str, &str)| {
        let right = [
            ("issuer", "https://id.example/realm"),
            ("client_id", "pledgefund"),
            ("client_secret_file", "/run/secret"),
            ("redirect_uri", "https://fund.example/sign-in/oidc/back"),
        ];
        let line =
            |(key, value): (&str, &str)| format!("{key} = {:?}\n", if key == changed.0 { changed.1 } else { value });
        std::fs::write(&file, format!("[sign_in.oidc]\n{}", right.map(line).concat())).unwrap();
        Config::load(Some(&file)).map_err(|error| error.to_string())
    };
    assert!(load(("", "")).unwrap().sign_in.oidc.is_on());
    assert!(!Config::load(None).unwrap().sign_in.oidc.is_on(), "off unless it is set up");
    for (key, value) in [
        ("issuer", "http://id.example/realm"),
        ("issuer", "id.example"),
        ("issuer", "https://id.example/?a=b"),
        ("client_id", ""),
        ("client_secret_file", ""),
        ("redirect_uri", "https://fund.example/"),
        ("redirect_uri", "http://fund.example/sign-in/oidc/back"),
    ] {
        let error = load((key, value)).unwrap_err();
        assert!(error.contains(&format!("sign_in.oidc.{key}")), "{key} {value}: {error}");
    }
}

#[test]
fn a_browser_goes_there_and_comes_back() {
    on_both(|installation| {
        let provider = Provider::start();
        let oidc = settings(installation, &provider);
        let secret = oidc.client_secret_file.to_str().unwrap().to_owned();
        let server = Serving::with(
            installation,
            &[
                ("PLEDGEFUND_SIGN_IN__OIDC__ISSUER", oidc.issuer.as_str()),
                ("PLEDGEFUND_SIGN_IN__OIDC__CLIENT_ID", "pledgefund"),
                ("PLEDGEFUND_SIGN_IN__OIDC__CLIENT_SECRET_FILE", &secret),
                ("PLEDGEFUND_SIGN_IN__OIDC__REDIRECT_URI", BACK),
                ("PLEDGEFUND_SIGN_IN__OIDC__PLAIN_HTTP", "true"),
                ("PLEDGEFUND_SIGN_IN__OIDC__PRIVATE_ADDRESSES", "true"),
            ],
        );
        let ticket = desk::ticket_at(server.address).unwrap();
        let now = || pledgefund::clock::Clock::System.now().and_utc().timestamp();
        let (mut browser, mut other) = (Browser::at(server.address), Browser::at(server.address));
        assert!(browser.get("/sign-in?lang=en").text().contains("Sign in with unified sign-in"));
        let page = browser.get("/sign-in?lang=zh");
        assert!(page.text().contains("用统一身份认证登录"), "{}", page.text());
        let reply = browser.post("/sign-in", "/sign-in/oidc", &[("next", "/loans?bank=SGH")]);
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert!(reply.header("content-security-policy").contains("form-action 'self';"), "forms lead nowhere else");
        let to = reply.header("refresh").strip_prefix("0; url=").unwrap().to_owned();
        assert!(to.starts_with(&format!("{}/authorize?", provider.issuer)), "{to}");
        assert!(reply.text().contains(&to.replace('&', "&amp;")) || reply.text().contains("authorize"), "a link, too");
        let kept = browser.set.iter().find(|line| line.starts_with("__Host-away=")).unwrap();
        for rule in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
            assert!(kept.contains(rule), "{kept}");
        }
        let asked = pairs(to.split_once('?').unwrap().1);
        let claims = json!({ "iss": provider.issuer, "aud": "pledgefund", "exp": now() + 300, "iat": now(),
            "nonce": asked["nonce"], "preferred_username": CLERK });
        let token = provider.signer.sign(&json!({ "alg": "ES256", "kid": "key-1" }), &claims);
        provider.says("/token", &json!({ "id_token": token }));
        let back = format!("/sign-in/oidc/back?code=c-1&state={}", asked["state"]);
        // Somebody else's browser, with and without a way of its own.
        let told = other.get(&format!("{back}&lang=zh"));
        assert!(told.status == 422 && told.text().contains("没有通过统一身份认证"), "{}", told.text());
        other.post("/sign-in", "/sign-in/oidc", &[]);
        let told = other.get(&format!("{back}&lang=en"));
        assert!(told.status == 422 && told.text().contains("The provider did not confirm"), "{}", told.text());
        assert!(other.session().is_none());
        // This one.
        let reply = browser.get(&back);
        goes_to(&reply, "/sign-in/code");
        assert_eq!(reply.header("location"), "/sign-in/code?next=%2Floans%3Fbank%3DSGH");
        assert!(browser.set.iter().any(|line| line.starts_with("__Host-away=;") && line.contains("Max-Age=0")));
        goes_to(&browser.get("/loans"), "/sign-in/code");
        assert_eq!(other.get(&back).status, 422);
        let code = totp::code(&ticket.secret, totp::step_of(now()) + 1);
        goes_to(&browser.post("/sign-in/code", "/sign-in/code", &[("code", &code)]), "/");
        assert_eq!(browser.get("/loans").status, 200);
        // Who said so stands in the chain.
        let app = desk::app_of(installation);
        let rows = events::of_chain(&mut app.store.read().unwrap(), "system", 0, 1_000).unwrap();
        let named = rows.iter().filter(|row| row.payload.contains("named_by_provider")).collect::<Vec<_>>();
        assert_eq!(named.len(), 1);
        assert!(named[0].context.contains("\"oidc\"") && named[0].actor == CLERK, "{}", named[0].context);
        assert!(!named[0].payload.contains("c-1"));
    });
}
