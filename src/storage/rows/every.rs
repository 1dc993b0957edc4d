//! The one list of fact tables: whoever must look at every fact goes through it.
//!
//! **Invariant:** every table whose rows an event carries is named here once; a test holds the list against the schema.

use super::accounts::AccountActRow;
use super::acts::{ActRow, AttachmentRow, DisclosureRow, IdempotencyRow, PaperCheckRow};
use super::books::{BankStatementLineRow, BankStatementRow, PeriodStepRow, StatementMatchRow, VoucherNumberRow};
use super::claims::{CalculationRow, ClaimRow};
use super::loans::{CoverageRow, LoanGuaranteeRow, LoanInsuranceRow, LoanRegistrationRow, LoanRightRow};
use super::machines::MachineTokenRow;
use super::mail::{OutboxMailRow, ReportRow};
use super::mappings::ImportMappingRow;
use super::money::{CommitmentRow, FundMovementRow, LedgerLineRow, LedgerTransactionRow, ReserveSnapshotRow};
use super::parties::{FundRow, ImportFindingRow, ImportRow, PartnerRow, RulebookRow};
use super::rulebook_steps::RulebookStepRow;
use super::servicing::{LoanTierRow, ServicingReportRow, ServicingRow};
use super::undos::ImportUndoRow;
use super::upkeep::UpkeepStepRow;
use super::webhooks::WebhookEndpointRow;
use crate::storage::facts::Fact;

/// What is to be done with the facts of every table.
pub trait FactVisitor {
    /// What may fail.
    type Error;

    /// One table. `check` is the name under which `verify` reports on it.
    ///
    /// # Errors
    /// What the visitor says; the tables after it are not visited then.
    fn visit<F: Fact>(&mut self, check: &'static str) -> Result<(), Self::Error>;
}

/// Visits every fact table.
///
/// # Errors
/// What the visitor says.
pub fn visit_facts<V: FactVisitor>(visitor: &mut V) -> Result<(), V::Error> {
    /// A row type and its table, whose check is named after it.
    macro_rules! tables {
        ($($row:ident: $table:ident,)+) => {$(
            visitor.visit::<$row>(concat!("facts_", stringify!($table)))?;
        )+};
    }
    tables! {
        FundRow: funds,
        RulebookRow: rulebooks,
        PartnerRow: partners,
        ImportRow: imports,
        ImportFindingRow: import_findings,
        ImportMappingRow: import_mappings,
        LoanRegistrationRow: loan_registrations,
        LoanRightRow: loan_rights,
        LoanInsuranceRow: loan_insurances,
        LoanGuaranteeRow: loan_guarantees,
        CoverageRow: coverages,
        ServicingReportRow: servicing_reports,
        ServicingRow: servicing_rows,
        LoanTierRow: loan_tiers,
        ClaimRow: claims,
        CalculationRow: calculations,
        FundMovementRow: fund_rows,
        LedgerTransactionRow: ledger_transactions,
        LedgerLineRow: ledger_lines,
        CommitmentRow: commitments,
        ReserveSnapshotRow: reserve_snapshots,
        ReportRow: reports,
        OutboxMailRow: outbox,
        ImportUndoRow: import_undos,
        RulebookStepRow: rulebook_steps,
        ActRow: acts,
        AccountActRow: account_acts,
        IdempotencyRow: idempotency_keys,
        AttachmentRow: attachments,
        PaperCheckRow: paper_checks,
        DisclosureRow: disclosures,
        BankStatementRow: bank_statements,
        BankStatementLineRow: bank_statement_lines,
        StatementMatchRow: statement_matches,
        PeriodStepRow: period_steps,
        VoucherNumberRow: voucher_numbers,
        WebhookEndpointRow: webhook_endpoints,
        MachineTokenRow: machine_tokens,
        UpkeepStepRow: upkeep_steps,
    }
    Ok(())
}
