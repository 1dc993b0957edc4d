//! Files that leave: lists as they are filtered, templates to fill in, marked workbooks.
//!
//! **Invariant:** a download holds what its page shows, never more than the page may see.

use super::desk::Desk;
use super::{claims, loans, mails, rights, uploads};
use crate::domain::access::Permission as P;
use crate::domain::calendar::Month;
use crate::export::table::Format;
use crate::export::template::{self, Prefill};
use crate::http::error::PageError;
use crate::http::pages::Download;
use crate::import::field::FileKind;
use crate::storage::find::Reach;
use crate::usecase::UseCaseError;
use crate::usecase::exports::{List, ListCall, ListFilter, export_list, outstanding};
use crate::usecase::uploads::marking;
use crate::views::claims::ClaimSort;
use crate::views::loans::LoanSort;

/// The marked workbook of an upload.
pub(super) fn marked(desk: &mut Desk<'_>, id: &str) -> Result<Download, PageError> {
    let row = uploads::stored(desk, id)?;
    let (name, bytes) =
        marking::marked(desk.app, &row, desk.lang, desk.reach.bank().is_some())?.ok_or(PageError::NotFound)?;
    Ok(Download { name, media_type: Format::Xlsx.content_type(), bytes })
}

/// The template of a kind of file; for a bank's report with the loans it has to speak of, in the month asked for or else in
/// the oldest that is open.
pub(super) fn template(desk: &mut Desk<'_>, kind: &str, (bank, month): (&str, &str)) -> Result<Download, PageError> {
    let kind = FileKind::ALL.into_iter().find(|known| known.code() == kind).ok_or(PageError::NotFound)?;
    let mut filled = None;
    if kind == FileKind::Servicing && !bank.is_empty() {
        let app = desk.app;
        let known = desk.banks().find(|known| known.code == bank).cloned().ok_or(PageError::NotFound)?;
        let month = match Month::parse(month) {
            Ok(month) => month,
            Err(_) => {
                let open = outstanding::open_months(&mut desk.db, &known, app.first_period(), desk.today)?;
                let next = outstanding::next_month(&mut desk.db, app.fund_id(), bank, app.first_period())?;
                open.first().copied().unwrap_or(next)
            }
        };
        let loans = outstanding::expected_loans(&mut desk.db, &Reach::of_bank(app.fund_id(), bank), month)?;
        filled = Some((month, loans));
    }
    let prefill = filled.as_ref().map(|(month, loans)| Prefill { reported_on: month.last_day(), loans });
    let mut bytes = Vec::new();
    template::write(kind, prefill.as_ref(), desk.lang, &mut bytes).map_err(UseCaseError::from)?;
    // A report is told by bank and month in its name, as banks send them.
    let name = match &filled {
        Some((month, _)) => format!("{bank}_{}.xlsx", month.to_string().replace('-', "")),
        None => format!("{}.xlsx", desk.text(&format!("page.upload.template_name.{}", kind.code()), &[])),
    };
    Ok(Download { name, media_type: Format::Xlsx.content_type(), bytes })
}

/// A list as a file: `loan-status.xlsx`, narrowed as its page is.
pub(super) fn list(desk: &mut Desk<'_>, file: &str, pairs: &[(String, String)]) -> Result<Download, PageError> {
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
    let (code, ending) = file.rsplit_once('.').ok_or(PageError::NotFound)?;
    let list = List::from_code(code).ok_or(PageError::NotFound)?;
    let format = Format::from_code(ending).ok_or(PageError::NotFound)?;
    let search = value("q").to_owned();
    // On the page of imports the text looked for is one import.
    let of_import = list == List::Findings;
    let filter = ListFilter {
        import_id: if of_import { search.clone() } else { String::new() },
        search: if of_import { String::new() } else { search },
        state: value("state").to_owned(),
        month: Month::parse(value("month")).ok(),
        loans_by: LoanSort::from_code(value("sort")).map(|sort| (loans::order(sort), value("dir") != "asc")),
        mails_by: mails::order(value("sort"), value("dir") == "desc"),
        backwards: value("sort") == rights::KIND && value("dir") == "desc",
        claims_by: ClaimSort::from_code(value("sort")).map(|sort| (claims::order(sort), value("dir") != "asc")),
    };
    if !may_list(desk, list) {
        return Err(PageError::NotFound);
    }
    let reach = match value("bank") {
        "" => desk.reach.clone(),
        bank if desk.reach.holds(Some(bank)) => Reach::of_bank(desk.app.fund_id(), bank),
        // Another bank answers as one that nobody has heard of.
        _ => Reach::of_nobody(desk.app.fund_id()),
    };
    let call = ListCall { list, filter: &filter, format, lang: desk.lang, stamped: true };
    let mut bytes = Vec::new();
    match export_list(desk.app, &mut desk.db, &reach, &call, &mut bytes) {
        Ok(_rows) => {}
        Err(UseCaseError::ListOfFund { .. }) => return Err(PageError::NotFound),
        Err(error) => return Err(error.into()),
    }
    let title = desk.text(&format!("export.list.{}", list.code()), &[]);
    let name = format!("{title}_{}.{}", desk.today, format.code());
    Ok(Download { name, media_type: format.content_type(), bytes })
}

/// Whether who asks may have a list. What a bank's people may not see of the fund answers like a list that is none.
fn may_list(desk: &Desk<'_>, list: List) -> bool {
    match list {
        List::Loans | List::LoanStatus | List::Servicing => desk.asker.may(P::ReadPortfolio),
        List::Claims | List::ClaimStatus => desk.asker.may(P::ReadClaims),
        List::Fund => desk.may_for_fund(P::ReadFund),
        List::Reserve => desk.may_for_fund(P::ReadReserve),
        List::Partners => desk.may_for_fund(P::ReadPartners),
        List::Imports | List::Findings => desk.may_for_fund(P::ReadImports),
        List::Jobs => desk.may_for_fund(P::ReadJobs),
        List::Mails => desk.may_for_fund(P::ReadMails),
        List::Rights => desk.asker.may(P::ReadRights),
    }
}
