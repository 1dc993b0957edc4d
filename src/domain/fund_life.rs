//! What happens to a fund as a whole: how it pays, what it asks for, what it spends besides claims.
//!
//! Owns the acts on a fund and the fold of them. Money only moves on the word of two persons.
//! **Invariant:** a movement is booked once, when the second person decides; what was booked is only ever reversed.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::detail::{acts, words};
use super::money::{Fen, FenDelta, MoneyError};
use super::names::{FundSource, PartnerCode, coded};
use super::people::{Office, Role};

coded! {
    /// How the fund pays (`shuozhou.md` §8).
    Channel {
        /// From a special account.
        SpecialAccount = "special_account", "专户";
        /// From budget quota, by the treasury.
        Treasury = "treasury", "国库集中支付";
        /// From deposits with partner banks.
        BankDeposits = "bank_deposits", "存放合作银行";
    }
}

coded! {
    /// What a movement of money is.
    MoveKind {
        /// A source pays in; on the treasury channel a quota arrives.
        Contribution = "contribution", "出资到账";
        /// Interest.
        Interest = "interest", "利息";
        /// A fee of management, audit or law.
        Cost = "cost", "费用支出";
        /// Unused quota is withdrawn at the end of the year.
        QuotaWithdrawal = "quota_withdrawal", "指标收回";
        /// Money is given back to a source.
        ContributionReturn = "contribution_return", "退还出资";
        /// What is owed to a bank is paid.
        OwedPayment = "owed_payment", "退还银行多缴";
        /// Money is laid on a bank's sub-account, or taken back from it.
        DepositPlaced = "deposit_placed", "存放合作银行";
        /// Money comes back from a bank's sub-account.
        DepositReleased = "deposit_released", "收回存放";
        /// A booking is taken back by its reverse.
        Reversal = "reversal", "冲销";
    }
}
words!(Channel, MoveKind, FundSource);

acts! {
    /// What happens to a fund.
    FundAct {
        /// How the fund pays from now on.
        ChannelSet = "channel_set" {
            /// Which.
            channel: Channel,
            /// Paper that says so.
            document_no: Option<String>,
        }
        /// A source is asked to pay in (请款函).
        ContributionCalled = "contribution_called" {
            /// Number of the letter.
            call_no: String,
            /// Who.
            source: FundSource,
            /// How much.
            amount: Fen,
            /// By when.
            due_on: NaiveDate,
            /// Why.
            ground: String,
        }
        /// A movement of money is put forward by the one who keeps the books.
        MoveProposed = "move_proposed" {
            /// Its number.
            move_no: String,
            /// What it is.
            kind: MoveKind,
            /// How much; of a reversal what was booked.
            amount: Option<Fen>,
            /// Whose money.
            source: Option<FundSource>,
            /// Which bank.
            bank: Option<PartnerCode>,
            /// Day of booking.
            on: NaiveDate,
            /// Voucher, quota (指标文号) or letter.
            document_no: Option<String>,
            /// Subject of the budget (科目) under which a quota stands.
            subject_code: Option<String>,
            /// Year of the budget to which a quota belongs.
            budget_year: Option<u32>,
            /// Number of the call it answers.
            call_no: Option<String>,
            /// Booking that is taken back.
            reverses: Option<String>,
            /// Why.
            ground: String,
        }
        /// A movement is decided by a second person, and booked.
        MoveDecided = "move_decided" {
            /// Its number.
            move_no: String,
            /// Whether it stands.
            accepted: bool,
            /// In words.
            note: Option<String>,
        }
    }
}

/// A movement that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMove {
    /// The act that put it forward.
    pub act: FundAct,
    /// Who, as keys.
    pub by: Vec<String>,
}

/// A call for money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who.
    pub source: FundSource,
    /// How much.
    pub amount: Fen,
    /// By when.
    pub due_on: NaiveDate,
    /// What came.
    pub received: Fen,
}

/// Quota of a year that arrived, or was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Whose.
    pub source: FundSource,
    /// Year of the budget.
    pub year: i32,
    /// How much; below zero for a withdrawal.
    pub amount: FenDelta,
}

/// A fund as its acts leave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FundState {
    /// How it pays; a special account until something else is set.
    pub channel: Option<Channel>,
    /// Movements that wait, by number.
    pub pending: BTreeMap<String, PendingMove>,
    /// Numbers of movements that were decided.
    pub decided: Vec<String>,
    /// Calls, by number.
    pub calls: BTreeMap<String, Call>,
    /// Quota that arrived or was withdrawn on the treasury channel and was not reversed, by number of the movement.
    pub quotas: BTreeMap<String, Quota>,
}

/// Why an act on a fund is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FundRefusal {
    /// The role does not do this.
    #[error("role")]
    Role,
    /// The number is taken.
    #[error("number taken")]
    NumberTaken,
    /// No movement of this number waits.
    #[error("no such movement")]
    NoSuchMove,
    /// No call of this number.
    #[error("no such call")]
    NoSuchCall,
    /// A second person is needed.
    #[error("same person")]
    SamePerson,
    /// Something that this movement needs is missing.
    #[error("missing {0}")]
    Missing(&'static str),
    /// The movement is dated after the day on which it is put forward or decided.
    #[error("{on} is after {today}")]
    Later {
        /// Day of booking.
        on: NaiveDate,
        /// Business date.
        today: NaiveDate,
    },
    /// The year of the budget is further than one year from the day of booking.
    #[error("year {0}")]
    Year(u32),
}

impl FundRefusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            FundRefusal::Role => "ACT_ROLE",
            FundRefusal::NumberTaken => "MOVE_NUMBER_TAKEN",
            FundRefusal::NoSuchMove => "MOVE_UNKNOWN",
            FundRefusal::NoSuchCall => "CALL_UNKNOWN",
            FundRefusal::SamePerson => "MOVE_SAME_PERSON",
            FundRefusal::Missing(_) => "MOVE_MISSING",
            FundRefusal::Later { .. } => "MOVE_LATER",
            FundRefusal::Year(_) => "MOVE_BUDGET_YEAR",
        }
    }
}

impl Channel {
    /// Money on hand that another channel would not know what to do with. An account and deposits belong together, as
    /// what is laid with banks comes from the account; quota of a budget is no money in an account, nor the reverse.
    #[must_use]
    pub fn stranded_by(self, next: Channel, cash: Fen, deposits: Fen) -> Fen {
        match (self, next) {
            _ if self == next => Fen::ZERO,
            (Channel::SpecialAccount, Channel::BankDeposits) => Fen::ZERO,
            (Channel::BankDeposits, Channel::SpecialAccount) => deposits,
            _ => cash.checked_add(deposits).unwrap_or(cash),
        }
    }
}

impl FundState {
    /// How the fund pays.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.unwrap_or(Channel::SpecialAccount)
    }

    /// What is asked of an act that is taken on a day. Acts on record stand: they were held to what was asked in their
    /// time, so that this is no part of the fold.
    ///
    /// # Errors
    /// `FundRefusal`.
    pub fn admits(&self, act: &FundAct, today: NaiveDate) -> Result<(), FundRefusal> {
        let asked = match act {
            FundAct::MoveDecided { move_no, accepted: true, .. } => match self.pending.get(move_no) {
                Some(waiting) => &waiting.act,
                None => return Ok(()),
            },
            other => other,
        };
        let FundAct::MoveProposed { kind, on, document_no, subject_code, budget_year, .. } = asked else {
            return Ok(());
        };
        if today < *on {
            return Err(FundRefusal::Later { on: *on, today });
        }
        let is_quota =
            self.channel() == Channel::Treasury && matches!(kind, MoveKind::Contribution | MoveKind::QuotaWithdrawal);
        if !is_quota {
            return Ok(());
        }
        if document_no.is_none() {
            return Err(FundRefusal::Missing("document_no"));
        }
        if subject_code.is_none() {
            return Err(FundRefusal::Missing("subject_code"));
        }
        let year = budget_year.ok_or(FundRefusal::Missing("budget_year"))?;
        let is_near = i32::try_from(year).is_ok_and(|year| year.abs_diff(on.year()) <= 1);
        if is_near { Ok(()) } else { Err(FundRefusal::Year(year)) }
    }

    /// What the acts say is left of a source's quota of a year: what it brought in, less what was withdrawn of it.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn quota_of(&self, source: FundSource, year: i32) -> Result<FenDelta, MoneyError> {
        let own = self.quotas.values().filter(|quota| quota.source == source && quota.year == year);
        own.map(|quota| quota.amount).try_fold(FenDelta::ZERO, FenDelta::checked_add)
    }

    /// The fund after an act of a person in an office.
    ///
    /// # Errors
    /// `FundRefusal`.
    pub fn after(&self, act: &FundAct, by: &Office) -> Result<FundState, FundRefusal> {
        let roles: &[Role] = match act {
            FundAct::ChannelSet { .. } | FundAct::ContributionCalled { .. } => &[Role::FundAdministrator],
            FundAct::MoveProposed { .. } => &[Role::FinanceOfficer, Role::FundAdministrator],
            FundAct::MoveDecided { .. } => &[Role::FundApprover, Role::FundAdministrator],
        };
        if !roles.contains(&by.role) || by.bank().is_some() {
            return Err(FundRefusal::Role);
        }
        let mut next = self.clone();
        match act {
            FundAct::ChannelSet { channel, .. } => next.channel = Some(*channel),
            FundAct::ContributionCalled { call_no, source, amount, due_on, .. } => {
                let call = Call { source: *source, amount: *amount, due_on: *due_on, received: Fen::ZERO };
                if next.calls.insert(call_no.clone(), call).is_some() {
                    return Err(FundRefusal::NumberTaken);
                }
            }
            FundAct::MoveProposed { move_no, .. } => next.propose(act, move_no, by)?,
            FundAct::MoveDecided { move_no, accepted, .. } => next.decide(move_no, *accepted, by)?,
        }
        Ok(next)
    }

    fn propose(&mut self, act: &FundAct, move_no: &str, by: &Office) -> Result<(), FundRefusal> {
        if self.pending.contains_key(move_no) || self.decided.iter().any(|known| known == move_no) {
            return Err(FundRefusal::NumberTaken);
        }
        let FundAct::MoveProposed { kind, amount, source, bank, call_no, reverses, .. } = act else {
            return Err(FundRefusal::NoSuchMove);
        };
        let needs_source =
            matches!(kind, MoveKind::Contribution | MoveKind::QuotaWithdrawal | MoveKind::ContributionReturn);
        let needs_bank = matches!(kind, MoveKind::OwedPayment | MoveKind::DepositPlaced | MoveKind::DepositReleased);
        let has_amount = amount.is_some_and(|amount| amount > Fen::ZERO);
        let missing = match kind {
            MoveKind::Reversal => reverses.is_none().then_some("reverses"),
            _ if !has_amount => Some("amount"),
            _ if needs_source && source.is_none() => Some("source"),
            _ if needs_bank && bank.is_none() => Some("bank"),
            _ => None,
        };
        if let Some(what) = missing {
            return Err(FundRefusal::Missing(what));
        }
        if call_no.as_ref().is_some_and(|call| !self.calls.contains_key(call)) {
            return Err(FundRefusal::NoSuchCall);
        }
        let by = by.hands().map(str::to_owned).collect();
        self.pending.insert(move_no.to_owned(), PendingMove { act: act.clone(), by });
        Ok(())
    }

    fn decide(&mut self, move_no: &str, accepted: bool, by: &Office) -> Result<(), FundRefusal> {
        let asked = self.pending.remove(move_no).ok_or(FundRefusal::NoSuchMove)?;
        if by.hands().any(|hand| asked.by.iter().any(|known| known == hand)) {
            return Err(FundRefusal::SamePerson);
        }
        self.decided.push(move_no.to_owned());
        if let (true, FundAct::MoveProposed { call_no: Some(call_no), amount: Some(amount), .. }) =
            (accepted, &asked.act)
            && let Some(call) = self.calls.get_mut(call_no)
        {
            call.received = call.received.checked_add(*amount).unwrap_or(call.received);
        }
        if accepted {
            self.keep_quota(move_no, &asked.act);
        }
        Ok(())
    }

    fn keep_quota(&mut self, move_no: &str, act: &FundAct) {
        let FundAct::MoveProposed { kind, amount, source, on, budget_year, reverses, .. } = act else { return };
        let amount = amount.unwrap_or_default().as_delta();
        let amount = match kind {
            MoveKind::Contribution => amount,
            MoveKind::QuotaWithdrawal => FenDelta::new(amount.get().saturating_neg()),
            MoveKind::Reversal => {
                // A booking is named by the fund and the number of its movement.
                let reversed = reverses.as_deref().and_then(|booking| booking.split_once(":move:"));
                if let Some((_, number)) = reversed {
                    self.quotas.remove(number);
                }
                return;
            }
            _ => return,
        };
        if let Some(source) = source.filter(|_| self.channel() == Channel::Treasury) {
            // Quota from before years were told is of the year in which it was booked.
            let year = budget_year.and_then(|year| i32::try_from(year).ok()).unwrap_or_else(|| on.year());
            self.quotas.insert(move_no.to_owned(), Quota { source, year, amount });
        }
    }
}
