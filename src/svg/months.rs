//! Columns and lines over the same days: columns are stacked, lines lie over them.
//!
//! Coordinates are whole tenths of a pixel. **Invariant:** no label of the axis touches its neighbour, and the newest
//! day is always named.

use super::pen::{colour, escaped, filled, opened, patterns, put, px, scaled, stroke, text, text_width};

/// One row of figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// Class that gives colour and pattern: `c1` to `c8`.
    pub class: &'static str,
    /// Fen by label; none leaves a gap.
    pub values: Vec<Option<i64>>,
}

/// What to draw.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Width and height in pixels; the text keeps its size when the picture is shown that wide.
    pub size: (i64, i64),
    /// Identifier of the title, unique on the page.
    pub id: &'static str,
    /// What the picture shows, for readers who do not see it.
    pub title: String,
    /// Unit, printed once.
    pub unit: String,
    /// Months or days, `2025-08` or `2025-08-31`; on the axis the year stands where it begins.
    pub labels: Vec<String>,
    /// Columns, stacked from the bottom.
    pub columns: Vec<Series>,
    /// Lines.
    pub lines: Vec<Series>,
    /// Writes an amount in the unit.
    pub format: fn(i64) -> String,
}

const LEFT: i64 = 520;
const RIGHT: i64 = 80;
const BOTTOM: i64 = 240;
const LEGEND_ROW: i64 = 170;
const TICKS: i64 = 5;
/// Room between two labels of the axis.
const GAP: i64 = 40;
/// Points beyond which a line has no dots.
const DOTS: usize = 24;

/// Where the plot lies, in tenths of a pixel.
struct Plot {
    width: i64,
    height: i64,
    top: i64,
    top_value: i64,
    slots: i64,
}

impl Plot {
    /// Height of `value` on the page; what lies below zero is drawn at zero.
    fn y(&self, value: i64) -> i64 {
        self.height - BOTTOM - scaled(value, self.top_value, self.height - BOTTOM - self.top)
    }

    fn slot_width(&self) -> i64 {
        (self.width - LEFT - RIGHT) / self.slots.max(1)
    }

    fn middle(&self, slot: usize) -> i64 {
        LEFT + self.slot_width() * i64::try_from(slot).unwrap_or(0) + self.slot_width() / 2
    }
}

/// The picture as one `<svg>` element.
#[must_use]
pub fn draw(chart: &Chart) -> String {
    let (legend, rows) = legend(chart);
    let step = step_for(highest(chart));
    let plot = Plot {
        width: chart.size.0 * 10,
        height: chart.size.1 * 10,
        top: 300 + LEGEND_ROW * rows,
        top_value: step.saturating_mul(steps_for(highest(chart), step)),
        slots: i64::try_from(chart.labels.len()).unwrap_or(1),
    };
    let mut out = opened(chart.id, "chart", chart.size, &chart.title);
    let classes: Vec<&str> = chart.columns.iter().map(|series| series.class).collect();
    out.push_str(&patterns(chart.id, &classes));
    text(&mut out, "tick", (40, 140), &chart.unit);
    grid(&mut out, chart, &plot, step);
    for (slot, label) in axis(&chart.labels, plot.slot_width()) {
        text(&mut out, "tick mid", (plot.middle(slot), plot.height - 60), &label);
    }
    columns(&mut out, chart, &plot);
    for line in &chart.lines {
        draw_line(&mut out, chart, &plot, line);
    }
    out.push_str(&legend);
    out.push_str("</svg>");
    out
}

/// The labels of the axis that have room, with their slots: every one, or every second, third … counted back from the
/// newest.
#[must_use]
pub fn axis(labels: &[String], slot_width: i64) -> Vec<(usize, String)> {
    let distance = |every: usize| slot_width.saturating_mul(i64::try_from(every).unwrap_or(i64::MAX));
    for every in 1..=labels.len() {
        let chosen = shortened(labels, every);
        let fits = |pair: &[(usize, String)]| match pair {
            [(_, one), (_, next)] => (text_width(one) + text_width(next)) / 2 + GAP <= distance(every),
            _ => true,
        };
        if chosen.windows(2).all(fits) {
            return chosen;
        }
    }
    Vec::new()
}

/// Every so manieth label, the year only where it begins.
fn shortened(labels: &[String], every: usize) -> Vec<(usize, String)> {
    let mut year = "";
    let mut chosen = Vec::new();
    let last = labels.len().saturating_sub(1);
    for (slot, label) in labels.iter().enumerate().filter(|(slot, _)| (last - slot).is_multiple_of(every)) {
        let short = match label.split_once('-') {
            Some((own, rest)) if own == year => rest,
            Some((own, _)) if own.len() == 4 => {
                year = own;
                label.get(2..).unwrap_or(label)
            }
            _ => label,
        };
        chosen.push((slot, short.to_owned()));
    }
    chosen
}

/// The largest figure drawn: of a line, or of a whole column.
fn highest(chart: &Chart) -> i64 {
    let column = |slot: usize| {
        chart.columns.iter().fold(0_i64, |sum, series| {
            sum.saturating_add(series.values.get(slot).copied().flatten().unwrap_or(0).max(0))
        })
    };
    let columns = (0..chart.labels.len()).map(column);
    let lines = chart.lines.iter().flat_map(|line| line.values.iter().copied().flatten());
    columns.chain(lines).max().unwrap_or(0).max(0)
}

/// The smallest round step (1, 2 or 5 times a power of ten) that reaches `highest` in five.
fn step_for(highest: i64) -> i64 {
    let mut power = 1_000_000_i64;
    loop {
        for digit in [1, 2, 5] {
            let step = power.saturating_mul(digit);
            if step.saturating_mul(TICKS) >= highest {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn steps_for(highest: i64, step: i64) -> i64 {
    (highest.saturating_add(step - 1) / step).max(1)
}

fn grid(out: &mut String, chart: &Chart, plot: &Plot, step: i64) {
    for number in 0..=plot.top_value / step {
        let y = plot.y(step * number);
        let class = if number == 0 { "axis" } else { "grid" };
        put(
            out,
            format_args!(
                "<line class=\"{class}\" stroke=\"{}\" x1=\"{}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\"/>",
                colour(class),
                px(LEFT),
                px(plot.width - RIGHT),
                y = px(y),
            ),
        );
        text(out, "tick end", (LEFT - 60, y + 38), &whole((chart.format)(step * number)));
    }
}

fn columns(out: &mut String, chart: &Chart, plot: &Plot) {
    let width = plot.slot_width() * 46 / 100;
    for slot in 0..chart.labels.len() {
        let mut below = 0_i64;
        for series in &chart.columns {
            let Some(value) = series.values.get(slot).copied().flatten().filter(|value| *value > 0) else { continue };
            let above = below.saturating_add(value);
            let (top, bottom) = (plot.y(above), plot.y(below));
            let place = (plot.middle(slot) - width / 2, top, width, (bottom - top).max(4));
            filled(out, chart.id, series.class, place, &tooltip(chart, slot, series, value));
            below = above;
        }
    }
}

fn draw_line(out: &mut String, chart: &Chart, plot: &Plot, line: &Series) {
    let mut dots = String::new();
    let mut path = String::new();
    let mut pen_up = true;
    for (slot, value) in line.values.iter().enumerate() {
        let Some(value) = *value else {
            pen_up = true;
            continue;
        };
        let (x, y) = (px(plot.middle(slot)), px(plot.y(value)));
        put(&mut path, format_args!("{}{x} {y}", if pen_up { "M" } else { "L" }));
        let radius = if line.values.len() > DOTS { "1.5" } else { "3" };
        put(
            &mut dots,
            format_args!(
                "<circle class=\"dot {}\" fill=\"#fff\" stroke=\"{}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\">{}</circle>",
                line.class,
                colour(line.class),
                tooltip(chart, slot, line, value),
            ),
        );
        pen_up = false;
    }
    stroke(out, line.class, &path);
    out.push_str(&dots);
}

fn tooltip(chart: &Chart, slot: usize, series: &Series, value: i64) -> String {
    let label = chart.labels.get(slot).map_or("", String::as_str);
    let text = format!("{label} {} {} {}", series.name, (chart.format)(value), chart.unit);
    format!("<title>{}</title>", escaped(&text))
}

/// The legend and the number of rows it needs beyond the first.
fn legend(chart: &Chart) -> (String, i64) {
    let columns = chart.columns.iter().map(|series| (series, true));
    let lines = chart.lines.iter().map(|series| (series, false));
    let start = text_width(&chart.unit) + 250;
    let (mut x, mut row) = (start, 0_i64);
    let mut out = String::new();
    for (series, column) in columns.chain(lines) {
        let width = 200 + text_width(&series.name) + 160;
        if x + width > chart.size.0 * 10 && x > start {
            x = start;
            row += 1;
        }
        let y = 100 + LEGEND_ROW * row;
        if column {
            filled(&mut out, chart.id, series.class, (x, y - 45, 120, 90), "");
        } else {
            stroke(&mut out, series.class, &format!("M{} {}h14", px(x), px(y)));
        }
        text(&mut out, "lab", (x + 190, y + 40), &series.name);
        x += width;
    }
    (out, row)
}

/// A figure on the axis without the zeros behind its point.
fn whole(figure: String) -> String {
    if figure.contains('.') { figure.trim_end_matches('0').trim_end_matches('.').to_owned() } else { figure }
}
