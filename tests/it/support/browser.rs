//! A real browser that looks at pages: Debian's chromium, driven by chromedriver.
//!
//! `visit` opens every address in a window of its own size, waits until it is loaded, and reports what the console
//! said, whether the page is wider than the window, and where the picture of it was saved.
//! Without a browser the visit is skipped with one loud line; where `CI` is `true` that is a failure.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::Command;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::driver::{Driver, Failure};

/// One page to look at.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Name of the picture, without ending.
    pub name: String,
    pub url: String,
    pub width: u32,
    pub dark: bool,
}

impl Stop {
    pub fn desktop(name: &str, url: &str) -> Stop {
        Stop { name: name.to_owned(), url: url.to_owned(), width: 1440, dark: false }
    }
}

/// What was seen.
#[derive(Debug, Clone)]
pub struct PageCheck {
    pub name: String,
    pub url: String,
    pub title: String,
    /// Value of `<html lang>`.
    pub lang: String,
    /// Console messages of level warning and above, content-policy reports among them.
    pub console: Vec<String>,
    /// The page itself is wider than the window (a table that scrolls in its own box is not).
    pub too_wide: bool,
    /// Texts cut off although their box does not say so: `tag.class: text`.
    pub clipped: Vec<String>,
    /// Tables that have to be scrolled sideways, by their first head.
    pub scrolling: Vec<String>,
    pub picture: PathBuf,
}

/// Whether the page is wider than its window, once it was drawn in it.
const DRAWN: &str = "const done = arguments[arguments.length - 1]; requestAnimationFrame(() => requestAnimationFrame(() =>\
    done(document.documentElement.scrollWidth > window.innerWidth)));";
/// Width of a phone, in pixels.
const PHONE: u32 = 390;
/// Labels of the page that is shown that do not stand for exactly one field.
const LABELS: &str = "return [...document.querySelectorAll('label[for]')].map(label => label.htmlFor)\
    .filter(id => document.querySelectorAll('#' + CSS.escape(id)).length !== 1).map(id => 'label for ' + id);";
/// The accessibility checker, as the tests' own Python environment brings it; nothing without one.
#[expect(clippy::disallowed_methods, reason = "the environment says where the test's tools are")]
pub fn axe() -> Option<String> {
    let python = std::env::var("TEST_PYTHON").ok()?;
    let code = "import axe_playwright_python, pathlib; \
        print(pathlib.Path(axe_playwright_python.__file__).parent / 'axe.min.js')";
    let told = Command::new(python).args(["-c", code]).output().ok()?;
    let path = String::from_utf8(told.stdout).ok()?;
    let found = std::fs::read_to_string(path.trim()).ok();
    assert!(
        found.is_some() || std::env::var("CI").as_deref() != Ok("true"),
        "no axe-core although CI=true: {}",
        String::from_utf8_lossy(&told.stderr)
    );
    found
}

const CHROMIUM: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const DRIVER: [&str; 2] = ["/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver"];
const CLIPPED: &str = "return [...document.querySelectorAll('th,dt,h1,h2,.tag,.btn,.side a,.kpi dd')]\
    .filter(e => e.offsetParent !== null && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)\
    .map(e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40))";

const SCROLLING: &str = "return [...document.querySelectorAll('.tw')]\
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim().slice(0, 40))";

/// How far what was already shown moved while the page that is shown came in; 0 where nothing did.
const SHIFTED: &str = "const watch = new PerformanceObserver(() => {}); \
    watch.observe({ type: 'layout-shift', buffered: true }); \
    const moved = watch.takeRecords(); watch.disconnect(); \
    return moved.filter(one => !one.hadRecentInput).reduce((sum, one) => sum + one.value, 0);";

const TAB: char = '\u{e004}';
/// Begins to note what the Tab key reaches; tells how many places there are.
const KEYS_BEGIN: &str = "const open = e => e.checkVisibility({ visibilityProperty: true }); \
    const all = [...document.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex]')]\
        .filter(e => !e.disabled && e.tabIndex >= 0 && e.type !== 'hidden' && open(e)); \
    const place = e => e.type === 'radio' ? 'radio ' + e.name : e; \
    const seen = new Set(); const dull = []; \
    document.addEventListener('focusin', event => { \
        const e = event.target; seen.add(place(e)); \
        const style = getComputedStyle(e); \
        if (style.outlineStyle === 'none' && style.boxShadow === 'none') dull.push(e); \
    }); \
    window.walkedByKeys = { all, place, seen, dull }; \
    document.activeElement?.blur(); \
    return all.length;";
const KEYS_END: &str = "const { all, place, seen, dull } = window.walkedByKeys; \
    const told = (what, e) => what + ' ' + e.tagName + '#' + e.id + ' ' + (e.name || e.textContent.trim().slice(0, 30)); \
    return [...all.filter(e => !seen.has(place(e))).map(e => told('not reached:', e)), \
        ...dull.map(e => told('no sign of focus:', e))];";

/// Looks at every stop; none without a browser.
pub fn visit(stops: &[Stop]) -> Option<Vec<PageCheck>> {
    let (chromium, driver) = browser()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    Some(runtime.block_on(visit_all(chromium, driver, stops)).expect("the browser does what it is told"))
}

/// Walks through pages as a person would, in a window of `width`; nothing without a browser. What the console says on
/// the way, and a page that is wider than the window, fail the walk.
pub fn walk<F>(width: u32, home: &str, steps: F) -> Option<()>
where
    F: for<'a> FnOnce(&'a Client, &'a Watched<'a>) -> Pin<Box<dyn Future<Output = Result<(), Failure>> + 'a>>,
{
    let (chromium, driver) = browser()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime
        .block_on(async {
            let profile = tempfile::tempdir()?;
            let driver = Driver::start(&[driver])?;
            let client = open(chromium, &driver, profile.path()).await?;
            let watched = Watched { driver: &driver, width, home: home.to_owned() };
            let walked = match watched.shape(&client, 768).await {
                Ok(()) => match sit_down(&driver, &client.session_id().await?.ok_or("a session has an id")?, home) {
                    Ok(()) => steps(&client, &watched).await,
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            };
            client.close().await?;
            walked
        })
        .expect("the browser does what it is told");
    Some(())
}

/// Looks over the shoulder of a walk.
pub struct Watched<'a> {
    driver: &'a Driver,
    width: u32,
    /// Where the walk begins.
    pub home: String,
}

impl Watched<'_> {
    async fn shape(&self, client: &Client, height: u64) -> Result<(), Failure> {
        self.sized(client, self.width, height).await
    }

    async fn sized(&self, client: &Client, width: u32, height: u64) -> Result<(), Failure> {
        let session = client.session_id().await?.ok_or("a session has an id")?;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let size = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.driver.ask(&session, "goog/cdp/execute", &size)?;
        Ok(())
    }

    /// Lets somebody else sit down at the browser.
    pub async fn come_in(&self, client: &Client, token: &str) -> Result<(), Failure> {
        let session = client.session_id().await?.ok_or("a session has an id")?;
        let cookie = json!({
            "name": "__Host-session", "value": token, "url": self.home,
            "path": "/", "secure": true, "httpOnly": true, "sameSite": "Lax",
        });
        self.driver.ask(&session, "goog/cdp/execute", &json!({ "cmd": "Network.setCookie", "params": cookie }))?;
        Ok(())
    }

    /// Serious and critical findings of axe-core on the page that is shown, rule and what it is about; and labels that
    /// stand for no field, or for one of several of the same name.
    pub async fn barriers(&self, client: &Client, axe: &str) -> Result<Vec<String>, Failure> {
        client.execute(axe, vec![]).await?;
        let run = "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] })\
            .then(found => done(found.violations.filter(one => ['serious', 'critical'].includes(one.impact))\
            .map(one => one.id + ': ' + one.nodes.map(node => node.html.slice(0, 120)).join(' | '))))\
            .catch(error => done(['axe: ' + error]))";
        let mut found = words(&client.execute_async(run, vec![]).await?);
        found.extend(words(&client.execute(LABELS, vec![]).await?));
        Ok(found)
    }

    /// Fails where what was already to be seen moved while the page came in, by more than a column that grows a little
    /// with the rows that are still coming: a tenth of what counts as good on the web.
    pub async fn stands_still(&self, client: &Client, name: &str) -> Result<(), Failure> {
        let moved = client.execute(SHIFTED, vec![]).await?;
        assert!(moved.as_f64().is_some_and(|moved| moved < 0.01), "{name} moved while it came in: {moved}");
        Ok(())
    }

    /// What the Tab key does not reach on the page that is shown, or what shows no sign of it when it is reached. Of the
    /// choices of one question one is reached; the arrow keys lead to the others.
    pub async fn out_of_reach(&self, client: &Client) -> Result<Vec<String>, Failure> {
        let count = client.execute(KEYS_BEGIN, vec![]).await?.as_u64().unwrap_or(0);
        if count <= 5 {
            return Ok(vec![format!("no menu: {}", client.source().await?)]);
        }
        let mut keys = KeyActions::new("keys".to_owned());
        for _ in 0..count + 3 {
            keys = keys.then(KeyAction::Down { value: TAB }).then(KeyAction::Up { value: TAB });
        }
        client.perform_actions(keys).await?;
        Ok(words(&client.execute(KEYS_END, vec![]).await?))
    }

    /// Whether the page that is shown scrolls sideways on a phone.
    pub async fn is_too_wide_for_a_phone(&self, client: &Client) -> Result<bool, Failure> {
        self.sized(client, PHONE, 844).await?;
        let wide = client.execute_async(DRAWN, vec![]).await?;
        self.shape(client, 900).await?;
        // The window has its width again before the next page comes in, or that would count as moving.
        client.execute_async(DRAWN, vec![]).await?;
        Ok(wide != json!(false))
    }

    /// What is wrong with the answer that is shown: another status than 200, no title.
    pub async fn amiss(&self, client: &Client) -> Result<Option<String>, Failure> {
        let status =
            client.execute("return performance.getEntriesByType('navigation')[0].responseStatus", vec![]).await?;
        let title = client.title().await?;
        Ok((status != json!(200) || title.is_empty()).then(|| format!("answered {status}, titled '{title}'")))
    }

    /// Takes a picture of the whole page.
    pub async fn picture(&self, client: &Client, name: &str) -> Result<(), Failure> {
        let whole = client.execute("return document.documentElement.scrollHeight", vec![]).await?;
        self.shape(client, whole.as_u64().unwrap_or(900).clamp(600, 4_000)).await?;
        std::fs::write(screens()?.join(format!("{name}.png")), client.screenshot().await?)?;
        self.shape(client, 900).await
    }

    /// Takes a picture of the whole page, and fails on what a clerk would stumble over.
    pub async fn look(&self, client: &Client, name: &str) -> Result<(), Failure> {
        let session = client.session_id().await?.ok_or("a session has an id")?;
        self.picture(client, name).await?;
        let wide = client.execute("return document.documentElement.scrollWidth > window.innerWidth", vec![]).await?;
        let clipped = words(&client.execute(CLIPPED, vec![]).await?);
        let console = self.driver.complaints(&session)?;
        assert!(wide == json!(false) && clipped.is_empty() && console.is_empty(), "{name}: {clipped:?} {console:?}");
        Ok(())
    }
}

/// Where browser and driver are; nothing without them.
#[expect(clippy::disallowed_methods, reason = "the environment says whether a browser is required")]
fn browser() -> Option<(&'static str, &'static str)> {
    let there = |paths: &[&'static str]| paths.iter().copied().find(|path| PathBuf::from(path).exists());
    let (Some(chromium), Some(driver)) = (there(&CHROMIUM), there(&DRIVER)) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no chromium and chromedriver although CI=true");
        eprintln!("\n*** SKIPPED: pages were not looked at in a browser; install chromium and chromium-driver ***\n");
        return None;
    };
    Some((chromium, driver))
}

/// Opens a session with a profile of its own.
async fn open(chromium: &str, driver: &Driver, profile: &Path) -> Result<Client, Failure> {
    let args: Vec<String> = [
        "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --window-size=1440,900 --lang=zh-CN",
        "--disable-background-networking --disable-component-update --disable-sync --no-first-run --hide-scrollbars",
    ]
    .iter()
    .flat_map(|line| line.split(' ').map(str::to_owned))
    .chain([format!("--user-data-dir={}", profile.display())])
    .collect();
    let wanted = json!({
        "goog:chromeOptions": { "binary": chromium, "args": args },
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "script": 300_000 },
    });
    let Value::Object(wanted) = wanted else { return Err("capabilities are an object".into()) };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    Ok(builder.capabilities(wanted).connect(&format!("http://{}", driver.address)).await?)
}

async fn visit_all(chromium: &str, driver: &str, stops: &[Stop]) -> Result<Vec<PageCheck>, Failure> {
    let profile = tempfile::tempdir()?;
    let driver = Driver::start(&[driver])?;
    let client = open(chromium, &driver, profile.path()).await?;
    let mut seen = Ok(Vec::new());
    for stop in stops {
        // The session is closed below whatever happens here, so that no browser is left behind.
        let one = look(&client, &driver, stop).await;
        seen = seen.and_then(|mut all: Vec<PageCheck>| {
            one.map(|check| {
                all.push(check);
                all
            })
        });
    }
    client.close().await?;
    seen
}

/// Gives the browser the session that somebody has at the server of an address.
fn sit_down(driver: &Driver, session: &str, url: &str) -> Result<(), Failure> {
    let server = url.strip_prefix("http://").and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    let Some(ticket) = server.parse().ok().and_then(super::desk::ticket_at) else { return Ok(()) };
    let cookie = json!({
        "name": "__Host-session", "value": ticket.token, "url": format!("http://{server}/"),
        "path": "/", "secure": true, "httpOnly": true, "sameSite": "Lax",
    });
    driver.ask(session, "goog/cdp/execute", &json!({ "cmd": "Network.setCookie", "params": cookie }))?;
    Ok(())
}

async fn look(client: &Client, driver: &Driver, stop: &Stop) -> Result<PageCheck, Failure> {
    let session = client.session_id().await?.ok_or("a session has an id")?;
    let scheme = if stop.dark { "dark" } else { "light" };
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    driver.ask(&session, "goog/cdp/execute", &json!({ "cmd": "Emulation.setEmulatedMedia", "params": media }))?;
    let metrics =
        |height: u64| json!({ "width": stop.width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    let size = |height| json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics(height) });
    driver.ask(&session, "goog/cdp/execute", &size(900))?;
    sit_down(driver, &session, &stop.url)?;
    client.goto(&stop.url).await?;
    let whole = client.execute("return document.documentElement.scrollHeight", vec![]).await?;
    let too_wide = client.execute("return document.documentElement.scrollWidth > window.innerWidth", vec![]).await?;
    let clipped = client.execute(CLIPPED, vec![]).await?;
    let scrolling = client.execute(SCROLLING, vec![]).await?;
    let lang = client.execute("return document.documentElement.lang", vec![]).await?;
    driver.ask(&session, "goog/cdp/execute", &size(whole.as_u64().unwrap_or(900).clamp(600, 6_000)))?;
    let picture = screens()?.join(format!("{}.png", stop.name));
    std::fs::write(&picture, client.screenshot().await?)?;
    Ok(PageCheck {
        name: stop.name.clone(),
        url: stop.url.clone(),
        title: client.title().await?,
        lang: lang.as_str().unwrap_or("").to_owned(),
        console: driver.complaints(&session)?,
        too_wide: too_wide.as_bool().unwrap_or(true),
        clipped: words(&clipped),
        scrolling: words(&scrolling),
        picture,
    })
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(Value::to_string).collect()
}

/// Folder of the pictures.
fn screens() -> std::io::Result<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
