//! What every page reads: connection, day, partners, measures, and the frame.
//!
//! **Invariant:** the day of a page is the clock's, asked once.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{figures, tables, todo};
use crate::app::App;
use crate::domain::access::{Asker, Permission, Reach as Whose};
use crate::domain::names::PartnerKind;
use crate::domain::rulebook::Titled;
use crate::http::error::PageError;
use crate::http::pages::Named;
use crate::i18n::{self, Lang};
use crate::import::finding::Finding;
use crate::storage::db::Lent;
use crate::storage::find::marks::Marks;
use crate::storage::find::{Reach, jobs, parties};
use crate::storage::rows::parties::PartnerRow;
use crate::usecase::kept;
use crate::usecase::lives::partner::Suspensions;
use crate::usecase::measures::{Measure, Measures};
use crate::usecase::succession::Houses;
use crate::views::query::{PAGE_ROWS, offset};
use crate::views::{Choice, Shell};

/// Everything a page is made with.
pub(super) struct Desk<'a> {
    pub app: &'a App,
    pub db: Lent,
    pub lang: Lang,
    pub today: NaiveDate,
    /// Who asks.
    pub asker: &'a Asker,
    /// Whose data: the whole fund's for its staff and for those who watch over it, one bank's for that bank's people.
    pub reach: Reach,
    pub partners: BTreeMap<String, PartnerRow>,
    /// Stored rulebooks.
    pub measures: Measures,
    /// The rulebook of the fund's own figures; none before the fund is open.
    pub governing: Option<Measure>,
    /// What the address says, where a page of the registry is read.
    pub asked: Option<Named>,
    /// Where the books stood before anything of the page was read.
    pub mark: String,
    /// Where the book of each bank stands, once it was asked.
    pub marks: Option<Marks>,
    /// Who stands for whom today, once it was asked.
    pub houses: Option<Arc<Houses>>,
    /// What is suspended today, once it was asked.
    pub suspensions: Option<Arc<Suspensions>>,
    /// How much there is to do, once it was counted.
    pub todo_count: Option<usize>,
}

impl<'a> Desk<'a> {
    pub fn open(app: &'a App, lang: Lang, asker: &'a Asker) -> Result<Desk<'a>, PageError> {
        let mut db = app.store.read()?;
        let fund_id = app.fund_id();
        // Before anything else: what is kept under it was read after it.
        let mark = kept::mark(&mut db)?;
        let partners =
            parties::partners(&mut db, fund_id)?.into_iter().map(|partner| (partner.code.clone(), partner)).collect();
        let measures = Measures::load(&mut db, fund_id)?;
        let governing = parties::fund(&mut db, fund_id)?
            .and_then(|fund| measures.version(&fund.rulebook_id, &fund.rulebook_version).cloned());
        let today = app.store.clock().today();
        let reach = reach_of(asker, fund_id);
        Ok(Desk {
            app,
            db,
            lang,
            today,
            asker,
            reach,
            partners,
            measures,
            governing,
            asked: None,
            mark,
            marks: None,
            houses: None,
            suspensions: None,
            todo_count: None,
        })
    }

    /// Most rows of a list: on the page, or in its workbook where the address asks for that.
    pub fn most(&self, on_page: i64) -> i64 {
        self.asked.as_ref().map_or(on_page, |asked| tables::most(asked, on_page))
    }

    /// Whether who asks may do something for the fund itself, and so sees what belongs to no bank.
    pub fn may_for_fund(&self, permission: Permission) -> bool {
        self.asker.may_for_fund(permission)
    }

    /// A finding as who asks may read it.
    pub fn readable(&self, finding: Finding) -> Finding {
        if self.reach.bank().is_some() { finding.for_bank() } else { finding }
    }

    pub fn text(&self, key: &str, places: &[(&str, &str)]) -> String {
        i18n::text(self.lang, key, places)
    }

    /// Name of a partner; its code where it is not on record.
    pub fn name(&self, code: &str) -> String {
        self.partners.get(code).map_or_else(|| code.to_owned(), |partner| partner.name.clone())
    }

    /// A name of the rules in the reader's language.
    pub fn titled(&self, name: &Titled) -> String {
        match self.lang {
            Lang::Zh => name.zh.to_string(),
            Lang::En => name.en.to_string(),
        }
    }

    /// The banks within reach.
    pub fn banks(&self) -> impl Iterator<Item = &PartnerRow> {
        let is_bank = |partner: &&PartnerRow| partner.kind == PartnerKind::Bank.code();
        self.partners.values().filter(is_bank).filter(|bank| self.reach.holds(Some(&bank.code)))
    }

    pub fn bank_choices(&self) -> Vec<Choice> {
        self.banks().map(|bank| Choice { code: bank.code.clone(), name: bank.name.clone() }).collect()
    }

    /// The frame of a page.
    pub fn shell(&mut self) -> Result<Shell, PageError> {
        let count = match self.todo_count {
            Some(count) => count,
            None => todo::todos(self)?.len(),
        };
        self.shell_with(count)
    }

    /// The frame of a page that has counted what there is to do already.
    pub fn shell_with(&mut self, todos: usize) -> Result<Shell, PageError> {
        let waiting = figures::waiting(self)?;
        let open = waiting.iter().fold(0_i64, |sum, (_, claims, _)| sum.saturating_add(*claims));
        let fund = &self.app.config.fund;
        Ok(Shell {
            fund_name_zh: fund.name_zh.clone(),
            fund_name_en: fund.name_en.clone(),
            business_date: Some(self.today),
            data_as_of: jobs::last_done_on(&mut self.db, "daily_close")?,
            demo: self.app.store.clock().is_simulated(),
            proposal: self.governing.as_ref().is_some_and(|measure| measure.rulebook.head.proposal),
            todo_count: u64::try_from(todos).unwrap_or(u64::MAX),
            claim_count: unsigned(open),
            ..Shell::default()
        })
    }
}

/// Whose data somebody sees. A bank's people see the bank they belong to.
pub(super) fn reach_of(asker: &Asker, fund_id: &str) -> Reach {
    match asker.reach() {
        Whose::All => Reach::of_fund(fund_id),
        Whose::Banks(banks) => {
            let own = asker.offices.iter().find_map(|office| office.bank()).filter(|bank| banks.contains(*bank));
            own.map_or_else(|| Reach::of_nobody(fund_id), |bank| Reach::of_bank(fund_id, bank.as_str()))
        }
        Whose::Nothing => Reach::of_nobody(fund_id),
    }
}

/// A count of the database, which is never below zero.
pub(super) fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// Days or versions as a page counts them.
pub(super) fn small(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

/// First row and number of rows of a page of `total` rows, for the database.
pub(super) fn span(page: u64, total: u64) -> (i64, i64) {
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    (signed(offset(page, total)), signed(PAGE_ROWS))
}

/// `part ÷ whole` in parts per million, half up; none where the whole is not above zero.
pub(super) fn ratio(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let (part, whole) = (i128::from(part.max(0)), i128::from(whole));
    i64::try_from((part * 2_000_000 + whole) / (whole * 2)).ok()
}
