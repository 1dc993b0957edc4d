//! Small pieces of the pages: queries, links, capital numerals, charts.

use chrono::NaiveDate;
use pledgefund::link::{segment, with_query};
use pledgefund::render::million;
use pledgefund::svg::{self, Chart, Series};
use pledgefund::views::acting::WorkItem;
use pledgefund::views::beijing;
use pledgefund::views::capital::capital;
use pledgefund::views::dashboard::Todo;
use pledgefund::views::loans::{LoanSort, LoanState};
use pledgefund::views::query::{LoanQuery, PlainQuery, offset};

fn pairs(text: &[(&str, &str)]) -> Vec<(String, String)> {
    text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_query_reads_what_it_wrote() {
    let asked = pairs(&[
        ("q", "晟源 & 子"),
        ("bank", "SGH"),
        ("state", "queued"),
        ("sort", "balance"),
        ("dir", "asc"),
        ("page", "3"),
    ]);
    let query = LoanQuery::from_pairs(&asked);
    assert_eq!(
        (query.state, query.sort, query.descending, query.page),
        (Some(LoanState::Queued), LoanSort::Balance, false, 3)
    );
    let path = query.path();
    assert!(path.starts_with("/loans?q=%E6%99%9F"), "{path}");
    assert!(path.contains("%20%26%20") && path.ends_with("&sort=balance&dir=asc&page=3"), "{path}");
}

#[test]
fn no_kind_of_work_hides_another_on_the_first_page() {
    let mail = |id: usize| Todo::FailedMail { id: id.to_string(), subject: String::new() };
    let work = |id: usize| Todo::Work(WorkItem { text: id.to_string(), ..WorkItem::default() });
    let upload = Todo::WaitingUpload { id: String::new(), file: String::new(), by: String::new(), refused: 0 };
    let all: Vec<Todo> = (0..30).map(work).chain((0..2).map(mail)).chain([upload.clone()]).collect();
    let shown: Vec<Todo> = (0..7).map(work).chain((0..2).map(mail)).chain([upload]).collect();
    assert_eq!(Todo::shared_out(&all, 10), shown);
    assert_eq!(Todo::shared_out(&all, 100), all);
}

#[test]
fn nonsense_in_a_query_is_as_if_it_were_not_there() {
    let query =
        LoanQuery::from_pairs(&pairs(&[("page", "abc"), ("sort", "drop table"), ("state", "x"), ("other", "1")]));
    assert_eq!(query, LoanQuery::default());
    for page in ["0", "-3", "1000001", "1e3", ""] {
        assert_eq!(LoanQuery::from_pairs(&pairs(&[("page", page)])).page, 1, "{page}");
    }
    let long = "长".repeat(500);
    assert_eq!(LoanQuery::from_pairs(&pairs(&[("q", &long)])).search.chars().count(), 80);
}

#[test]
fn a_pager_shows_the_ends_and_the_neighbours() {
    let on = |page: u64, total: u64| {
        PlainQuery { path: "/fund".to_owned(), search: "利息".to_owned(), page, ..PlainQuery::default() }.pager(total)
    };
    let numbers = |page, total| on(page, total).links.iter().map(|link| link.page).collect::<Vec<_>>();
    assert_eq!(numbers(1, 0), [1]);
    assert_eq!(numbers(1, 50), [1]);
    assert_eq!(numbers(1, 51), [1, 2]);
    assert_eq!(numbers(10, 1_000), [1, 0, 8, 9, 10, 11, 12, 0, 20]);
    assert_eq!(numbers(99, 120), [1, 2, 3], "a page beyond the end is the last one");
    assert_eq!(on(2, 120).previous, "/fund?q=%E5%88%A9%E6%81%AF");
    assert_eq!(on(2, 120).next, "/fund?q=%E5%88%A9%E6%81%AF&page=3");
    assert_eq!((offset(1, 0), offset(3, 120), offset(99, 120), offset(2, 50)), (0, 100, 100, 0));
}

#[test]
fn sorting_by_the_same_column_turns_the_direction_round() {
    let query = LoanQuery::from_pairs(&pairs(&[("sort", "principal"), ("bank", "YMK")]));
    let links = query.sort_links();
    assert_eq!(links["principal"].href, "/loans?bank=YMK&sort=principal&dir=asc");
    assert_eq!(links["principal"].direction, "descending");
    assert_eq!(links["balance"].href, "/loans?bank=YMK&sort=balance");
    assert_eq!(links["balance"].direction, "none");
}

#[test]
fn a_plain_list_is_sorted_by_its_columns_and_keeps_that_from_page_to_page() {
    let query = PlainQuery::from_pairs("/fund", &pairs(&[("sort", "change"), ("q", "x"), ("page", "2")]));
    let links = query.sort_links(&["on", "change"]);
    assert_eq!(links["change"].href, "/fund?q=x&sort=change&dir=desc");
    assert_eq!(links["change"].direction, "ascending");
    assert_eq!((&*links["on"].href, &*links["on"].direction), ("/fund?q=x&sort=on", "none"));
    assert_eq!(query.pager(120).next, "/fund?q=x&sort=change&page=3");
    let turned = PlainQuery::from_pairs("/fund", &pairs(&[("sort", "change"), ("dir", "desc")]));
    assert_eq!(turned.sort_links(&["change"])["change"].href, "/fund?sort=change");
    assert_eq!(turned.sort_links(&["change"])["change"].direction, "descending");
}

#[test]
fn links_keep_any_contract_number() {
    assert_eq!(segment("YYC(2023)0001/a b?#%"), "YYC%282023%290001%2Fa%20b%3F%23%25");
    assert_eq!(with_query("/loans", &[("q", String::new())]), "/loans");
}

#[test]
fn capital_numerals_follow_the_bank_form() {
    for (fen, want) in [
        (0, "人民币零元整"),
        (1, "人民币壹分"),
        (10, "人民币壹角整"),
        (10_005, "人民币壹佰元零伍分"),
        (150_000_000, "人民币壹佰伍拾万元整"),
        (3_500_000_000, "人民币叁仟伍佰万元整"),
        (100_500_000, "人民币壹佰万伍仟元整"),
        (10_000_100, "人民币壹拾万零壹元整"),
        (100_000_001_000, "人民币壹拾亿零壹拾元整"),
        (1_200_340, "人民币壹万贰仟零叁元肆角整"),
        (305_742, "人民币叁仟零伍拾柒元肆角贰分"),
        (-150_000_000, "人民币负壹佰伍拾万元整"),
    ] {
        assert_eq!(capital(fen), want, "{fen}");
    }
}

#[test]
fn millions_hold_the_same_digits_as_ten_thousands() {
    assert_eq!(million(25_600_000), "0.2560");
    assert_eq!(million(-5_812_345_678), "-58.1235");
    assert_eq!(million(4_999), "0.0000");
}

#[test]
fn moments_are_shown_in_beijing_time() {
    let utc = NaiveDate::from_ymd_opt(2026, 7, 31).unwrap().and_hms_opt(17, 10, 0).unwrap();
    assert_eq!(beijing(utc), "2026-08-01 01:10");
}

fn chart(columns: Vec<Series>, labels: usize) -> Chart {
    Chart {
        size: (640, 254),
        id: "c",
        title: "A & <B>".to_owned(),
        unit: "万元".to_owned(),
        labels: (0..labels).map(|n| n.to_string()).collect(),
        columns,
        lines: Vec::new(),
        format: pledgefund::render::wan,
    }
}

fn heights(svg: &str) -> Vec<String> {
    let rects = svg.split("<rect ").skip(1).filter(|rect| rect.contains("<title>"));
    rects.map(|rect| rect.split("height=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn a_column_is_as_high_as_its_share_of_the_axis() {
    let values = vec![Some(5_000_000_000), Some(2_500_000_000), None, Some(0)];
    let svg = svg::draw(&chart(vec![Series { name: "x".to_owned(), class: "c1", values }], 4));
    assert_eq!(heights(&svg), ["200", "100"], "the axis ends at 5,000 and the plot is 200 high; gaps draw nothing");
    assert!(svg.contains(">5,000</text>") && svg.contains(">1,000</text>"), "{svg}");
    assert!(svg.contains("A &amp; &lt;B&gt;") && !svg.contains("style"), "{svg}");
}

#[test]
fn charts_survive_any_figures() {
    for values in [vec![], vec![Some(0)], vec![Some(i64::MAX), Some(-1)], vec![Some(i64::MAX), Some(i64::MAX)]] {
        let two = vec![
            Series { name: "a".to_owned(), class: "c1", values: values.clone() },
            Series { name: "b".to_owned(), class: "c2", values: values.clone() },
        ];
        assert!(svg::draw(&chart(two, values.len())).ends_with("</svg>"));
    }
}
