//! One file with everything that a claim rests on: forms, payout sheet, acts, calculations, bookings, papers, audit.
//!
//! Owns what belongs into such a pack (`make`) and the check of one without a database (`check`); `parts` writes the
//! single files.
//! **Invariant:** names in a pack are made, never taken from what was handed in; the same books give the same bytes;
//! the manifest names every other file with its size and hash, and is signed.

mod check;
mod parts;

use serde_json::{Value, json};

use super::UseCaseError;
use super::forms::{claim_facts, cover_facts};
use super::payout_sheet;
use crate::app::App;
use crate::export::stored_zip::{self, Files};
use crate::hash::sha256_hex;
use crate::i18n::Lang;
use crate::reports::forms::{ClaimForm, LoanForm};
use crate::signing::{Signed, SigningKey};
use crate::storage::Db;
use crate::storage::chain::Chain;
use crate::storage::find::{acts, claims, events, loans};
use crate::storage::rows::acts::AttachmentRow;
use crate::storage::rows::claims::ClaimRow;

pub use check::{Checked, PackFault, check};

/// What the manifest says the file is.
pub const FORMAT: &str = "pledgefund.evidence-pack/1";
/// Name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// Name of the audit extract.
pub const AUDIT: &str = "audit/events.json";
/// How often a pack is made anew because somebody wrote meanwhile.
const ATTEMPTS: usize = 5;
/// Name of the signed payout sheet.
pub const PAYOUT_SHEET: &str = "payout-sheet/sheet.json";

/// A pack as a file, and how many files it holds besides its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Files.
    pub count: usize,
}

/// The pack of a claim; none for one that is not on record.
///
/// # Errors
/// Storage; `Rulebook`; `Corrupt`; `Report` for a form that cannot be made, a pack that is too large, or books that
/// never stood still while it was made.
pub fn make(app: &App, db: &mut Db, claim_id: &str, key: &SigningKey) -> Result<Option<Pack>, UseCaseError> {
    for _attempt in 0..ATTEMPTS {
        let before = events::heads(db)?;
        let pack = gather(app, db, claim_id, key)?;
        if events::heads(db)? == before {
            return Ok(pack);
        }
    }
    Err(report("evidence_pack", "the books change too fast"))
}

/// The pack as one reading after the other gives it, which is one state of the books only if no chain grew meanwhile.
fn gather(app: &App, db: &mut Db, claim_id: &str, key: &SigningKey) -> Result<Option<Pack>, UseCaseError> {
    let fund_id = app.fund_id();
    let Some(filing) = claims::filing(db, claim_id)?.filter(|filing| filing.fund_id == fund_id) else {
        return Ok(None);
    };
    let papers = papers_of(db, &filing)?;
    let mut files = Files::new();
    forms(app, db, &filing, &mut files)?;
    sheet(app, db, claim_id, key, &mut files)?;
    files.insert("claim.json".to_owned(), parts::claim(db, &filing)?);
    let rows = acts::of(db, fund_id, super::lives::claim::LIFE, claim_id)?;
    files.insert("acts/acts.json".to_owned(), parts::facts(&rows));
    for lang in Lang::ALL {
        files.insert(format!("acts/acts.{}.txt", lang.code()), parts::acts_told(&rows, lang)?);
    }
    files.insert("calculations.json".to_owned(), parts::facts(&claims::calculations(db, claim_id)?));
    files.insert("money/bookings.json".to_owned(), parts::bookings(db, &filing)?);
    files.insert("money/commitments.json".to_owned(), parts::commitments(db, &filing)?);
    files.insert(AUDIT.to_owned(), parts::audit(db, &filing)?);
    files.insert("attachments/index.json".to_owned(), parts::index(&papers));
    for (nth, paper) in (1..).zip(papers) {
        files.insert(parts::paper_name(nth, &paper), super::attachments::content(&app.sealer, &paper)?);
    }
    let count = files.len();
    let manifest = manifest(db, &filing, &files)?;
    files.insert(
        MANIFEST.to_owned(),
        parts::pretty(&serde_json::to_value(Signed::by(manifest, key)).unwrap_or_default()),
    );
    let bytes = stored_zip::write(&files).map_err(|error| report("evidence_pack", &error.to_string()))?;
    Ok(Some(Pack { bytes, count }))
}

fn report(name: &str, reason: &str) -> UseCaseError {
    UseCaseError::Report { name: name.to_owned(), reason: reason.to_owned() }
}

/// Papers of the claim, of the registration and of the loan, in this order.
fn papers_of(db: &mut Db, filing: &ClaimRow) -> Result<Vec<AttachmentRow>, UseCaseError> {
    let mut papers = acts::papers(db, &filing.fund_id, super::lives::claim::LIFE, &filing.claim_id)?;
    for life in ["registration", "loan"] {
        papers.extend(acts::papers(db, &filing.fund_id, life, &filing.loan_id)?);
    }
    Ok(papers)
}

/// Every form that the claim and its loan give occasion for.
fn forms(app: &App, db: &mut Db, filing: &ClaimRow, files: &mut Files) -> Result<(), UseCaseError> {
    let facts = claim_facts(db, &filing.fund_id, &filing.claim_id)?;
    for lang in Lang::ALL {
        let cover = cover_facts(db, &filing.fund_id, &filing.loan_id, lang)?;
        let of_claim = ClaimForm::ALL.into_iter().map(|form| (form.code(), form.fill(&facts, lang)));
        let of_loan = [LoanForm::Confirmation, LoanForm::Refusal].map(|form| (form.code(), form.fill(&cover, lang)));
        for (code, sheet) in of_claim.chain(of_loan) {
            let Some(sheet) = sheet else { continue };
            let html = sheet.html(&app.renderer).map_err(|error| report(code, &error.to_string()))?;
            files.insert(format!("forms/{code}.{}.html", lang.code()), html.into_bytes());
        }
    }
    Ok(())
}

fn sheet(app: &App, db: &mut Db, claim_id: &str, key: &SigningKey, files: &mut Files) -> Result<(), UseCaseError> {
    let Some(content) = payout_sheet::of_claim(app, db, claim_id)? else { return Ok(()) };
    let signed = Signed::by(content, key);
    let told = serde_json::to_value(&signed).unwrap_or_default();
    files.insert(PAYOUT_SHEET.to_owned(), parts::pretty(&told));
    for lang in Lang::ALL {
        let html = crate::reports::payout_sheet::html(&app.renderer, &signed, lang);
        let html = html.map_err(|error| report("payout_sheet", &error.to_string()))?;
        files.insert(format!("payout-sheet/sheet.{}.html", lang.code()), html.into_bytes());
    }
    Ok(())
}

/// What is signed: whose pack, every file, and how far the chains were when it was made.
fn manifest(db: &mut Db, filing: &ClaimRow, files: &Files) -> Result<Value, UseCaseError> {
    let listed = files
        .iter()
        .map(|(path, content)| json!({ "path": path, "size": content.len(), "sha256": sha256_hex(content) }));
    let listed: Vec<Value> = listed.collect();
    let fund_id = filing.fund_id.clone();
    let own = [Chain::Fund { fund_id: fund_id.clone() }, Chain::Bank { fund_id, bank: filing.bank.clone() }];
    let own = own.map(|chain| chain.key());
    let heads = events::heads(db)?.into_iter().filter(|(chain, ..)| own.contains(chain));
    let heads: Vec<Value> =
        heads.map(|(chain, seq, hash)| json!({ "chain": chain, "seq": seq, "hash": hash })).collect();
    let contract = loans::registration(db, &filing.loan_id)?.map(|loan| loan.contract);
    Ok(json!({
        "format": FORMAT,
        "program": concat!("pledgefund ", env!("CARGO_PKG_VERSION")),
        "fund": filing.fund_id,
        "claim": filing.claim_id,
        "loan": filing.loan_id,
        "bank": filing.bank,
        "contract": contract,
        "heads": heads,
        "files": listed,
    }))
}
