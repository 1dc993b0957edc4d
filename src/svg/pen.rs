//! What every drawing is made of: colours, patterns, text that is measured and escaped.
//!
//! Owns the colours of a picture that stands alone, as in a mail or a printed paper; a page's style sheet overrides
//! them by class, so that the same bytes follow its light and dark colours.
//! **Invariant:** a class has one colour and one pattern wherever it is drawn, so that no picture tells by colour alone.

use std::fmt::Write;

/// Colour of words.
pub(super) const INK: &str = "#475467";
/// Colour of figures on an axis.
pub(super) const FAINT: &str = "#5f6b7d";
/// Colour of the lines behind the figures.
const GRID: &str = "#e8ecf2";
/// Colour of an axis.
const AXIS: &str = "#8a94a6";

/// Colour of a class where no style sheet says otherwise.
pub(super) fn colour(class: &str) -> &'static str {
    match class {
        "c1" => "#5b8bdf",
        "c2" => "#b85c00",
        "c3" | "c5" => "#c0362c",
        "c4" => "#b57a12",
        "c7" => "#8f2a5b",
        "c8" => "#4b3a5e",
        "grid" => GRID,
        "axis" => AXIS,
        _ => "#6b7686",
    }
}

/// The strokes that a class is drawn over with, in a square of eight; none for a plain one.
const fn strokes(class: &str) -> Option<&'static str> {
    match class.as_bytes() {
        b"c4" => Some("M0 8L8 0"),
        b"c5" => Some("M0 0L8 8M0 8L8 0"),
        b"c7" => Some("M0 4H8"),
        b"c8" => Some("M4 0V8"),
        _ => None,
    }
}

/// The patterns of these classes, to stand once in a picture; empty where all are plain.
pub(super) fn patterns(id: &str, classes: &[&str]) -> String {
    let mut out = String::new();
    for (place, class) in classes.iter().enumerate() {
        let Some(path) = strokes(class).filter(|_| !classes.iter().take(place).any(|other| other == class)) else {
            continue;
        };
        put(
            &mut out,
            format_args!(
                "<pattern id=\"{id}-{class}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">\
                 <path class=\"hatch\" stroke=\"#fff\" d=\"{path}\"/></pattern>"
            ),
        );
    }
    if out.is_empty() { out } else { format!("<defs>{out}</defs>") }
}

/// A filled box of a class with its pattern; `inside` is the tooltip. Tenths of a pixel.
pub(super) fn filled(out: &mut String, id: &str, class: &str, place: (i64, i64, i64, i64), inside: &str) {
    let (x, y, width, height) = place;
    let at = format!("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", px(x), px(y), px(width), px(height));
    put(out, format_args!("<rect class=\"col {class}\" fill=\"{}\" {at}>{inside}</rect>", colour(class)));
    if strokes(class).is_some() {
        put(out, format_args!("<rect class=\"over\" pointer-events=\"none\" fill=\"url(#{id}-{class})\" {at}/>"));
    }
}

/// Opening of a picture: its size, its title, what it looks like where there is no style sheet.
pub(super) fn opened(id: &str, class: &str, size: (i64, i64), title: &str) -> String {
    let (wide, high) = size;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" \
         height=\"{high}\" font-family=\"Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif\" font-size=\"11\" \
         role=\"img\" aria-labelledby=\"{id}\"><title id=\"{id}\">{}</title>",
        escaped(title)
    )
}

/// A text at a place in tenths of a pixel. `class` names its colour, and with `end` or `mid` where it is held.
pub(super) fn text(out: &mut String, class: &str, (x, y): (i64, i64), words: &str) {
    let ink = if class.starts_with("tick") { FAINT } else { INK };
    let anchor = match class {
        class if class.ends_with("end") => " text-anchor=\"end\"",
        class if class.ends_with("mid") => " text-anchor=\"middle\"",
        _ => "",
    };
    let (x, y) = (px(x), px(y));
    put(
        out,
        format_args!("<text class=\"{class}\" fill=\"{ink}\"{anchor} x=\"{x}\" y=\"{y}\">{}</text>", escaped(words)),
    );
}

/// A stroke: its path, drawn in the colour of a class and with its own dashes.
pub(super) fn stroke(out: &mut String, class: &str, path: &str) {
    let dashes = match class {
        "c3" => " stroke-dasharray=\"5 4\"",
        "c2" => " stroke-dasharray=\"2 3\"",
        "c6" => " stroke-dasharray=\"8 3 2 3\"",
        _ => "",
    };
    let colour = colour(class);
    put(
        out,
        format_args!(
            "<path class=\"line {class}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes} d=\"{path}\"/>"
        ),
    );
}

/// Width at 11 px, in tenths: one em for a Chinese character, a little over half for others.
pub(super) fn text_width(text: &str) -> i64 {
    text.chars().map(|c| if c.is_ascii() { 62 } else { 110 }).sum()
}

/// A text cut to a width, with an ellipsis where something was cut off.
pub(super) fn cut(text: &str, room: i64) -> String {
    if text_width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if text_width(&kept) + 110 > room {
            kept.pop();
            break;
        }
    }
    kept + "…"
}

/// Tenths of a pixel as pixels.
pub(super) fn px(tenths: i64) -> String {
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    let sign = if tenths < 0 { "-" } else { "" };
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// `value` as its part of `room` where `whole` fills it; never below zero, never more than all of it.
pub(super) fn scaled(value: i64, whole: i64, room: i64) -> i64 {
    let whole = i128::from(whole.max(1));
    let shown = i128::from(value.max(0)).min(whole);
    i64::try_from((shown * i128::from(room) + whole / 2) / whole).unwrap_or(room)
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#x27;")
}

/// Writing into a String cannot fail, so there is no error to pass on.
pub(super) fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(text);
}
