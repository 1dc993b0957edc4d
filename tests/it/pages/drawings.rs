//! Drawings: how many bars and how long, which labels, and what they do with nothing, one thing and too much.

use pledgefund::i18n::Lang;
use pledgefund::svg::bars::{self, Bar, Bars, Mark};
use pledgefund::svg::{self, Chart, Series, months};
use pledgefund::views::charts;
use pledgefund::views::charts::ageing::{Ageing, Band};
use pledgefund::views::charts::banks::{BankComparison, BankFigures, Bounds};
use pledgefund::views::charts::holdings::{Held, Holdings};
use pledgefund::views::parts::Cell;

use super::fixture;

fn bar(name: &str, value: Option<i64>) -> Bar {
    let shown = value.map_or_else(|| "—".to_owned(), |value| value.to_string());
    Bar { name: name.to_owned(), value, shown, class: "c1" }
}

fn lying(bars: Vec<Bar>, marks: Vec<Mark>) -> String {
    bars::draw(&Bars { id: "b".to_owned(), title: "A & <B>".to_owned(), width: 300, bars, marks })
}

/// The attribute of every element of a class, in order.
fn all(svg: &str, class: &str, attribute: &str) -> Vec<String> {
    let elements = svg.split('<').filter(|one| one.contains(&format!("class=\"{class}")));
    let value = |one: &str| {
        one.split(&format!(" {attribute}=\"")).nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    elements.filter_map(value).collect()
}

/// The words of every text, in order.
fn words(svg: &str) -> Vec<String> {
    let texts = svg.split("<text ").skip(1);
    texts.map(|one| one.split_once('>').unwrap().1.split('<').next().unwrap().to_owned()).collect()
}

/// Every number in an attribute is one, and is a place on the picture.
#[track_caller]
fn check_sound(svg: &str) {
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>"), "{svg}");
    assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("style") && !svg.contains("--"), "{svg}");
    for attribute in ["x", "y", "width", "height", "x1", "x2", "y1", "y2", "cx", "cy", "r"] {
        for value in svg.split(&format!(" {attribute}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let number: f64 = value.parse().unwrap_or_else(|_| panic!("{attribute}={value}"));
            assert!((0.0..=2_000.0).contains(&number), "{attribute}={value}");
        }
    }
    assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    assert!(svg.split("<rect").skip(1).all(|rect| rect.contains("fill=\"")), "a picture alone has its own colours");
}

#[test]
fn every_bar_is_as_long_as_its_share_of_the_longest_and_says_its_figure() {
    let svg = lying(vec![bar("甲", Some(100)), bar("乙", Some(50)), bar("丙", None), bar("丁", Some(0))], Vec::new());
    check_sound(&svg);
    assert_eq!(all(&svg, "col", "width"), ["296", "148"], "nothing and the unknown have no bar");
    assert_eq!(all(&svg, "track", "width"), ["296"; 4]);
    assert_eq!(words(&svg), ["A &amp; &lt;B&gt;", "甲", "100", "乙", "50", "丙", "—", "丁", "0"]);
    assert!(svg.contains("<title>丙 —</title>"), "{svg}");
}

#[test]
fn bounds_are_drawn_through_all_bars_on_their_scale() {
    let marks = vec![
        Mark { name: "预警线 2.00%".to_owned(), at: 100, class: "c2" },
        Mark { name: "熔断线 3.00%".to_owned(), at: 200, class: "c3" },
    ];
    let svg = lying(vec![bar("甲", Some(50)), bar("乙", Some(20))], marks);
    check_sound(&svg);
    assert_eq!(all(&svg, "col", "width"), ["74", "29.6"], "the scale holds the bounds");
    let lines = all(&svg, "line", "d");
    let across: Vec<_> = lines.iter().filter(|path| path.contains('V')).collect();
    assert_eq!(across, ["M150 76V89M150 110V123", "M298 76V89M298 110V123"], "over the bars, not over the words");
    assert!(words(&svg).contains(&"预警线 2.00%".to_owned()) && words(&svg).contains(&"熔断线 3.00%".to_owned()));
    let dashes = all(&svg, "line", "stroke-dasharray");
    assert_eq!(dashes, ["2 3", "2 3", "5 4", "5 4"], "two bounds differ without their colours");
}

#[test]
fn bars_survive_nothing_one_thing_and_too_much() {
    assert_eq!(lying(Vec::new(), Vec::new()), "");
    for values in [vec![Some(0)], vec![Some(7)], vec![None], vec![Some(i64::MAX), Some(i64::MIN)], vec![Some(-1)]] {
        let svg = lying(values.iter().map(|value| bar("x", *value)).collect(), Vec::new());
        check_sound(&svg);
        let above = values.iter().flatten().filter(|value| **value > 0).count();
        assert_eq!(all(&svg, "col", "width").len(), above, "{values:?}");
    }
    let long = "朔州市一家名字特别长特别长特别长特别长特别长特别长的科技股份有限公司";
    let svg = lying(vec![bar(long, Some(1))], Vec::new());
    assert!(words(&svg)[1].ends_with('…') && svg.contains(&format!("<title>{long} 1</title>")), "{svg}");
}

#[test]
fn the_axis_names_the_newest_month_and_a_year_where_it_begins() {
    let labels: Vec<String> =
        (8..=12).map(|m| format!("2025-{m:02}")).chain((1..=7).map(|m| format!("2026-{m:02}"))).collect();
    let shown = |slot: i64| months::axis(&labels, slot).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
    assert_eq!(shown(340), ["25-08", "09", "10", "11", "12", "26-01", "02", "03", "04", "05", "06", "07"]);
    assert_eq!(shown(160), ["25-09", "11", "26-01", "03", "05", "07"]);
    assert_eq!(shown(20).last().map(String::as_str), Some("26-07"), "no room but for the newest");
    assert!(months::axis(&[], 100).is_empty());
    for slot in [10, 60, 150, 200, 260, 340, 900] {
        let chosen = months::axis(&labels, slot);
        assert_eq!(chosen.last().unwrap().0, 11, "{slot}");
        for pair in chosen.windows(2) {
            let width = |label: &str| i64::try_from(label.len()).unwrap() * 62;
            let distance = slot * i64::try_from(pair[1].0 - pair[0].0).unwrap();
            assert!((width(&pair[0].1) + width(&pair[1].1)) / 2 < distance, "{slot}: {pair:?}");
        }
    }
}

#[test]
fn columns_of_a_stack_differ_without_their_colours() {
    let classes = ["c1", "c4", "c5", "c7", "c8"];
    let series = |class: &'static str| Series { name: class.to_owned(), class, values: vec![Some(1_000_000), None] };
    let chart = Chart {
        size: (560, 330),
        id: "tiers",
        title: "t".to_owned(),
        unit: "万元".to_owned(),
        labels: vec!["2025-08".to_owned(), "2025-09".to_owned()],
        columns: classes.map(series).to_vec(),
        lines: Vec::new(),
        format: pledgefund::render::wan,
    };
    let svg = svg::draw(&chart);
    check_sound(&svg);
    assert_eq!(svg.matches("<rect class=\"col").count(), 10, "five columns and five signs in the legend");
    let paths: Vec<String> = all(&svg, "hatch", "d");
    assert_eq!(paths.len(), 4);
    assert!(paths.iter().all(|path| paths.iter().filter(|other| *other == path).count() == 1), "{paths:?}");
    for class in &classes[1..] {
        assert!(svg.contains(&format!("<pattern id=\"tiers-{class}\"")), "{svg}");
        assert_eq!(svg.matches(&format!("url(#tiers-{class})")).count(), 2);
    }
    assert!(svg.contains("<title>2025-08 c4 1.00 万元</title>"), "{svg}");
}

#[test]
fn pictures_of_the_first_page_hold_what_their_tables_hold() {
    for lang in [Lang::Zh, Lang::En] {
        let view = fixture::dashboard();
        let drawn = view.drawn(lang);
        for picture in [&drawn.money, &drawn.tiers] {
            assert_eq!((picture.drawings.len(), picture.table.rows.len()), (1, view.months.len()), "{}", picture.id);
            check_sound(&picture.drawings[0]);
        }
        for picture in [&drawn.ageing, &drawn.borrowers, &drawn.banks] {
            assert!(picture.panels && picture.drawings.len() >= 2, "{}", picture.id);
            picture.drawings.iter().for_each(|svg| check_sound(svg));
            let heads = picture.table.heads.len();
            assert!(picture.table.rows.iter().chain([&picture.table.foot]).all(|row| row.len() == heads));
        }
        let none = charts::months::money(&[], lang);
        assert!(none.drawings.is_empty() && none.table.rows.is_empty() && !none.table.empty.is_empty());
        assert!(charts::ageing::picture(&Ageing::default(), lang).drawings.is_empty());
        assert!(charts::banks::picture(&BankComparison::default(), lang).drawings.is_empty());
        assert!(charts::holdings::borrowers(&Holdings::default(), lang).drawings.is_empty());
    }
}

#[test]
fn bands_of_waiting_lie_end_to_end() {
    let mut bands = Ageing::default();
    bands[0] = Band { claims: 2, amount: 5_000_000 };
    bands[4] = Band { claims: 1, amount: 1_000_000 };
    let picture = charts::ageing::picture(&bands, Lang::Zh);
    let names: Vec<Cell> = picture.table.rows.iter().map(|row| row[0].clone()).collect();
    let wanted = ["0–5 个工作日", "6–10 个工作日", "11–20 个工作日", "21–60 个工作日", "60 个工作日以上"];
    assert_eq!(names, wanted.map(Cell::text));
    assert_eq!(picture.table.foot, [Cell::text("合计"), Cell::Count { count: 3 }, Cell::money(6_000_000)]);
    assert_eq!(all(&picture.drawings[0], "col", "width"), ["216", "108"]);
    assert_eq!(all(&picture.drawings[1], "col", "width"), ["216", "43.2"]);
}

#[test]
fn a_bank_beyond_a_bound_says_so_in_words() {
    let bank = |name: &str, state: &'static str, ppm: i64| BankFigures {
        name: name.to_owned(),
        balance: 1_000_000,
        npl_ratio: None,
        npl_state: "",
        claim_ratio: Some(ppm),
        claim_state: state,
    };
    let all_banks = BankComparison {
        rows: vec![bank("甲", "calm", 10_000), bank("乙", "warns", 20_000), bank("丙", "trips", 40_000)],
        npl: Bounds::default(),
        claims: Bounds { warns: Some(20_000), trips: Some(30_000) },
    };
    let picture = charts::banks::picture(&all_banks, Lang::Zh);
    let [balance, npl, claims] = &picture.drawings[..] else { panic!() };
    assert_eq!(all(npl, "col", "width"), Vec::<String>::new(), "what is not known has no bar");
    assert!(!balance.contains("stroke-dasharray") && !npl.contains("stroke-dasharray"), "no bound, no line");
    let said = words(claims);
    for wanted in ["预警线 2.00%", "暂停线（熔断） 3.00%", "1.00%", "预警 2.00%", "触发 4.00%"] {
        assert!(said.contains(&wanted.to_owned()), "{wanted}: {said:?}");
    }
    assert_eq!(all(claims, "col", "width"), ["216", "108", "54"], "of equal balance in the order of their names");
}

#[test]
fn what_is_not_among_the_largest_stands_in_one_line() {
    let held = |name: &str, balance: i64| Held { name: name.to_owned(), loans: 1, balance, cover: balance / 2 };
    let all_borrowers = Holdings {
        rows: vec![held("甲", 600), held("乙", 200)],
        whole: Held { name: String::new(), loans: 5, balance: 1_000, cover: 450 },
        of: 4,
        limit: Some(250),
    };
    let picture = charts::holdings::borrowers(&all_borrowers, Lang::Zh);
    assert_eq!(picture.help, "前 2 户占余额 80.00%，共 4 户");
    let rest = [
        Cell::text("其余借款人"),
        Cell::Count { count: 3 },
        Cell::money(200),
        Cell::Ratio { ppm: Some(200_000) },
        Cell::money(50),
    ];
    assert_eq!(picture.table.rows.last().unwrap()[..], rest);
    assert_eq!(words(&picture.drawings[0]), ["占贷款余额", "甲", "60.00%", "乙", "20.00%"]);
    assert_eq!(all(&picture.drawings[1], "col c4", "width"), ["216"], "beyond the limit it is hatched");
    assert!(picture.drawings[1].contains("每户累计限额 0.00"));
}

/// The tokens of the style sheet in light and dark.
#[expect(clippy::float_arithmetic, reason = "contrast is defined by powers of fractions")]
fn tokens(css: &str) -> [Vec<(String, [f64; 3])>; 2] {
    let block = |from: &str| css.split_once(from).unwrap().1.split_once('}').unwrap().0.to_owned();
    let read = |body: String| {
        let pairs =
            body.split(';').filter_map(|line| line.trim().strip_prefix("--").and_then(|line| line.split_once(": #")));
        let colour = |hex: &str| {
            let full = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
            [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&full[at..at + 2], 16).unwrap()) / 255.0)
        };
        pairs.map(|(name, hex)| (name.to_owned(), colour(hex.trim()))).collect()
    };
    [read(block(":root {")), read(block("prefers-color-scheme: dark) {\n  :root {"))]
}

#[expect(clippy::float_arithmetic, reason = "contrast is defined by powers of fractions")]
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let light = |colour: [f64; 3]| {
        let [r, g, b] =
            colour.map(|part| if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (light(a), light(b));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn figures_stand_out_from_their_ground_in_light_and_dark_and_paper_is_never_dark() {
    let css = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/static/app.css")).unwrap();
    for tokens in tokens(&css) {
        let of = |name: &str| tokens.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}")).1;
        let ground = of("surface");
        for (name, least) in [("ink-2", 4.5), ("ink-3", 4.5), ("axis", 3.0)]
            .into_iter()
            .chain(["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"].map(|name| (name, 3.0)))
        {
            let found = contrast(of(name), ground);
            assert!(found >= least, "--{name} on --surface: {found:.2}");
        }
    }
    assert!(!css.contains("@media (prefers-color-scheme"), "dark is for screens only");
    let paper = css.split_once("@media print").unwrap().1;
    assert!(paper.contains("color-scheme: light"));
}

#[test]
fn sums_on_cards_are_told_in_hundreds_of_millions_where_they_are_large() {
    let on_card = pledgefund::render::on_card;
    assert_eq!(on_card(68_200_000_000, true), ("6.82".to_owned(), "yi"));
    assert_eq!(on_card(10_000_000_000, true), ("1.00".to_owned(), "yi"));
    assert_eq!(on_card(9_999_999_999, true), ("10,000.00".to_owned(), "wan"));
    assert_eq!(on_card(-68_200_000_000, true), ("-6.82".to_owned(), "yi"));
    assert_eq!(on_card(4_236_500_000, false), ("42.37".to_owned(), "wan"));
    assert_eq!(on_card(25_600_000, false), ("0.2560".to_owned(), "wan"));
    assert_eq!(on_card(123_456_000_000, false), ("1.23".to_owned(), "yi"));
    assert_eq!(on_card(0, true), ("0.00".to_owned(), "wan"));
    assert_eq!(on_card(i64::MIN, true).1, "yi");
}
