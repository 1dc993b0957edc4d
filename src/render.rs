//! Turns templates and plain data into pages and mail bodies.
//!
//! Owns the minijinja environment: strict undefined, escaping by file name, texts only from the catalogue.
//! **Invariant:** a template that names something unknown is an error, never an empty string.

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;

use crate::assets;
use crate::domain::money::{FenDelta, Ppm};
use crate::embedded::{self, Templates};
use crate::i18n::{self, Lang};
use crate::link;

/// Compiled templates.
#[derive(Debug)]
pub struct Renderer {
    environment: Environment<'static>,
}

impl Renderer {
    /// Compiles every template of the product.
    ///
    /// # Errors
    /// The first template that does not compile.
    pub fn new() -> Result<Renderer, Error> {
        Renderer::of(embedded::texts::<Templates>())
    }

    /// Compiles templates given as (path, text).
    ///
    /// # Errors
    /// The first template that does not compile.
    pub fn of(templates: Vec<(String, String)>) -> Result<Renderer, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(
            |name| {
                if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
            },
        );
        environment.add_filter("yuan", yuan);
        environment.add_filter("wan", wan);
        environment.add_filter("million", million);
        environment.add_filter("percent", percent);
        environment.add_filter("segment", |text: &str| link::segment(text));
        environment.add_function("on_card", |fen: i64, lang: &str| {
            let (figure, unit) = on_card(fen, lang == Lang::Zh.code());
            vec![Value::from(figure), Value::from(unit)]
        });
        environment.add_function("asset", |name: &str| Value::from_safe_string(assets::address(name)));
        for (path, body) in templates {
            environment.add_template_owned(path, body)?;
        }
        Ok(Renderer { environment })
    }

    /// Renders template `name` in `lang` with `view` as its data; templates call `t("key", place=value)`.
    ///
    /// # Errors
    /// An unknown template, a name the view does not have, or a text the catalogue does not have.
    pub fn render<V: Serialize>(&self, name: &str, lang: Lang, view: &V) -> Result<String, Error> {
        let template = self.environment.get_template(name)?;
        let translate = move |key: &str, kwargs: minijinja::value::Kwargs| translate(lang, key, &kwargs);
        let data = Value::from(minijinja::value::Serde(view));
        template.render(context! {
            t => Value::from_function(translate),
            lang => lang.code(),
            html_lang => lang.html(),
            view => data,
        })
    }
}

fn translate(lang: Lang, key: &str, kwargs: &minijinja::value::Kwargs) -> Result<String, Error> {
    if !i18n::texts(lang).contains_key(key) {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("no text for key {key}")));
    }
    let mut places = Vec::new();
    for name in kwargs.args() {
        places.push((name.to_owned(), kwargs.get::<Value>(name)?.to_string()));
    }
    let borrowed: Vec<(&str, &str)> = places.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    Ok(i18n::text(lang, key, &borrowed))
}

/// Fen as yuan with thousands separators and two decimals.
fn yuan(fen: i64) -> String {
    grouped(&FenDelta::new(fen).yuan())
}

/// Fen as 万元 with two decimals, rounded half away from zero, with thousands separators.
#[must_use]
pub fn wan(fen: i64) -> String {
    grouped(&wan_plain(fen))
}

/// Fen as 万元 with two decimals, rounded half away from zero: for display only, sums are made in fen.
#[must_use]
pub fn wan_plain(fen: i64) -> String {
    let hundredths = i128::from(fen.unsigned_abs()).saturating_add(5_000) / 10_000;
    let sign = if fen < 0 && hundredths > 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Fen as millions of yuan with four decimals, so that it holds the same digits as `wan`: for English pages.
#[must_use]
pub fn million(fen: i64) -> String {
    let units = (i128::from(fen.unsigned_abs()).saturating_add(5_000)) / 10_000;
    let sign = if fen < 0 && units > 0 { "-" } else { "" };
    grouped(&format!("{sign}{}.{:04}", units / 10_000, units % 10_000))
}

/// A headline sum with its unit (`wan`, `yi`): in Chinese 亿元 from a hundred million yuan on, in English billions from a
/// thousand million on, two decimals; what is smaller stands as in tables. For display only.
#[must_use]
pub fn on_card(fen: i64, chinese: bool) -> (String, &'static str) {
    let size = fen.unsigned_abs();
    let hundredths = |unit: u128| -> String {
        let parts = (u128::from(size) * 100 + unit / 2) / unit;
        let sign = if fen < 0 && parts > 0 { "-" } else { "" };
        grouped(&format!("{sign}{}.{:02}", parts / 100, parts % 100))
    };
    match (chinese, size) {
        (true, 10_000_000_000..) => (hundredths(10_000_000_000), "yi"),
        (true, _) => (wan(fen), "wan"),
        (false, 100_000_000_000..) => (hundredths(100_000_000_000), "yi"),
        (false, 100_000_000..) => (hundredths(100_000_000), "wan"),
        (false, _) => (million(fen), "wan"),
    }
}

/// Parts per million as a percentage with two decimals, rounded half up; a ratio is never below zero.
fn percent(ppm: i64) -> Result<String, Error> {
    let ratio = Ppm::try_new(ppm).map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
    Ok(ratio.percent())
}

/// Puts thousands separators into a plain decimal.
#[must_use]
pub fn grouped(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}
