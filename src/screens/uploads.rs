//! Uploads as pages show them.
//!
//! **Invariant:** progress of this process comes from memory, that of others from the database.

use super::desk::{Desk, unsigned};
use super::words::{actor, word};
use crate::http::error::PageError;
use crate::import::field::FileKind;
use crate::import::limits::Limits;
use crate::storage::find::{Reach, uploads};
use crate::storage::rows::uploads::{UploadRow as Stored, state};
use crate::usecase::uploads::layout;
use crate::usecase::uploads::preview::Preview;
use crate::usecase::uploads::words_in;
use crate::views::beijing;
use crate::views::imports::Severity;
use crate::views::uploads::{
    FormError, Found, FoundRow, Moving, TotalRow, UploadForm, UploadRow, UploadState, UploadView,
};
use crate::views::{Choice, uploads as views};

/// Uploads in the list of the imports page.
const RECENT: i64 = 12;
/// Uploads among which a bank's are looked for.
const LOOKED_AT: i64 = 400;
/// Bytes of a mebibyte.
const MIB: u64 = 1024 * 1024;
/// More than one loan settled for so many taken in is more than a month usually brings.
const MANY: u32 = 4;
/// A whole in parts per million.
const WHOLE: u64 = 1_000_000;

/// Uploads under way and recent ones, newest first.
pub(super) fn recent(desk: &mut Desk<'_>) -> Result<Vec<UploadRow>, PageError> {
    // A bank's files are looked for among more, because others' stand between them.
    let most = if desk.reach.bank().is_some() { LOOKED_AT } else { RECENT };
    let mut rows = uploads::recent(&mut desk.db, desk.app.fund_id(), most)?;
    rows.retain(|row| is_within(&desk.reach, row));
    rows.truncate(usize::try_from(RECENT).unwrap_or(0));
    Ok(rows.iter().map(|row| shown(desk, row, &Preview::of(row.preview.as_deref()))).collect())
}

/// Whether an upload is within reach: it was sent for the bank, or turned out to be the bank's.
pub(super) fn is_within(reach: &Reach, row: &Stored) -> bool {
    match &row.bank {
        Some(bank) => reach.holds(Some(bank)),
        None => reach.holds(Preview::of(row.preview.as_deref()).bank.as_deref()),
    }
}

/// An upload within reach.
pub(super) fn stored(desk: &mut Desk<'_>, id: &str) -> Result<Stored, PageError> {
    let found = uploads::one(&mut desk.db, id)?.filter(|row| row.fund_id == desk.app.fund_id());
    found.filter(|row| is_within(&desk.reach, row)).ok_or(PageError::NotFound)
}

/// The form that sends files, as it stands before anything is typed.
pub(super) fn form(desk: &Desk<'_>) -> UploadForm {
    let of_fund = desk.reach.bank().is_none();
    let kinds = FileKind::ALL
        .into_iter()
        .filter(|kind| of_fund || !matches!(kind, FileKind::Fund | FileKind::Partners))
        .map(|kind| Choice { code: kind.code().to_owned(), name: word(desk.lang, "screen.file_kind", kind.code()) });
    let most = u64::try_from(Limits::default().bytes).unwrap_or(u64::MAX);
    UploadForm {
        kinds: kinds.collect(),
        kind: FileKind::Servicing.code().to_owned(),
        banks: desk.bank_choices(),
        on: desk.today.to_string(),
        most_bytes: most,
        most_mib: most / MIB,
        ..UploadForm::default()
    }
}

/// The page of one upload.
pub(super) fn one(desk: &mut Desk<'_>, id: &str, errors: Vec<FormError>) -> Result<UploadView, PageError> {
    let row = stored(desk, id)?;
    let shell = desk.shell()?;
    let preview = row.result.as_deref().or(row.preview.as_deref()).map(|stored| Preview::of(Some(stored)));
    let shown_preview = preview.as_ref().map(|preview| found_in(desk, preview));
    let has_marked = matches!(row.state.as_str(), state::CHECKED | state::REFUSED | state::DONE)
        && preview.as_ref().is_some_and(|found| found.rejected > 0 || found.warnings > 0)
        && uploads::findings(&mut desk.db, id)?.is_some();
    let can_learn = layout::may_help(&row);
    let shown_row = shown(desk, &row, &preview.clone().unwrap_or_default());
    Ok(UploadView {
        shell,
        kind_code: row.kind,
        bank_code: preview.and_then(|preview| preview.bank).or(row.bank).unwrap_or_default(),
        bytes: unsigned(row.size),
        all_or_nothing: row.all_or_nothing,
        found: shown_preview,
        decided_by: row.decided_by.map(|by| actor(desk, &by)).unwrap_or_default(),
        finished: row.finished_at.map(beijing).unwrap_or_default(),
        import_id: row.import_id.unwrap_or_default(),
        error_code: row.error_code.unwrap_or_default(),
        error_text: row.error_text.map(|text| words_in(&text, desk.lang)).unwrap_or_default(),
        row: shown_row,
        can_learn,
        has_marked,
        errors,
    })
}

fn shown(desk: &Desk<'_>, row: &Stored, preview: &Preview) -> UploadRow {
    let state = UploadState::from_code(&row.state).unwrap_or_default();
    let checked = row.preview.is_some() || row.result.is_some();
    let bank = preview.bank.as_deref().or(row.bank.as_deref());
    UploadRow {
        id: row.upload_id.clone(),
        name: row.file_name.clone(),
        kind: word(desk.lang, "screen.file_kind", &row.kind),
        bank: bank.map(|code| desk.name(code)).unwrap_or_default(),
        on: Some(row.business_date),
        by: actor(desk, &row.actor),
        received: beijing(row.received_at),
        state,
        moving: moving(desk, row, state, preview),
        total: checked.then_some(preview.total),
        rejected: checked.then_some(preview.rejected),
    }
}

fn moving(desk: &Desk<'_>, row: &Stored, state: UploadState, preview: &Preview) -> Option<Moving> {
    if !matches!(state, UploadState::Received | UploadState::Checking | UploadState::Committing) {
        return None;
    }
    let total = u64::from(preview.total);
    let share = |done: u64, total: u64| {
        (total > 0).then(|| done.saturating_mul(WHOLE).checked_div(total).unwrap_or(0).min(WHOLE))
    };
    Some(match desk.app.running.of(&row.upload_id) {
        Some(standing) => {
            let total = if standing.total > 0 { standing.total } else { total };
            let done = if standing.saving { standing.saved } else { standing.read };
            let saving = standing.saving;
            Moving { at_work: true, saving, done, total, share: share(done, total), stopping: standing.stopping }
        }
        None => {
            let done = unsigned(row.rows_done);
            let at_work = row.lease_until.is_some_and(|until| until >= desk.app.store.clock().now());
            Moving { at_work, saving: false, done, total, share: share(done, total), stopping: row.cancel_requested }
        }
    })
}

fn found_in(desk: &Desk<'_>, preview: &Preview) -> Found {
    let place = |name: &str| preview.missing.get(name).cloned().unwrap_or_default();
    let shown = u32::try_from(preview.findings.len()).unwrap_or(u32::MAX);
    let all = preview.rejected.saturating_add(preview.warnings).saturating_add(preview.notes);
    Found {
        known: preview.known,
        changed: preview.changed,
        sheet: preview.sheet.clone().unwrap_or_default(),
        mapping: preview.mapping.clone(),
        encoding: preview.encoding.clone().unwrap_or_default(),
        month: preview.month.clone().unwrap_or_default(),
        version: preview.version.filter(|version| *version > 1),
        nil_return: preview.nil_return,
        missing_count: place("count"),
        missing_contracts: place("contracts"),
        settled: preview.settled,
        settled_fen: preview.settled_fen,
        settles_asked: preview.settled > 0
            && (preview.rejected > 0 || preview.settled.saturating_mul(MANY) > preview.accepted),
        carried: preview.carried,
        carried_unread: preview.carried_unread,
        total: preview.total,
        accepted: preview.accepted,
        fresh: preview.accepted.saturating_sub(preview.unchanged),
        unchanged: preview.unchanged,
        rejected: preview.rejected,
        warnings: preview.warnings,
        notes: preview.notes,
        amount: preview.amount,
        totals: preview
            .totals
            .iter()
            .map(|total| TotalRow {
                column: total.column.clone(),
                file_says: total.file_says,
                computed: total.computed,
                unread: total.unread,
                agrees: total.file_says == total.computed,
            })
            .collect(),
        earlier: preview.earlier,
        columns: preview.columns.join(&desk.text("screen.list", &[])),
        column_count: u64::try_from(preview.columns.len()).unwrap_or(u64::MAX),
        findings: preview.findings.iter().map(|finding| found_row(desk, finding)).collect(),
        more: all.saturating_sub(shown),
    }
}

fn found_row(desk: &Desk<'_>, finding: &crate::usecase::uploads::preview::Found) -> views::FoundRow {
    FoundRow {
        severity: match finding.severity.as_str() {
            "rejected" => Severity::Refused,
            "warning" => Severity::Warning,
            _ => Severity::Note,
        },
        row: finding.row,
        column: finding.column.clone(),
        contract: finding.contract.clone().unwrap_or_default(),
        value: finding.value().to_owned(),
        text: finding.finding().map_or_else(|| finding.text(desk.lang), |found| desk.readable(found).reason(desk.lang)),
        code: finding.code.clone(),
    }
}
