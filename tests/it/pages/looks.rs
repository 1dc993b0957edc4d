//! The pages in a real browser.

use super::rendering::addresses;
use super::server::{Data, start};
use crate::support::browser::{self, Stop};

#[test]
fn every_page_shows_in_a_browser_without_a_complaint() {
    let full = start(Data::Full);
    let empty = start(Data::Empty);
    let mut stops = Vec::new();
    for (name, address) in addresses() {
        for lang in ["zh", "en"] {
            stops.push(Stop::desktop(
                &format!("{name}-{lang}"),
                &format!("http://{}{address}?lang={lang}", full.address),
            ));
        }
    }
    let url = |path: &str| format!("http://{}{path}", full.address);
    stops.push(Stop { width: 390, ..Stop::desktop("phone-dashboard", &url("/?lang=zh")) });
    stops.push(Stop { width: 390, ..Stop::desktop("phone-loans", &url("/loans?lang=zh")) });
    stops.push(Stop { width: 1366, ..Stop::desktop("narrow-loans", &url("/loans?lang=zh")) });
    stops.push(Stop { dark: true, ..Stop::desktop("dark-dashboard", &url("/?lang=zh")) });
    stops.push(Stop { dark: true, ..Stop::desktop("dark-claim", &url(&addresses()[4].1)) });
    stops.push(Stop::desktop("empty-dashboard", &format!("http://{}/?lang=zh", empty.address)));
    stops.push(Stop::desktop("empty-loans", &format!("http://{}/loans?lang=zh", empty.address)));
    let Some(checks) = browser::visit(&stops) else { return };
    assert_eq!(checks.len(), stops.len());
    for check in checks {
        assert!(check.console.is_empty(), "{}: the console says {:?}", check.url, check.console);
        assert!(!check.too_wide, "{} is wider than its window", check.name);
        assert!(check.clipped.is_empty(), "{} cuts off {:?}", check.name, check.clipped);
        let phone = check.name.starts_with("phone");
        assert!(phone || check.scrolling.is_empty(), "{}: tables scroll sideways: {:?}", check.name, check.scrolling);
        assert!(!check.title.is_empty() && check.picture.exists(), "{}", check.name);
        let english = check.name.ends_with("-en");
        assert_eq!(check.lang, if english { "en" } else { "zh-CN" }, "{}", check.name);
    }
}
