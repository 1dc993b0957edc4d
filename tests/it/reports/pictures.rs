//! Pictures of a summary: drawn from its tables, written with a font that has Chinese, parts of a mail.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pledgefund::domain::calendar::utc_of_beijing;
use pledgefund::i18n::Lang;
use pledgefund::mail::compose::{Letter, compose};
use pledgefund::raster::Raster;
use pledgefund::render::Renderer;
use pledgefund::reports::cell::Unit;
use pledgefund::reports::mail::{self, Picture};
use pledgefund::reports::pictures::{Drawing, drawings};
use pledgefund::reports::{market_supervision, regulator};
use pledgefund::storage::find::mail as stored;

use super::sample::Sample;
use crate::support::product::{Installation, on_both};

/// The picture maker with the system's font; nothing where there is no font, which CI never lacks.
#[expect(clippy::disallowed_methods, reason = "the environment says whether a font is required")]
fn raster() -> Option<Raster> {
    let raster = Raster::new(Path::new(""));
    if raster.font().is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no font with Chinese although CI=true");
        eprintln!("\n*** SKIPPED: no picture was made; install fonts-noto-cjk ***\n");
        return None;
    }
    Some(raster)
}

#[test]
fn a_summary_is_drawn_from_its_own_tables() {
    let facts = Sample::read().facts("2025-10");
    let dataset = regulator::build(&facts, Lang::Zh).unwrap();
    let [tiers, banks] = <[Drawing; 2]>::try_from(drawings(&dataset)).unwrap();
    let table = dataset.tables.iter().find(|table| table.code == "1-2").unwrap();
    for (code, tier) in [("E1", "正常"), ("E2", "关注"), ("E3", "次级"), ("E4", "可疑"), ("E5", "损失")] {
        let figure = table.cell("total", code).unwrap().shown(Lang::Zh, Unit::Wan);
        assert!(tiers.told.contains(&format!("{tier} {figure} 万元")), "{} {figure}", tiers.told);
        assert!(tiers.svg.contains(&format!(">{figure} 万元<")), "{}", tiers.svg);
    }
    // Who did not report has no bar and is named all the same.
    assert!(banks.told.contains("右玉城市商业银行 —"), "{}", banks.told);
    assert_eq!(banks.svg.matches("class=\"col c1\"").count(), 2, "{}", banks.svg);
    let english = regulator::build(&facts, Lang::En).unwrap();
    assert!(drawings(&english)[0].told.starts_with("Balances of the banks that reported, by tier: Pass "));
    let bureau = market_supervision::build(&facts, Lang::Zh).unwrap();
    let [rights] = <[Drawing; 1]>::try_from(drawings(&bureau)).unwrap();
    let table = bureau.tables.iter().find(|table| table.code == "2-1").unwrap();
    let invention = table.row("invention").unwrap();
    let figure = table.cell("invention", "P6").unwrap().shown(Lang::Zh, Unit::Pieces);
    assert!(rights.told.contains(&format!("{} {figure} 件", invention.label)), "{}", rights.told);
    assert!(!rights.told.contains("合计"), "sums are no bars beside their parts: {}", rights.told);
}

#[test]
fn a_picture_is_sharp_and_has_the_words_of_its_drawing() {
    let Some(raster) = raster() else { return };
    let facts = Sample::read().facts("2025-10");
    let drawing = drawings(&regulator::build(&facts, Lang::Zh).unwrap()).remove(0);
    let png = raster.png(&drawing.svg).unwrap();
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(png[16..20], 1184_u32.to_be_bytes(), "twice the width of the drawing");
    assert_eq!(raster.png(&drawing.svg).unwrap(), png, "the same drawing is the same picture");
    // Boxes in the place of words would all look alike.
    let other = drawing.svg.replace("正常", "关注");
    assert_ne!(raster.png(&other).unwrap(), png);
    assert!(raster.png("<p>").is_none());
}

#[test]
fn a_file_without_chinese_writes_no_picture() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none.ttf");
    std::fs::write(&none, b"no font").unwrap();
    let latin = Path::new("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
    for file in [&*none, latin].into_iter().filter(|file| file.is_file()) {
        let raster = Raster::new(file);
        assert!(raster.font().is_none(), "{}", file.display());
        assert!(raster.png("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>").is_none());
    }
}

#[test]
fn without_a_font_a_mail_has_no_picture_and_everything_else() {
    let nothing = Raster::new(Path::new("/nowhere/font.ttc"));
    let facts = Sample::read().facts("2025-10");
    let dataset = regulator::build(&facts, Lang::Zh).unwrap();
    assert!(nothing.font().is_none() && nothing.png(&drawings(&dataset)[0].svg).is_none());
    let renderer = Renderer::new().unwrap();
    let plain = mail::compose(&renderer, &facts, &dataset, None, &[], None, &[]).unwrap();
    assert!(!plain.html.contains("<img") && plain.html.contains("60,343.30"));
    let picture = Picture { drawing: drawings(&dataset).remove(0), png: vec![1, 2, 3] };
    let shown = mail::compose(&renderer, &facts, &dataset, None, &[], None, &[picture]).unwrap();
    assert!(shown.html.contains("src=\"data:image/png;base64,AQID\" width=\"592\" alt=\"已报机构贷款余额"));
    assert_eq!(shown.text, plain.text);
}

fn letter(html: &str) -> Letter {
    Letter {
        content_key: "k".to_owned(),
        fund_id: "fund".to_owned(),
        from: ("a@example.cn".to_owned(), String::new()),
        to: ("b@example.cn".to_owned(), String::new()),
        subject: "s".to_owned(),
        text: "t".to_owned(),
        html: html.to_owned(),
        attachments: Vec::new(),
        composed_at: utc_of_beijing("2025-11-10T09:00:00".parse().unwrap()),
    }
}

#[test]
fn pictures_of_a_page_are_parts_of_the_mail_beside_it() {
    let of = |bytes: &[u8]| format!("<img src=\"data:image/png;base64,{}\" alt=\"x\">", STANDARD.encode(bytes));
    // As a template writes it: the slashes of the encoding are references.
    let first = of(b"\xff\xff\xfffirst picture").replace("////", "&#x2f;&#x2f;&#x2f;&#x2f;");
    assert!(first.contains("&#x2f;"));
    let html = format!("<p>{first}{}</p>", of(&[0; 2_000]));
    let raw = String::from_utf8(compose(&letter(&html)).unwrap().raw).unwrap();
    assert!(raw.contains("multipart/related") && !raw.contains("data:image"), "{raw}");
    assert_eq!(raw, String::from_utf8(compose(&letter(&html)).unwrap().raw).unwrap());
    let part = |nth: usize| -> (String, Vec<u8>) {
        let (_, behind) = raw.split_once(&format!("Content-ID: <picture-{nth}.")).unwrap();
        let (name, behind) = behind.split_once('>').unwrap();
        let (_, body) = behind.split_once("\r\n\r\n").unwrap();
        let encoded: String = body.split("--").next().unwrap().split_whitespace().collect();
        (format!("cid:picture-{nth}.{name}"), STANDARD.decode(encoded).unwrap())
    };
    let (_, behind) = raw.split_once("Content-Type: text/html").unwrap();
    let encoded: String =
        behind.split_once("\r\n\r\n").unwrap().1.split("--").next().unwrap().split_whitespace().collect();
    let page = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    for (nth, bytes) in [(1, b"\xff\xff\xfffirst picture".to_vec()), (2, vec![0; 2_000])] {
        let (name, told) = part(nth);
        assert_eq!(told, bytes);
        assert!(page.contains(&format!("src=\"{name}\"")), "{name}: {page}");
    }
    let without = String::from_utf8(compose(&letter("<p>x</p>")).unwrap().raw).unwrap();
    assert!(!without.contains("multipart/related"));
    assert!(compose(&letter("<img src=\"data:image/png;base64,AQID")).is_err());
}

fn mailed(installation: &Installation) -> Vec<String> {
    installation.import_samples();
    let app = installation.app("2026-07-10");
    app.run_job_on("regulator_summary", "2026-07-10".parse().unwrap()).unwrap();
    let mut db = app.store.read().unwrap();
    let lines = stored::lines(&mut db, app.fund_id(), 100).unwrap();
    let raw = |line: &stored::MailLine| stored::one(&mut db, &line.message_id).unwrap().unwrap().0.raw;
    lines.iter().map(raw).map(|raw| String::from_utf8_lossy(&raw).into_owned()).collect()
}

#[test]
fn the_monthly_mail_brings_its_pictures() {
    if raster().is_none() {
        return;
    }
    on_both(|installation| {
        let mails = mailed(installation);
        assert!(!mails.is_empty());
        for raw in mails {
            assert_eq!(raw.matches("Content-ID: <picture-").count(), 2, "{}", &raw[..800]);
        }
    });
}
