//! The people of the demo and their accounts.
//!
//! Owns one person of every role, and two of each of two banks.
//! **Invariant:** these accounts are made on a simulated clock only; a real installation starts with none.

use serde_json::json;

use super::Context;
use super::answer::{Failure, print_lines};
use crate::app::App;
use crate::domain::names::PartnerKind;
use crate::domain::people::Role;
use crate::domain::person::key_of;
use crate::i18n;
use crate::storage::find::{accounts, parties};
use crate::usecase::lives::{self, Life, Request, offices, partner};
use crate::usecase::sign_in::setup;

/// Password of every account of the demo.
pub const PASSWORD: &str = "Demo-only!Fund-0725";

/// Who keeps the register, and so comes first.
const KEEPER: &str = "系统管理甲";

/// Who agrees with the banks on accounts.
const CLERK: &str = "资金管理丁";

/// Name, institution, role, level.
const PEOPLE: &[(&str, &str, Role, Option<&str>)] = &[
    (KEEPER, "fund", Role::SystemAdministrator, None),
    ("安全管理乙", "fund", Role::SecurityAdministrator, None),
    ("审计丙", "审计局", Role::Auditor, None),
    (CLERK, "fund", Role::FundAdministrator, None),
    ("审批戊", "fund", Role::FundApprover, Some("head")),
    ("财务己", "fund", Role::FinanceOfficer, None),
    ("财政庚", "财政局", Role::TreasuryOfficer, None),
    ("监管辛", "金融监管分局", Role::Regulator, None),
    ("市监壬", "市场监督管理局", Role::BureauReader, None),
    ("银行经办癸", "bank:SGH", Role::BankOfficer, None),
    ("银行复核子", "bank:SGH", Role::BankReviewer, None),
    ("银行经办丑", "bank:YMK", Role::BankOfficer, None),
    ("银行复核寅", "bank:YMK", Role::BankReviewer, None),
];

/// Appoints the people of the demo and opens their accounts; who is there already stays.
///
/// # Errors
/// The register's refusals; storage.
pub fn settle(app: &App) -> Result<(), Failure> {
    for (name, institution, role, level) in PEOPLE {
        let mut db = app.store.read()?;
        let is_known = offices::person(&mut db, app.fund_id(), &key_of(name))?.is_some();
        let has_account = accounts::one(&mut db, &key_of(name))?.is_some();
        drop(db);
        if !is_known {
            lives::perform(
                app,
                &Request {
                    life: Life::Person,
                    subject: (*name).to_owned(),
                    act: "appointed".to_owned(),
                    details: json!({ "institution": institution, "roles": [role.code()], "level": level }),
                    by: KEEPER.to_owned(),
                    on: app.store.clock().today(),
                    expected: None,
                    key: None,
                },
            )?;
        }
        if !has_account {
            setup::demo_account(app, name, PASSWORD)?;
        }
    }
    Ok(())
}

/// Agrees with every bank on an account that it is paid to; what is agreed already stays.
///
/// # Errors
/// The register's refusals; storage.
pub fn agree_accounts(app: &App) -> Result<(), Failure> {
    let today = app.store.clock().today();
    let mut db = app.store.read()?;
    let mut without = Vec::new();
    for partner in parties::partners(&mut db, app.fund_id())? {
        let is_bank = partner.kind == PartnerKind::Bank.code();
        if is_bank && partner::payee(&mut db, app.fund_id(), &partner.code, today)?.is_none() {
            without.push(partner);
        }
    }
    drop(db);
    for (nth, bank) in (1..).zip(without) {
        let account = json!({
            "holder": format!("{}风险补偿专户", bank.name),
            "number": format!("62220000{nth:08}"),
            "bank_name": bank.name,
            "bank_no": "102168000017",
        });
        lives::perform(
            app,
            &Request {
                life: Life::Partner,
                subject: bank.code,
                act: "account_agreed".to_owned(),
                details: json!({ "account": account, "agreement_no": format!("演示协议{nth}号") }),
                by: CLERK.to_owned(),
                on: today,
                expected: None,
                key: None,
            },
        )?;
    }
    Ok(())
}

/// Prints how to sign in.
pub fn tell(context: &Context) {
    let program = std::env::args().next().unwrap_or_else(|| "pledgefund".to_owned());
    let name = PEOPLE.last().map_or("", |(name, ..)| name);
    let command = format!("{program} --data-dir {} totp-demo {name}", context.config.data.dir.display());
    let places = [("password", PASSWORD), ("command", command.as_str())];
    print_lines([i18n::text(context.lang, "sign_in.console.demo_head", &places)]);
    print_lines(PEOPLE.iter().map(|(name, institution, role, _)| {
        let role = i18n::text(context.lang, &format!("forms.role.{}", role.code()), &[]);
        format!("  {name}  {role}  {institution}")
    }));
}
