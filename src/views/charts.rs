//! Pictures with the tables of their figures.
//!
//! Owns which figures stand in which picture, and the words beside them; drawing is `svg`. A picture is a function of the
//! figures alone, so that pages, mails and papers show the same one.
//! **Invariant:** a picture shows the figures of its own table and nothing else.

pub mod ageing;
pub mod banks;
pub mod holdings;
pub mod months;

use serde::Serialize;

use super::parts::{Cell, Head, Table};
use crate::domain::money::Ppm;
use crate::i18n::{self, Lang};
use crate::render;
use crate::svg::bars::{self, Bar, Bars, Mark};

/// A picture, or several of the same things side by side, with the table of its figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// Name within the page.
    pub id: String,
    /// Heading.
    pub title: String,
    /// What it tells and of which day, in a few words.
    pub help: String,
    /// Drawings as `<svg>` elements; none where there is nothing to draw.
    pub drawings: Vec<String>,
    /// They stand side by side where there is room.
    pub panels: bool,
    /// The table is shown without being asked for.
    pub open: bool,
    /// Its figures.
    pub table: Table,
}

/// Width of a panel that stands beside others, in pixels.
const PANEL: i64 = 220;

/// Words of one picture.
#[derive(Debug, Clone, Copy)]
struct Words {
    lang: Lang,
    picture: &'static str,
}

impl Words {
    fn text(self, key: &str) -> String {
        self.with(key, &[])
    }

    fn with(self, key: &str, places: &[(&str, &str)]) -> String {
        i18n::text(self.lang, &format!("page.chart.{}.{key}", self.picture), places)
    }

    /// A word that several pictures have.
    fn shared(self, key: &str) -> String {
        i18n::text(self.lang, &format!("page.chart.{key}"), &[])
    }

    /// An amount with its unit, as it stands beside a bar.
    fn amount(self, fen: i64) -> String {
        amount(self.lang)(fen)
    }

    /// The picture with its table; a star before the name of a column puts its cells at the right.
    fn picture(self, columns: &[&str], rows: Vec<Vec<Cell>>, foot: Vec<Cell>) -> Picture {
        let head = |name: &&str| {
            let (plain, number) = name.strip_prefix('*').map_or((*name, false), |plain| (plain, true));
            Head { label: self.text(&format!("column.{plain}")), number, sort: None }
        };
        let id = format!("chart-{}", self.picture);
        Picture {
            title: self.text("title"),
            table: Table {
                id: format!("{id}-data"),
                title: self.text("title"),
                has_money: rows.iter().flatten().any(|cell| matches!(cell, Cell::Money { .. })),
                heads: columns.iter().map(head).collect(),
                rows,
                foot,
                empty: self.text("none"),
                ..Table::default()
            },
            id,
            ..Picture::default()
        }
    }

    /// One panel of bars.
    fn panel(self, key: &str, rows: Vec<Bar>, marks: Vec<Mark>) -> String {
        let id = format!("chart-{}-{key}", self.picture);
        let title = self.text(&format!("panel.{key}"));
        bars::draw(&Bars { id, title, width: PANEL, bars: rows, marks })
    }
}

/// How amounts are written in pictures: 万元 in Chinese, millions of yuan in English.
fn amount(lang: Lang) -> fn(i64) -> String {
    match lang {
        Lang::Zh => render::wan,
        Lang::En => render::million,
    }
}

/// A ratio in parts per million as it stands beside a bar; a dash where it is not known.
fn percent(ppm: Option<i64>) -> String {
    let told = ppm.and_then(|ppm| Ppm::try_new(ppm).ok());
    told.map_or_else(|| "—".to_owned(), |ratio| format!("{}%", ratio.percent()))
}

/// `part ÷ whole` in parts per million, half up; none where the whole is not above zero.
fn share(part: i64, whole: i64) -> Option<i64> {
    let (part, whole) = (i128::from(part.max(0)), i128::from(whole));
    (whole > 0).then(|| i64::try_from((part * 2_000_000 + whole) / (whole * 2)).ok()).flatten()
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
