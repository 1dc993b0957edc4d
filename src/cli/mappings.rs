//! `pledgefund mapping`.
//!
//! **Invariant:** a proposal is shown whole, and kept only when that is asked for by a name.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::answer::{Exit, Failure, print_json, print_lines};
use super::files;
use super::imports::{KindWord, kind_of};
use super::mappings_text::{listed_line, proposal_json, proposal_lines};
use super::{Context, mappings_text};
use crate::app::{App, Opening};
use crate::domain::names::PartnerCode;
use crate::i18n;
use crate::import::field::{Field, FileKind};
use crate::import::mapping::{RowPer, Unit};
use crate::import::propose::correct::{ColumnRef, Correction};
use crate::import::propose::view::{field_name, field_named};
use crate::storage::Act;
use crate::storage::find::Reach;
use crate::usecase::mappings::{self as usecase, Listed, Saved, Saving};

/// What to do with mappings.
#[derive(Debug, Subcommand)]
pub enum MappingCommand {
    /// Propose a mapping for a file; correct it; keep it with --save.
    Propose(Box<ProposeArgs>),
    /// List the mappings of this installation.
    List {
        /// Only those that read files of this bank.
        #[arg(long)]
        bank: Option<String>,
    },
    /// Print a mapping as the text of a mapping file.
    Show {
        /// Name.
        name: String,
    },
    /// Take a mapping out of use.
    Retire {
        /// Name.
        name: String,
        /// Business date; default: today.
        #[arg(long)]
        on: Option<NaiveDate>,
    },
}

/// Arguments of `mapping propose`. A column is named by its header or its letter.
#[derive(Debug, Args)]
pub struct ProposeArgs {
    /// File.
    file: PathBuf,
    /// What the file holds.
    #[arg(long)]
    kind: KindWord,
    /// Bank of the file.
    #[arg(long)]
    bank: Option<String>,
    /// Sheet.
    #[arg(long)]
    sheet: Option<String>,
    /// Where the header ends and of how many rows it is: ROW or ROW:ROWS.
    #[arg(long, value_name = "ROW[:ROWS]")]
    header: Option<String>,
    /// What a row is: record or right.
    #[arg(long, value_name = "WHAT")]
    row_per: Option<String>,
    /// A column holds a field.
    #[arg(long, value_name = "HEADER=FIELD")]
    set: Vec<String>,
    /// A column is left out.
    #[arg(long, value_name = "HEADER")]
    ignore: Vec<String>,
    /// The unit of a money column: 元 or 万元.
    #[arg(long, value_name = "HEADER=UNIT")]
    unit: Vec<String>,
    /// What a word of a column stands for.
    #[arg(long, value_name = "HEADER:WORD=MEANING")]
    word: Vec<String>,
    /// What separates several values in a cell.
    #[arg(long, value_name = "HEADER=SIGNS")]
    split: Vec<String>,
    /// A file may leave the column out.
    #[arg(long, value_name = "HEADER")]
    optional: Vec<String>,
    /// Keep it under this name.
    #[arg(long, value_name = "NAME")]
    save: Option<String>,
    /// Keep guesses as they stand.
    #[arg(long)]
    accept_guesses: bool,
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
}

/// Runs `mapping`.
///
/// # Errors
/// A refused file or correction; storage.
pub fn run(context: &Context, command: &MappingCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::Migrate)?;
    match command {
        MappingCommand::Propose(args) => propose(context, &app, args),
        MappingCommand::List { bank } => list(context, &app, bank.as_deref()),
        MappingCommand::Show { name } => show(context, &app, name),
        MappingCommand::Retire { name, on } => {
            let saved = usecase::retire(&app, &act(&app, *on), name)?;
            print_saved(context, "cli.mapping_retired", name, &saved);
            Ok(Exit::Done)
        }
    }
}

fn act(app: &App, on: Option<NaiveDate>) -> Act {
    Act::new("cli", on.unwrap_or_else(|| app.store.clock().today()))
}

fn propose(context: &Context, app: &App, args: &ProposeArgs) -> Result<Exit, Failure> {
    let file = args.file.to_string_lossy().into_owned();
    let rows = files::first_rows(&args.file)?;
    let kind = kind_of(args.kind);
    let corrections = corrections(args, kind)?;
    let named = |error| Failure::from(error).in_file(&file);
    let draft = usecase::propose(app, &file, rows, kind, args.bank.as_deref().map(PartnerCode::new));
    let draft = usecase::correct(&draft.map_err(named)?, &corrections).map_err(named)?;
    let proposal = &draft.proposal;
    if !context.json {
        print_lines(proposal_lines(&file, proposal, context.lang, args.save.is_some()));
    }
    let mut kept = None;
    if let Some(name) = &args.save {
        let saving = Saving { act: act(app, args.on), name: name.clone(), accept_guesses: args.accept_guesses };
        let saved = usecase::save(app, &saving, proposal)?;
        if !context.json {
            let key = if saved.is_new { "cli.mapping_saved" } else { "cli.mapping_same" };
            print_saved(context, key, name, &saved);
        }
        kept = Some(saved_json(name, &saved));
    }
    let settled = kept.is_some() || proposal.doubts.is_empty();
    if context.json {
        print_json(&proposal_json(&file, proposal, kept));
    }
    Ok(if settled { Exit::Done } else { Exit::Attention })
}

fn print_saved(context: &Context, key: &str, name: &str, saved: &Saved) {
    if context.json {
        print_json(&saved_json(name, saved));
    } else {
        let version = saved.version.to_string();
        print_lines([i18n::text(context.lang, key, &[("name", name), ("version", &version)])]);
    }
}

fn saved_json(name: &str, saved: &Saved) -> Value {
    json!({ "name": name, "version": saved.version, "is_new": saved.is_new })
}

fn corrections(args: &ProposeArgs, kind: FileKind) -> Result<Vec<Correction>, Failure> {
    let mut all = Vec::new();
    all.extend(args.sheet.clone().map(Correction::Sheet));
    if let Some(text) = &args.header {
        let (row, rows) = text.split_once(':').unwrap_or((text, "1"));
        let number = |part: &str| part.parse().map_err(|_no_number| misspelt("header", text, "ROW:ROWS"));
        all.push(Correction::Header { row: number(row)?, rows: number(rows)? });
    }
    if let Some(word) = &args.row_per {
        let found = [RowPer::Record, RowPer::Right].into_iter().find(|one| one.code() == word);
        all.push(Correction::RowPer(found.ok_or_else(|| misspelt("row-per", word, "record | right"))?));
    }
    for text in &args.set {
        let (column, name) = pair("set", text, "HEADER=FIELD")?;
        all.push(Correction::Field { column, field: field_of(name, kind)? });
    }
    all.extend(args.ignore.iter().map(|header| Correction::Ignore { column: ColumnRef::Named(header.clone()) }));
    for text in &args.unit {
        let (column, word) = pair("unit", text, "HEADER=UNIT")?;
        let unknown = || Failure::refused("MAPPING_UNIT_UNKNOWN", "mapping.MAPPING_UNIT_UNKNOWN", &[("unit", word)]);
        all.push(Correction::Unit { column, unit: Unit::from_zh(word).ok_or_else(unknown)? });
    }
    for text in &args.word {
        let form = "HEADER:WORD=MEANING";
        let (left, meaning) = text.rsplit_once('=').ok_or_else(|| misspelt("word", text, form))?;
        let (header, word) = left.split_once([':', '：']).ok_or_else(|| misspelt("word", text, form))?;
        let column = ColumnRef::Named(header.to_owned());
        all.push(Correction::Word { column, word: word.to_owned(), meaning: meaning.to_owned() });
    }
    for text in &args.split {
        let (column, signs) = pair("split", text, "HEADER=SIGNS")?;
        all.push(Correction::Split { column, signs: signs.chars().collect() });
    }
    all.extend(
        args.optional
            .iter()
            .map(|header| Correction::Optional { column: ColumnRef::Named(header.clone()), optional: true }),
    );
    Ok(all)
}

fn pair<'t>(option: &str, text: &'t str, form: &str) -> Result<(ColumnRef, &'t str), Failure> {
    let (header, value) = text.rsplit_once('=').ok_or_else(|| misspelt(option, text, form))?;
    Ok((ColumnRef::Named(header.to_owned()), value))
}

fn misspelt(option: &str, text: &str, form: &str) -> Failure {
    let places = [("option", &*format!("--{option} {text}")), ("form", &*format!("--{option} {form}"))];
    Failure::refused("MAPPING_OPTION", "mapping.MAPPING_OPTION", &places)
}

/// A field by its word or its name; a refusal lists what there is.
fn field_of(name: &str, kind: FileKind) -> Result<Field, Failure> {
    let fields = kind.needed().iter().chain(kind.allowed());
    let of_kind = fields
        .clone()
        .find(|field| field.code() == name || i18n::Lang::ALL.iter().any(|lang| field_name(**field, *lang) == name));
    of_kind.copied().or_else(|| field_named(name)).ok_or_else(|| {
        let list: Vec<&str> = fields.map(|field| field.code()).collect();
        let places = [("field", name), ("list", &*list.join(", "))];
        Failure::refused("MAPPING_FIELD_UNKNOWN", "mapping.MAPPING_FIELD_UNKNOWN", &places)
    })
}

fn list(context: &Context, app: &App, bank: Option<&str>) -> Result<Exit, Failure> {
    let code = bank.map(PartnerCode::new);
    let reach = match &code {
        Some(bank) => Reach::of_bank(app.fund_id(), bank.as_str()),
        None => Reach::of_fund(app.fund_id()),
    };
    let kept = usecase::list(app, &reach)?;
    let is_wanted = |mapping: &crate::import::mapping::Mapping| {
        code.is_none() || mapping.bank().is_none() || mapping.bank() == code
    };
    let set = usecase::set_for(app)?;
    let shipped: Vec<Listed> = set
        .iter()
        .filter(|mapping| mapping.version.is_none() && is_wanted(mapping))
        .map(|mapping| Listed { mapping: mapping.clone(), retired: false })
        .collect();
    let all: Vec<&Listed> = kept.iter().chain(&shipped).collect();
    if context.json {
        let rows: Vec<Value> = all.into_iter().map(mappings_text::listed_json).collect();
        print_json(&json!({ "mappings": rows }));
    } else {
        print_lines(all.into_iter().map(|one| listed_line(one, context.lang)));
    }
    Ok(Exit::Done)
}

fn show(context: &Context, app: &App, name: &str) -> Result<Exit, Failure> {
    let versions = usecase::show(app, name)?;
    if context.json {
        let rows: Vec<Value> = versions.iter().map(mappings_text::listed_json).collect();
        print_json(&json!({ "name": name, "versions": rows }));
        return Ok(Exit::Done);
    }
    if let Some(newest) = versions.first() {
        print_lines([
            format!("# {}", listed_line(newest, context.lang)),
            newest.mapping.to_toml().trim_end().to_owned(),
        ]);
    }
    Ok(Exit::Done)
}
