//! Markup that people write stays text: forty payloads in every text of every page, and none comes out as markup.

use pledgefund::i18n::Lang;
use pledgefund::render::Renderer;
use serde::Serialize;
use serde_json::Value;

use crate::pages::fixture;

const PAYLOADS: [&str; 40] = [
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=alert(1) x=\"",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "<details open ontoggle=alert(1)>",
    "<math><mi xlink:href=\"javascript:alert(1)\">",
    "<input onfocus=alert(1) autofocus>",
    "<video><source onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<object data=\"javascript:alert(1)\">",
    "<embed src=\"javascript:alert(1)\">",
    "<form action=javascript:alert(1)>",
    "<base href=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<template><script>x</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<scr<script>ipt>alert(1)",
    "\u{ff1c}x\u{ff1e}<b onclick=x>",
    "<\u{0000}script>",
    "<img src=\"x\" style=\"x:expression(alert(1))\">",
    "{{7*7}}<b>",
    "{% raw %}<b>",
    "${alert(1)}<b>",
    "<b>]]><x>",
    "&lt;b&gt;<b>&#60;script&#62;",
];

/// Pictures drawn by the product, which are markup.
const DRAWN: &str = "/drawings/";

fn leaves(at: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(_) if !at.contains(DRAWN) => found.push(at.to_owned()),
        Value::Array(values) => {
            (0..).zip(values).for_each(|(nth, value): (usize, _)| leaves(&format!("{at}/{nth}"), value, found))
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(&format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), value, found);
            }
        }
        _ => {}
    }
}

fn page<V: Serialize>(name: &'static str, view: V) -> (&'static str, Value) {
    (name, serde_json::to_value(view).unwrap())
}

#[test]
fn forty_payloads_in_every_text_of_every_page_stay_text() {
    let renderer = Renderer::new().unwrap();
    // Lists are completed by the server with what follows from their address.
    let (mut loans, mut claims) = (fixture::loans(), fixture::claims());
    (loans.pager, loans.sort) = (loans.query.pager(loans.totals.loans), loans.query.sort_links());
    (claims.pager, claims.sort) = (claims.query.pager(claims.totals.claims), claims.query.sort_links());
    let pages = [
        page("dashboard", fixture::dashboard()),
        page("loans", loans),
        page("loan", fixture::loan()),
        page("claims", claims),
        page("claim", fixture::claim()),
        page("fund", fixture::fund()),
        page("jobs", fixture::jobs()),
        page("mails", fixture::mails()),
        page("mail", fixture::mail()),
        page("imports", fixture::imports()),
        page("layout", fixture::layout()),
        page("upload", fixture::upload("checked").unwrap()),
    ];
    let (mut put_in, mut shown) = (0, 0);
    for (name, view) in pages {
        let template = format!("pages/{name}.html");
        let mut found = Vec::new();
        leaves("", &view, &mut found);
        let all = found.len();
        renderer.render(&template, Lang::Zh, &view).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        // Texts that the template reads as something else, as a day, cannot hold a payload.
        found.retain(|at| {
            let mut tried = view.clone();
            *tried.pointer_mut(at).unwrap() = Value::from("<x>");
            renderer.render(&template, Lang::Zh, &tried).is_ok()
        });
        assert!(found.len() * 10 >= all * 7, "{name}: {} of {all} texts can be tried", found.len());
        put_in += found.len();
        for payload in PAYLOADS {
            let mut hostile = view.clone();
            for at in &found {
                *hostile.pointer_mut(at).unwrap() = Value::from(payload);
            }
            let html =
                renderer.render(&template, Lang::Zh, &hostile).unwrap_or_else(|error| panic!("{name}: {error:#}"));
            assert!(!html.contains(payload), "{name} shows {payload} as it is");
            shown += html.matches("alert(1)").count();
        }
    }
    assert!(put_in > 300, "{put_in} texts");
    assert!(shown > 1_000, "the payloads are shown as text: {shown}");
    println!("{put_in} texts, shown {shown} times");
}

/// What is drawn is put into pages as it is, so the drawing itself lets no text be more than text.
#[test]
fn forty_payloads_in_the_names_of_a_drawing_stay_text() {
    use pledgefund::views::charts::holdings::{self, Held, Holdings};
    let mut shown = 0;
    for payload in PAYLOADS {
        let held = Held { name: payload.to_owned(), loans: 1, balance: 100_000_000, cover: 40_000_000 };
        let holdings = Holdings { rows: vec![held.clone()], whole: held, of: 1, limit: None };
        for drawing in holdings::borrowers(&holdings, Lang::Zh).drawings {
            assert!(!drawing.contains(payload), "{payload} is drawn as it is: {drawing}");
            shown += drawing.matches("alert(1)").count();
        }
    }
    assert!(shown > 10, "the payloads are drawn as text: {shown}");
}
