//! The vouchers of a month: the journal as a file, and the numbers that the accounting software gave them.
//!
//! **Invariant:** only what was changed is kept, each number by itself; a refusal stands at its voucher.

use super::periods::{month_of, view as closing, words};
use crate::domain::access::Permission as P;
use crate::domain::calendar::Month;
use crate::export::table::Format;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Download, Named, PageView};
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::{Desk, span, unsigned};
use crate::screens::named;
use crate::screens::parts::show;
use crate::usecase::UseCaseError;
use crate::usecase::books::Word;
use crate::usecase::books::journal::{Journal, summary, voucher_name};
use crate::usecase::books::journal_accounts::JournalAccounts;
use crate::usecase::books::periods;
use crate::usecase::books::vouchers::{self, Voucher};
use crate::views::payments::{VoucherLine, VouchersView};
use crate::views::query::page_links;
use crate::views::uploads::FormError;

/// The journal of a month as a file: `2025-07.xlsx`. What stands in its way is told on the page of months.
pub(super) fn journal(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let (month, ending) = asked.place("file").rsplit_once('.').ok_or(PageError::NotFound)?;
    let month = Month::parse(month).map_err(|_no_month| PageError::NotFound)?;
    let is_for_people = |format: &Format| matches!(format, Format::Csv | Format::Xlsx);
    let format = Format::from_code(ending).filter(is_for_people).ok_or(PageError::NotFound)?;
    match written(desk, month, format) {
        Ok((is_draft, bytes)) => {
            let name = if is_draft { "journal_draft_name" } else { "journal_name" };
            let name = words(desk).with(name, &[("month", &month.to_string())]);
            let name = format!("{name}.{}", format.code());
            Ok(PageView::Download(Box::new(Download { name, media_type: format.content_type(), bytes })))
        }
        Err(error) if error.is_refusal() => {
            let text = error.text(desk.lang);
            let view = closing(desk, Some(month), vec![FormError { field: "h-trial".to_owned(), text }])?;
            show(desk, "periods", &view)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the numbers in the file are preliminary, and the file.
fn written(desk: &mut Desk<'_>, month: Month, format: Format) -> Result<(bool, Vec<u8>), UseCaseError> {
    let accounts = JournalAccounts::of_installation(&desk.app.config.data.dir)?;
    let told = Journal::of_month(&mut desk.db, desk.app.fund_id(), month, &accounts, desk.lang)?;
    let mut bytes = Vec::new();
    told.write(format, &mut bytes)?;
    Ok((told.is_draft, bytes))
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let month = month_of(desk, asked.parameter("month"))?;
    let page = asked.parameter("page").parse().unwrap_or(1);
    let view = view(desk, month, page, &Submission::default(), Vec::new())?;
    named::page(desk, "vouchers", "periods", &view)
}

fn address(month: Month, page: u64) -> String {
    let page = if page > 1 { page.to_string() } else { String::new() };
    link::with_query("/periods/vouchers", &[("month", month.to_string()), ("page", page)])
}

fn view(
    desk: &mut Desk<'_>,
    month: Month,
    page: u64,
    typed: &Submission,
    errors: Vec<FormError>,
) -> Result<VouchersView, PageError> {
    let all = vouchers::of_month(&mut desk.db, desk.app.fund_id(), month)?;
    let is_draft = !periods::is_sealed(&mut desk.db, desk.app.fund_id(), month)?;
    let total = unsigned(i64::try_from(all.len()).unwrap_or(i64::MAX));
    let (first, most) = span(page, total);
    let index = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    let is_typed = typed.field("form") == "vouchers";
    let line = |voucher: &Voucher| {
        let known = voucher.outside.clone().unwrap_or_default();
        let debit = voucher.lines.iter().filter(|line| line.side == "debit").map(|line| line.amount_fen).sum();
        VoucherLine {
            number: voucher.number,
            name: voucher_name(voucher.number, is_draft, desk.lang),
            on: voucher.tx.booked_on,
            summary: summary(&voucher.tx.kind, &voucher.tx.memo, desk.lang),
            amount: debit,
            booking: voucher.tx.tx_id.clone(),
            typed: if is_typed { typed.field(&field(voucher.number)).to_owned() } else { known.clone() },
            known,
            is_wrong: errors.iter().any(|error| error.field == field(voucher.number)),
        }
    };
    Ok(VouchersView {
        month: month.to_string(),
        back: format!("/periods?month={month}"),
        here: address(month, page),
        rows: all.iter().skip(index(first)).take(index(most)).map(line).collect(),
        is_draft,
        missing: all.iter().filter(|voucher| voucher.outside.is_none()).count(),
        keeps: desk.may_for_fund(P::KeepBooks),
        pager: page_links(total, page, |page| address(month, page)),
        errors,
    })
}

/// Name of the field of a voucher.
fn field(number: usize) -> String {
    format!("number-{number}")
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let month = Month::parse(form.field("month")).map_err(|_no_month| PageError::BadForm)?;
    let page = asked.parameter("page").parse().unwrap_or(1);
    let all = vouchers::of_month(&mut desk.db, here.app.fund_id(), month)?;
    let is_draft = !periods::is_sealed(&mut desk.db, here.app.fund_id(), month)?;
    drop(desk);
    let word = Word { by: &here.asker.name, note: "", on: here.app.store.clock().today() };
    let mut faults = Faults::new(here.lang);
    for voucher in &all {
        let name = field(voucher.number);
        // The booking is told with the number: a voucher may have moved since the page was made.
        let booking = form.field(&format!("booking-{}", voucher.number));
        let typed = form.field(&name);
        let known = all.iter().find(|one| one.tx.tx_id == booking).and_then(|one| one.outside.as_deref());
        if booking.is_empty() || typed == known.unwrap_or_default() {
            continue;
        }
        match vouchers::type_back(here.app, booking, typed, word) {
            Ok(_row) => {}
            Err(error) if error.is_refusal() => {
                let voucher = voucher_name(voucher.number, is_draft, here.lang);
                faults.say(&name, format!("{voucher}: {}", error.text(here.lang)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if faults.found.is_empty() {
        let joint = link::open_ended(&address(month, page));
        return Ok(Acted::SeeOther(format!("{joint}done=saved")));
    }
    let view = view(&mut here.desk()?, month, page, form, faults.found)?;
    named::again(here, "vouchers", "periods", &view)
}
