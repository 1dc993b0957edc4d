//! Charts as SVG text: columns (stacked where there are several) and lines over the same months.
//!
//! Owns the drawing; colours belong to the style sheet by class (`c1` to `c6`), tooltips are `<title>` elements.
//! Coordinates are whole tenths of a pixel. **Invariant:** the text holds no style attribute, no script and no
//! unescaped text, so that it can stand inside a page under the strict content policy.

use std::fmt::Write;

/// One row of figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// Class that gives the colour: `c1` to `c6`.
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
    /// Labels of the months.
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
        let room = i128::from(self.height - BOTTOM - self.top);
        let shown = i128::from(value.clamp(0, self.top_value));
        let height = (shown * room + i128::from(self.top_value) / 2) / i128::from(self.top_value.max(1));
        self.height - BOTTOM - i64::try_from(height).unwrap_or(0)
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
    let mut out = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" role=\"img\" aria-labelledby=\"{id}\">\
         <title id=\"{id}\">{title}</title><text class=\"tick\" x=\"4\" y=\"14\">{unit}</text>",
        id = chart.id,
        wide = chart.size.0,
        high = chart.size.1,
        title = escaped(&chart.title),
        unit = escaped(&chart.unit),
    );
    grid(&mut out, chart, &plot, step);
    months(&mut out, chart, &plot);
    columns(&mut out, chart, &plot);
    for line in &chart.lines {
        draw_line(&mut out, chart, &plot, line);
    }
    out.push_str(&legend);
    out.push_str("</svg>");
    out
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
        let value = step * number;
        let y = plot.y(value);
        let class = if number == 0 { "axis" } else { "grid" };
        put(
            out,
            format_args!(
                "<line class=\"{class}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>\
             <text class=\"tick end\" x=\"{}\" y=\"{}\">{}</text>",
                px(LEFT),
                px(plot.width - RIGHT),
                px(y),
                px(y),
                px(LEFT - 60),
                px(y + 38),
                escaped(&whole((chart.format)(value))),
            ),
        );
    }
}

fn months(out: &mut String, chart: &Chart, plot: &Plot) {
    for (slot, label) in chart.labels.iter().enumerate() {
        put(
            out,
            format_args!(
                "<text class=\"tick mid\" x=\"{}\" y=\"{}\">{}</text>",
                px(plot.middle(slot)),
                px(plot.height - 60),
                escaped(label),
            ),
        );
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
            put(
                out,
                format_args!(
                    "<rect class=\"col {}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">{}</rect>",
                    series.class,
                    px(plot.middle(slot) - width / 2),
                    px(top),
                    px(width),
                    px((bottom - top).max(4)),
                    tooltip(chart, slot, series, value),
                ),
            );
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
        put(
            &mut dots,
            format_args!(
                "<circle class=\"dot {}\" cx=\"{x}\" cy=\"{y}\" r=\"3\">{}</circle>",
                line.class,
                tooltip(chart, slot, line, value),
            ),
        );
        pen_up = false;
    }
    put(out, format_args!("<path class=\"line {}\" d=\"{path}\"/>{dots}", line.class));
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
            put(
                &mut out,
                format_args!(
                    "<rect class=\"col {}\" x=\"{}\" y=\"{}\" width=\"12\" height=\"9\"/>",
                    series.class,
                    px(x),
                    px(y - 45),
                ),
            );
        } else {
            put(&mut out, format_args!("<path class=\"line {}\" d=\"M{} {}h14\"/>", series.class, px(x), px(y),));
        }
        put(
            &mut out,
            format_args!(
                "<text class=\"lab\" x=\"{}\" y=\"{}\">{}</text>",
                px(x + 190),
                px(y + 40),
                escaped(&series.name),
            ),
        );
        x += width;
    }
    (out, row)
}

/// Width at 11 px: one em for a Chinese character, a little over half for others.
fn text_width(text: &str) -> i64 {
    text.chars().map(|c| if c.is_ascii() { 62 } else { 110 }).sum()
}

/// Tenths of a pixel as pixels.
fn px(tenths: i64) -> String {
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, (tenths % 10).abs()) }
}

/// A figure on the axis without the zeros behind its point.
fn whole(figure: String) -> String {
    if figure.contains('.') { figure.trim_end_matches('0').trim_end_matches('.').to_owned() } else { figure }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Writing into a String cannot fail, so there is no error to pass on.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(text);
}

/// A text as a QR code: the side with its quiet zone, in modules, and the path of the dark ones.
#[must_use]
pub fn qr(text: &str) -> Option<(usize, String)> {
    const QUIET: usize = 4;
    let code = qrcode::QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            let (x, y) = (at.checked_rem(width)? + QUIET, at.checked_div(width)? + QUIET);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    Some((width + 2 * QUIET, path))
}
