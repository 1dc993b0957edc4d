//! Drawings as SVG text: columns and lines over months, bars with bounds, codes to be read by a camera.
//!
//! A drawing is a function of its data alone, good for a page, a mail and a printed paper: it carries its own colours,
//! which a page's style sheet overrides by class; tooltips are `<title>` elements.
//! **Invariant:** the text holds no style attribute, no script and no unescaped text, so that it can stand inside a page
//! under the strict content policy.

pub mod bars;
pub mod months;
mod pen;

pub use months::{Chart, Series, draw};

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
