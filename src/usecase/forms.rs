//! The facts of printed forms, gathered from the books.
//!
//! Owns how a claim, a loan or a call is told to a form; the forms themselves are `crate::reports::forms`.
//! **Invariant:** nothing is computed here that the books do not hold already, but for the check code of a coverage,
//! which is a function of its stored row.

use serde_json::Value;

use super::UseCaseError;
use super::coverage::{covers, told};
use super::lives::claim::{LIFE, bearings, document_word, load};
use super::lives::json::stored;
use super::lives::{ActRefusal, fund, office_of, registration};
use super::measures::{Measure, Measures};
use crate::domain::claim::Claim;
use crate::domain::claim::act::Figures;
use crate::domain::fund_life::FundAct;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::case_no;
use crate::domain::reserve::loan_reserve;
use crate::domain::rulebook::vocabulary::Group;
use crate::i18n::Lang;
use crate::reports::forms::facts::{
    ActFacts, CalculationFacts, CallFacts, ClaimFacts, CoverFacts, LoanFacts, MeasureFacts, Names, PaperFacts, Sums,
    Told,
};
use crate::reports::forms::sheet::check_code;
use crate::storage::find::{Reach, acts, claims, events, loans, money, parties};
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::storage::rows::loans::{CoverageRow, LoanRow};
use crate::storage::{Db, StoreError};

/// Steps of an enrolment test that say how the share of the fund came about.
const RATIO_STEPS: [&str; 9] =
    ["version", "base_rate", "bonus", "bonus_off", "bonus_unknown", "alternative", "rate", "loss_limit", "retested"];

/// Everything the forms of a claim ask for.
///
/// # Errors
/// `Act` for a claim that is not on record; storage; `Rulebook`; `Corrupt`.
pub fn claim_facts(db: &mut Db, fund_id: &str, claim_id: &str) -> Result<ClaimFacts, UseCaseError> {
    let unknown = || ActRefusal::new("CLAIM_UNKNOWN", vec![("claim", claim_id.to_owned())]);
    let filing = claims::filing(db, claim_id)?.filter(|filing| filing.fund_id == fund_id).ok_or_else(unknown)?;
    let claim = load(db, &filing)?;
    let (loan, coverage, measure) = loan_and_measure(db, fund_id, &filing.loan_id)?;
    let rows = acts::of(db, fund_id, LIFE, claim_id)?;
    let papers = acts::papers(db, fund_id, LIFE, claim_id)?.into_iter().map(|paper| PaperFacts {
        id: paper.attachment_id,
        document: paper.document,
        name: paper.file_name,
        hash: paper.content_hash,
    });
    let papers = papers.collect();
    let of_loan = acts::documents(db, fund_id, registration::LIFE, &filing.loan_id)?;
    Ok(ClaimFacts {
        claim_id: claim_id.to_owned(),
        case_no: case_no(filing.arrival),
        loan: loan_facts(db, &loan, &coverage, &measure)?,
        filed_on: filing.filed_on,
        stage: claim.stage.code(),
        figures: figures_of(&filing, &claim),
        calculation: claims::last_calculation(db, claim_id)?.map(|row| calculation_of(&row)).transpose()?,
        completeness: bearings::completeness_stored(db, &filing, &claim)?,
        acts: acts_of(db, &rows)?,
        papers,
        loan_papers: of_loan.iter().map(|code| document_word(code)).collect(),
        parties: party_names(&measure),
        levels: level_names(&measure),
        sums: Sums { paid: claim.paid_net(), collected: claim.collected, banked: claim.banked },
    })
}

/// Everything the answer to a registration asks for.
///
/// # Errors
/// `Act` for a loan that is not on the register; storage; `Rulebook`; `Corrupt`.
pub fn cover_facts(db: &mut Db, fund_id: &str, loan_id: &str, lang: Lang) -> Result<CoverFacts, UseCaseError> {
    let (loan, coverage, measure) = loan_and_measure(db, fund_id, loan_id)?;
    let measures = Measures::load(db, fund_id)?;
    let outcome = told(&measures, &coverage)?;
    let covered = covers(&coverage.decision);
    let ratio = |line: &Told| RATIO_STEPS.contains(&line.code.as_str());
    Ok(CoverFacts {
        loan: loan_facts(db, &loan, &coverage, &measure)?,
        version: coverage.version,
        covered,
        queued: loan.state == "queued",
        decided_on: coverage.business_date,
        rate: coverage.fund_rate_ppm.map(Ppm::try_new).transpose()?,
        ceiling: ceiling(&loan, &coverage, &measure)?,
        first_loan: coverage.first_loan,
        start_up: coverage.start_up,
        steps: lines(&outcome["trace"], "step").into_iter().filter(ratio).collect(),
        reasons: lines(&outcome["reasons"], "code"),
        voids: voids(&measure, lang),
        check_code: code_of(&loan, &coverage, &measure)?,
    })
}

/// The check code of a loan's confirmation, as the books have it now.
///
/// # Errors
/// As `cover_facts`.
pub fn cover_code(db: &mut Db, fund_id: &str, loan_id: &str) -> Result<String, UseCaseError> {
    let (loan, coverage, measure) = loan_and_measure(db, fund_id, loan_id)?;
    code_of(&loan, &coverage, &measure)
}

/// Everything the letter of a call asks for.
///
/// # Errors
/// `Act` for a call that was never made; storage; `Corrupt`.
pub fn call_facts(db: &mut Db, fund_id: &str, call_no: &str) -> Result<CallFacts, UseCaseError> {
    let state = fund::state(db, fund_id)?;
    let named = fund_names(db, fund_id)?;
    for row in acts::of(db, fund_id, fund::LIFE, fund_id)? {
        let FundAct::ContributionCalled { call_no: known, source, amount, due_on, ground } = stored(&row)? else {
            continue;
        };
        if known != call_no {
            continue;
        }
        let received = state.calls.get(call_no).map_or(Fen::ZERO, |call| call.received);
        return Ok(CallFacts {
            fund: named,
            call_no: known,
            source,
            amount,
            received,
            due_on,
            ground,
            channel: state.channel(),
            in_hand: Fen::try_new(money::in_hand(db, fund_id)?.max(0))?,
            person: row.person.clone(),
            office: office_of(&row)?,
            on: row.business_date,
            event: hash_of(db, &row.event_id)?,
        });
    }
    Err(ActRefusal::new("FORM_CALL_UNKNOWN", vec![("call", call_no.to_owned())]).into())
}

/// The loan by its identifier or, where it is one, by its contract number.
///
/// # Errors
/// `Act` for none; storage.
pub fn loan_id_of(db: &mut Db, fund_id: &str, asked: &str) -> Result<String, UseCaseError> {
    if loans::one(db, &Reach::of_fund(fund_id), asked)?.is_some() {
        return Ok(asked.to_owned());
    }
    let all = loans::all(db, &Reach::of_fund(fund_id))?;
    let mut of_contract = all.into_iter().filter(|loan| loan.contract == asked);
    match (of_contract.next(), of_contract.next()) {
        (Some(loan), None) => Ok(loan.loan_id),
        _ => Err(ActRefusal::new("FORM_LOAN_UNKNOWN", vec![("loan", asked.to_owned())]).into()),
    }
}

fn loan_and_measure(
    db: &mut Db,
    fund_id: &str,
    loan_id: &str,
) -> Result<(LoanRow, CoverageRow, Measure), UseCaseError> {
    let unknown = || ActRefusal::new("FORM_LOAN_UNKNOWN", vec![("loan", loan_id.to_owned())]);
    let loan = loans::one(db, &Reach::of_fund(fund_id), loan_id)?.ok_or_else(unknown)?;
    let corrupt =
        |what: &str| StoreError::Corrupt { table: "coverages", key: loan_id.to_owned(), what: what.to_owned() };
    let coverage = loans::coverage(db, loan_id)?.ok_or_else(|| corrupt("gone"))?;
    let measures = Measures::load(db, fund_id)?;
    let measure = measures.version(&coverage.rulebook_id, &coverage.rulebook_version);
    let measure = measure.filter(|measure| measure.hash == coverage.rulebook_hash);
    Ok((loan, coverage.clone(), measure.ok_or_else(|| corrupt("rulebook"))?.clone()))
}

fn fund_names(db: &mut Db, fund_id: &str) -> Result<Names, UseCaseError> {
    let row = parties::fund(db, fund_id)?;
    Ok(row.map(|row| Names { zh: row.name_zh, en: row.name_en }).unwrap_or_default())
}

fn loan_facts(
    db: &mut Db,
    loan: &LoanRow,
    coverage: &CoverageRow,
    measure: &Measure,
) -> Result<LoanFacts, UseCaseError> {
    let bank = parties::partners(db, &loan.fund_id)?.into_iter().rfind(|partner| partner.code == loan.bank);
    let head = &measure.rulebook.head;
    Ok(LoanFacts {
        fund: fund_names(db, &loan.fund_id)?,
        loan_id: loan.loan_id.clone(),
        bank: loan.bank.clone(),
        bank_name: bank.map(|bank| bank.name).unwrap_or_default(),
        borrower: loan.borrower_name.clone(),
        credit_code: loan.credit_code.clone(),
        contract: loan.contract.clone(),
        drawdown: loan.drawdown.clone(),
        principal: Fen::try_new(loan.principal_fen)?,
        ip_share: Ppm::try_new(loan.ip_share_ppm)?,
        annual_rate: Ppm::try_new(loan.rate_ppm)?,
        disbursed_on: loan.disbursed_on,
        matures_on: loan.matures_on,
        registered_on: loan.registered_on,
        measure: MeasureFacts {
            name: format!("{}@{}", coverage.rulebook_id, coverage.rulebook_version),
            title: Names { zh: head.title.zh.to_string(), en: head.title.en.to_string() },
            hash: coverage.rulebook_hash.clone(),
            proposal: head.proposal,
        },
    })
}

/// The most the fund may owe: its share of the IP part of the principal, up to the cap of one loan.
fn ceiling(loan: &LoanRow, coverage: &CoverageRow, measure: &Measure) -> Result<Fen, UseCaseError> {
    if !covers(&coverage.decision) {
        return Ok(Fen::ZERO);
    }
    let rate = Ppm::try_new(coverage.fund_rate_ppm.unwrap_or(0))?;
    let (principal, share) = (Fen::try_new(loan.principal_fen)?, Ppm::try_new(loan.ip_share_ppm)?);
    Ok(loan_reserve(principal, share, rate, measure.limits.per_loan)?)
}

fn code_of(loan: &LoanRow, coverage: &CoverageRow, measure: &Measure) -> Result<String, UseCaseError> {
    let rate = coverage.fund_rate_ppm.map(|ppm| ppm.to_string()).unwrap_or_default();
    Ok(check_code(&[
        &loan.fund_id,
        &loan.loan_id,
        &coverage.version.to_string(),
        &coverage.decision,
        &coverage.rulebook_hash,
        &rate,
        &ceiling(loan, coverage, measure)?.yuan(),
    ]))
}

/// What the measure says voids cover.
fn voids(measure: &Measure, lang: Lang) -> Vec<Told> {
    let book = &measure.rulebook;
    let ids: Vec<&str> = book.voids.iter().map(|void| void.id.as_str()).collect();
    let told = crate::rulebook::explain::explain(book, lang).into_iter();
    let own = told.filter(|article| article.group == Some(Group::Integrity) && ids.contains(&article.clause.as_str()));
    own.map(|article| Told {
        code: article.clause,
        article: article.article,
        text: Names { zh: article.text.clone(), en: article.text },
        amount: String::new(),
    })
    .collect()
}

/// Sentences of an outcome; `code` names the member that says what each of them is.
fn lines(list: &Value, code: &str) -> Vec<Told> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    // The article has a column of its own.
    let plain = |item: &Value, words: &str, lang: Lang| {
        let article = text(&item["article"]);
        let shown = crate::i18n::text(lang, "payout.value.article", &[("article", &article)]);
        let words = text(&item[words]);
        if article.is_empty() { words } else { words.replacen(&shown, "", 1) }
    };
    let line = |item: &Value| Told {
        code: text(&item[code]),
        article: text(&item["article"]),
        text: Names { zh: plain(item, "text_zh", Lang::Zh), en: plain(item, "text_en", Lang::En) },
        amount: text(&item["amount"]),
    };
    list.as_array().into_iter().flatten().map(line).collect()
}

fn calculation_of(row: &CalculationRow) -> Result<CalculationFacts, UseCaseError> {
    let key = || format!("{}:{}", row.claim_id, row.version);
    let outcome: Value = serde_json::from_str(&row.outcome).map_err(|_broken| StoreError::Corrupt {
        table: "calculations",
        key: key(),
        what: "outcome".to_owned(),
    })?;
    Ok(CalculationFacts {
        version: row.version,
        decision: row.decision.clone(),
        payable: bearings::payable(row),
        loss_base: row.loss_base_fen.map(Fen::try_new).transpose()?,
        rate: row.fund_rate_ppm.map(Ppm::try_new).transpose()?,
        on: row.business_date,
        steps: lines(&outcome["trace"], "step"),
        reasons: lines(&outcome["reasons"], "code"),
    })
}

/// The figures as acts state them; those of the file where no act did.
fn figures_of(filing: &ClaimRow, claim: &Claim) -> Figures {
    if let Some(figures) = &claim.figures {
        return figures.clone();
    }
    let fen = |fen: i64| Fen::try_new(fen).ok();
    Figures {
        outstanding: fen(filing.outstanding_fen).unwrap_or_default(),
        overdue_interest: fen(filing.overdue_interest_fen),
        overdue_since: filing.overdue_since,
        pledge_registered_on: filing.pledge_registered_on,
        insurer_paid: fen(filing.insurer_paid_fen),
        guarantor_paid: fen(filing.guarantor_paid_fen),
        collateral_gross: fen(filing.collateral_gross_fen),
        collateral_cost: fen(filing.collateral_cost_fen),
        ip_disposal_net: None,
        other_policy_paid: None,
        other_levels_paid: None,
        court_accepted_on: None,
        written_off_on: None,
        applied: None,
        documents: serde_json::from_str(&filing.documents).unwrap_or_default(),
    }
}

/// Stored acts with the hashes of their events.
fn acts_of(db: &mut Db, rows: &[ActRow]) -> Result<Vec<ActFacts>, UseCaseError> {
    let ids: Vec<&str> = rows.iter().map(|row| row.event_id.as_str()).collect();
    let causes = events::causes(db, &ids)?;
    let hash = |id: &str| causes.iter().find(|(known, ..)| known == id).map(|(_, _, hash)| hash.clone());
    rows.iter()
        .map(|row| {
            Ok(ActFacts {
                version: row.version,
                act: stored(row)?,
                person: row.person.clone(),
                office: office_of(row)?,
                on: row.business_date,
                event: hash(&row.event_id).unwrap_or_default(),
            })
        })
        .collect()
}

fn hash_of(db: &mut Db, event_id: &str) -> Result<String, UseCaseError> {
    Ok(events::causes(db, &[event_id])?.pop().map(|(_, _, hash)| hash).unwrap_or_default())
}

fn party_names(measure: &Measure) -> Vec<(String, Names)> {
    let names = measure.rulebook.parties.iter().map(|party| {
        let name = party.origin.name.as_ref();
        let told = name.map(|name| Names { zh: name.zh.to_string(), en: name.en.to_string() });
        (party.id.to_string(), told.unwrap_or_else(|| kind_name(party.kind.code())))
    });
    names.collect()
}

/// A kind of party as the calculation names it.
fn kind_name(kind: &str) -> Names {
    let word = |lang| crate::i18n::text(lang, &format!("payout.word.{kind}"), &[]);
    Names { zh: word(Lang::Zh), en: word(Lang::En) }
}

fn level_names(measure: &Measure) -> Vec<(String, Names)> {
    let levels = bearings::handling_of(measure).levels.into_iter();
    levels
        .map(|level| {
            let [zh, en] = level.name;
            (level.id, Names { zh, en })
        })
        .collect()
}
