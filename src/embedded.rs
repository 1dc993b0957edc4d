//! Files compiled into the binary, so that one file is all an installation needs.
//!
//! Owns the folders `locales`, `templates`, `mappings`, `rulebooks`, `jobs`, `data`, `config`, `demo/bank-files` and `static`.
//! **Invariant:** nothing here is read from the disk of the machine that runs the program.

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// Declares one embedded folder.
macro_rules! folder {
    ($(#[$doc:meta])* $name:ident, $path:literal) => {
        $(#[$doc])*
        #[derive(RustEmbed)]
        #[folder = $path]
        pub struct $name;
    };
}

folder! {
    /// Text catalogues, one folder a language.
    Locales, "locales"
}
folder! {
    /// Page, mail and report templates.
    Templates, "templates"
}
folder! {
    /// Layouts of bank files.
    Mappings, "mappings"
}
folder! {
    /// Rulebooks shipped with the product.
    Rulebooks, "rulebooks"
}
folder! {
    /// Job declarations.
    Jobs, "jobs"
}
folder! {
    /// Dated reference data: holidays, loan prime rates, names of offices, size classes.
    Reference, "data"
}
folder! {
    /// Default settings.
    Config, "config"
}
folder! {
    /// Sample files of the demo.
    DemoFiles, "demo/bank-files"
}
folder! {
    /// Style sheets, scripts and pictures of the pages.
    Static, "static"
}

/// Every file of a folder as (path, text), sorted by path. Files that are not UTF-8 are left out.
#[must_use]
pub fn texts<F: RustEmbed>() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> =
        F::iter().filter_map(|path| text::<F>(&path).map(|body| (path.into_owned(), body))).collect();
    files.sort();
    files
}

/// The text of one file of a folder.
#[must_use]
pub fn text<F: RustEmbed>(path: &str) -> Option<String> {
    bytes::<F>(path).and_then(|bytes| String::from_utf8(bytes.into_owned()).ok())
}

/// The bytes of one file of a folder.
#[must_use]
pub fn bytes<F: RustEmbed>(path: &str) -> Option<Cow<'static, [u8]>> {
    F::get(path).map(|file| file.data)
}

/// Paths of the files of a folder, sorted.
#[must_use]
pub fn paths<F: RustEmbed>() -> Vec<String> {
    let mut paths: Vec<String> = F::iter().map(Cow::into_owned).collect();
    paths.sort();
    paths
}
