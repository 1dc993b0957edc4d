//! What every printed form is made of: headings, fields, tables, sentences, places to sign and seal.
//!
//! Owns the look of a form and how values are shown. A form says what it holds; it never writes HTML.
//! **Invariant:** every word that is not a fact comes from the catalogue; an amount is shown in figures and, in
//! Chinese, in capital numerals beside them where it decides something.

use chrono::NaiveDate;
use serde::Serialize;

use super::facts::{ActFacts, ClaimFacts, LoanFacts, Told};
use crate::domain::money::{Fen, Ppm};
use crate::domain::people::Office;
use crate::hash::sm3_fields_hex;
use crate::i18n::{self, Lang};
use crate::render::{Renderer, grouped};
use crate::views::capital::capital;

/// Characters of a check code.
pub const CHECK_CODE: usize = 12;

/// A check code over fields: the first twelve characters of their SM3.
#[must_use]
pub fn check_code(fields: &[&str]) -> String {
    let bytes: Vec<&[u8]> = fields.iter().map(|field| field.as_bytes()).collect();
    sm3_fields_hex(&bytes).chars().take(CHECK_CODE).collect()
}

/// One part of a form.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Block {
    Heading { text: String },
    Text { text: String },
    Fields { rows: Vec<Field> },
    Table { columns: Vec<Column>, rows: Vec<Vec<String>> },
    Blank { text: String },
}

#[derive(Debug, Clone, Serialize)]
struct Field {
    name: String,
    value: String,
    words: String,
}

#[derive(Debug, Clone, Serialize)]
struct Column {
    name: String,
    numeric: bool,
}

/// A form in one language, while it is filled in and as it is printed.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
    #[serde(skip)]
    lang: Lang,
    title: String,
    number: String,
    fund: String,
    addressee: String,
    measure: String,
    hash: String,
    proposal: bool,
    check_code: String,
    blocks: Vec<Block>,
    signs: Vec<String>,
}

impl Sheet {
    /// An empty form; `title` is a text of the forms.
    #[must_use]
    pub fn new(lang: Lang, title: &str, number: &str, fund: &str) -> Sheet {
        Sheet {
            lang,
            title: say(lang, title, &[]),
            number: number.to_owned(),
            fund: fund.to_owned(),
            addressee: String::new(),
            measure: String::new(),
            hash: String::new(),
            proposal: false,
            check_code: String::new(),
            blocks: Vec::new(),
            signs: Vec::new(),
        }
    }

    /// A form about a loan, with the version that governs it.
    #[must_use]
    pub fn about(lang: Lang, title: &str, number: &str, loan: &LoanFacts) -> Sheet {
        let measure = &loan.measure;
        let named = [("title", measure.title.of(lang)), ("name", &*measure.name)];
        Sheet {
            measure: say(lang, "measure", &named),
            hash: measure.hash.clone(),
            proposal: measure.proposal,
            ..Sheet::new(lang, title, number, loan.fund.of(lang))
        }
    }

    /// The language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// A text of the forms in the language of this one.
    #[must_use]
    pub fn say(&self, key: &str, places: &[(&str, &str)]) -> String {
        say(self.lang, key, places)
    }

    /// To whom it goes.
    pub fn to(&mut self, addressee: &str) {
        self.addressee = self.say("to", &[("name", addressee)]);
    }

    /// Its check code.
    pub fn checked_by(&mut self, code: String) {
        self.check_code = code;
    }

    /// A heading.
    pub fn heading(&mut self, key: &str) {
        let text = self.say(key, &[]);
        self.blocks.push(Block::Heading { text });
    }

    /// A sentence of the catalogue.
    pub fn text(&mut self, key: &str, places: &[(&str, &str)]) {
        let text = self.say(key, places);
        self.blocks.push(Block::Text { text });
    }

    /// A place that is filled in by hand.
    pub fn blank(&mut self, key: &str) {
        let text = self.say(key, &[]);
        self.blocks.push(Block::Blank { text });
    }

    /// A field; one that holds nothing is left for the pen.
    pub fn field(&mut self, key: &str, value: impl Into<String>) {
        self.push(key, value.into(), String::new());
    }

    /// Which claim it is: the number that people know, with the key of the books beside it.
    pub fn case(&mut self, claim: &ClaimFacts) {
        let case = self.say("case", &[("case", &claim.case_no), ("key", &claim.claim_id)]);
        self.field("claim_id", case);
    }

    /// A day.
    pub fn day(&mut self, key: &str, day: Option<NaiveDate>) {
        self.field(key, day.map(|day| day.to_string()).unwrap_or_default());
    }

    /// An amount that decides something: in figures and in capital numerals.
    pub fn amount(&mut self, key: &str, amount: Fen) {
        let words = if self.lang == Lang::Zh { capital(amount.get()) } else { String::new() };
        let value = self.say("yuan", &[("amount", &yuan(amount))]);
        self.push(key, value, words);
    }

    /// An amount in figures; none is left out.
    pub fn figure(&mut self, key: &str, amount: Option<Fen>) {
        if let Some(amount) = amount {
            let value = self.say("yuan", &[("amount", &yuan(amount))]);
            self.push(key, value, String::new());
        }
    }

    /// A share.
    pub fn share(&mut self, key: &str, share: Ppm) {
        self.field(key, format!("{} %", share.percent()));
    }

    fn push(&mut self, key: &str, value: String, words: String) {
        let field = Field { name: self.say(&format!("field.{key}"), &[]), value, words };
        match self.blocks.last_mut() {
            Some(Block::Fields { rows }) => rows.push(field),
            _ => self.blocks.push(Block::Fields { rows: vec![field] }),
        }
    }

    /// A table; a column whose name begins with `#` holds figures. Where there is no row, it says so.
    pub fn table(&mut self, columns: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            self.text("none", &[]);
            return;
        }
        let column = |key: &&str| {
            let plain = key.trim_start_matches('#');
            Column { name: self.say(&format!("column.{plain}"), &[]), numeric: plain.len() < key.len() }
        };
        let columns = columns.iter().map(column).collect();
        self.blocks.push(Block::Table { columns, rows });
    }

    /// Sentences with their articles.
    pub fn told(&mut self, lines: &[Told]) {
        let row = |line: &Told| vec![line.article.clone(), line.text.of(self.lang).to_owned(), grouped(&line.amount)];
        let rows = lines.iter().map(row).collect();
        self.table(&["article", "statement", "#amount"], rows);
    }

    /// Places to sign and seal.
    pub fn signs(&mut self, keys: &[&str]) {
        self.signs = keys.iter().map(|key| self.say(&format!("sign.{key}"), &[])).collect();
    }

    /// The loan and who stands around it.
    pub fn loan(&mut self, loan: &LoanFacts) {
        self.field("bank", [&*loan.bank, &*loan.bank_name].join(" "));
        self.field("borrower", loan.borrower.clone());
        self.field("credit_code", loan.credit_code.clone());
        self.field("contract", loan.contract.clone());
        self.field("drawdown", loan.drawdown.clone());
        self.figure("principal", Some(loan.principal));
        self.share("ip_share", loan.ip_share);
        self.day("disbursed_on", Some(loan.disbursed_on));
        self.day("matures_on", Some(loan.matures_on));
    }

    /// The form as one HTML document.
    ///
    /// # Errors
    /// A template that does not fit, which a test keeps from happening.
    pub fn html(&self, renderer: &Renderer) -> Result<String, minijinja::Error> {
        renderer.render("sheets/form.html", self.lang, self)
    }
}

/// A text of the forms.
#[must_use]
pub fn say(lang: Lang, key: &str, places: &[(&str, &str)]) -> String {
    i18n::text(lang, &format!("forms.{key}"), places)
}

/// An amount in figures.
#[must_use]
pub fn yuan(amount: Fen) -> String {
    grouped(&amount.yuan())
}

/// Yes or no.
#[must_use]
pub fn yes_no(lang: Lang, holds: bool) -> String {
    say(lang, if holds { "yes" } else { "no" }, &[])
}

/// Who took an act, in which office, for whom.
#[must_use]
pub fn who(lang: Lang, person: &str, office: &Office) -> String {
    let role = say(lang, &format!("role.{}", office.role.code()), &[]);
    let places = [("person", person), ("role", &*role), ("place", &*office.institution.code())];
    let mut told = say(lang, if office.bank().is_some() { "who_bank" } else { "who" }, &places);
    if let Some(absent) = &office.stands_in_for {
        told.push_str(&say(lang, "on_behalf", &[("person", absent)]));
    }
    told
}

/// Who took an act, and when.
#[must_use]
pub fn who_when(lang: Lang, act: &ActFacts) -> String {
    format!("{} {}", who(lang, &act.person, &act.office), act.on)
}
