//! Bars that lie: one below the other, each with its name and its figure, and the bounds drawn through all of them.
//!
//! **Invariant:** every bar stands over the same scale, which holds the bounds too; what is not known has no bar and
//! says so.

use super::pen::{cut, escaped, filled, opened, patterns, put, px, scaled, stroke, text, text_width};

/// One bar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bar {
    /// What it stands for.
    pub name: String,
    /// How long it is, in the unit of the others; none where it is not known.
    pub value: Option<i64>,
    /// The figure in words, at its end.
    pub shown: String,
    /// Class that gives colour and pattern.
    pub class: &'static str,
}

/// A bound, drawn across the bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What happens there, with the figure.
    pub name: String,
    /// Where it is, in the unit of the bars.
    pub at: i64,
    /// `c2` for what is told, `c3` for what stops.
    pub class: &'static str,
}

/// What to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bars {
    /// Identifier of the title, unique on the page.
    pub id: String,
    /// What the bars show; written above them.
    pub title: String,
    /// Width in pixels.
    pub width: i64,
    /// The bars, from the top.
    pub bars: Vec<Bar>,
    /// Bounds.
    pub marks: Vec<Mark>,
}

/// Height of a bar with its name, and of a line of words, in tenths of a pixel.
const ROW: i64 = 340;
const LINE: i64 = 180;
const EDGE: i64 = 20;

/// The picture as one `<svg>` element; empty where there is no bar.
#[must_use]
pub fn draw(chart: &Bars) -> String {
    if chart.bars.is_empty() {
        return String::new();
    }
    let count = |len: usize| i64::try_from(len).unwrap_or(i64::MAX / ROW);
    let top = 60 + LINE * (1 + count(chart.marks.len()));
    let bottom = top + ROW * count(chart.bars.len());
    let mut out = opened(&chart.id, "chart bars", (chart.width, (bottom + 40) / 10), &chart.title);
    let classes: Vec<&str> = chart.bars.iter().map(|bar| bar.class).collect();
    out.push_str(&patterns(&chart.id, &classes));
    let bars = chart.bars.iter().filter_map(|bar| bar.value);
    let whole = bars.chain(chart.marks.iter().map(|mark| mark.at)).max().unwrap_or(0).max(1);
    let room = chart.width * 10 - 2 * EDGE;
    text(&mut out, "lab head", (EDGE, 130), &cut(&chart.title, room));
    for (place, bar) in (0..).zip(&chart.bars) {
        one(&mut out, chart, bar, (top + ROW * place, scaled(bar.value.unwrap_or(0), whole, room)));
    }
    for (place, mark) in (0..).zip(&chart.marks) {
        let x = EDGE + scaled(mark.at, whole, room);
        let y = 130 + LINE * (place + 1);
        stroke(&mut out, mark.class, &format!("M{} {}h16", px(EDGE), px(y - 40)));
        text(&mut out, "lab", (EDGE + 220, y), &cut(&mark.name, room - 220));
        // Over the bars alone: through the lines of words it would stand on the figures.
        let across = |row: i64| format!("M{} {}V{}", px(x), px(top + ROW * row + 160), px(top + ROW * row + 290));
        stroke(&mut out, mark.class, &(0..count(chart.bars.len())).map(across).collect::<String>());
    }
    out.push_str("</svg>");
    out
}

fn one(out: &mut String, chart: &Bars, bar: &Bar, (y, length): (i64, i64)) {
    let room = chart.width * 10 - 2 * EDGE;
    let name = cut(&bar.name, room - text_width(&bar.shown) - 120);
    let tooltip = format!("<title>{} {}</title>", escaped(&bar.name), escaped(&bar.shown));
    put(out, format_args!("<g class=\"row\">{tooltip}"));
    text(out, "lab", (EDGE, y + 130), &name);
    text(out, "lab end", (chart.width * 10 - EDGE, y + 130), &bar.shown);
    put(
        out,
        format_args!(
            "<rect class=\"track\" fill=\"#eef1f5\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"9\"/>",
            px(EDGE),
            px(y + 180),
            px(room)
        ),
    );
    if bar.value.is_some_and(|value| value > 0) {
        filled(out, &chart.id, bar.class, (EDGE, y + 180, length.max(10), 90), "");
    }
    out.push_str("</g>");
}
