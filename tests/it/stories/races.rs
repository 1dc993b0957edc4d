//! R07 and R08: sixteen clients against a fund that covers half; rivals for the same claim.
//!
//! The figures are those of `reliability.md` scaled to what a suite run by everybody can carry; `TEST_RACES=full`
//! runs the whole.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pledgefund::app::App;
use pledgefund::storage::find::{claims, money};
use pledgefund::usecase::lives::{Life, Request, perform};
use serde_json::{Value, json};

use super::town::{FUND, Town, figures, measure, story};
use crate::support::product::on_both;

const CLIENTS: usize = 16;

fn whole() -> bool {
    std::env::var_os("TEST_RACES").is_some_and(|value| value == "full")
}

fn request(claim: &str, act: &str, by: &str, on: chrono::NaiveDate, details: Value) -> Request {
    Request {
        life: Life::Claim,
        subject: claim.to_owned(),
        act: act.to_owned(),
        details,
        by: by.to_owned(),
        on,
        expected: None,
        key: None,
    }
}

/// Claims of odd amounts, reviewed and ready to be granted.
fn ready(town: &mut Town, count: usize) -> Vec<String> {
    let loans: Vec<(String, String)> = (0..count)
        .map(|nth| {
            let bank = if nth % 2 == 0 { "AAA" } else { "BBB" };
            let yuan = format!("{}.{:02}", 20_000 + (nth * 7_919) % 60_000, nth % 100);
            let mut form = town.form(&format!("R{nth}"), &yuan, "2025-01-06", "2026-01-06");
            form["rights"][0]["number"] = json!(format!("{}", 30_000_000 + nth));
            (town.lend(bank, form), yuan)
        })
        .collect();
    town.on("2025-09-01");
    let asked = loans.iter().map(|(loan, yuan)| {
        let claim = town.ask(loan, figures(yuan, "2025-05-01"));
        town.claim(&claim, "accepted", "审核员", json!({}));
        town.claim(&claim, "reviewed", "审核员", super::town::review());
        claim
    });
    asked.collect()
}

/// One try to grant what is computed: granted, refused for want of money, or overtaken by the facts.
fn grant(app: &App, claim: &str, on: chrono::NaiveDate) -> Result<(), &'static str> {
    for _turn in 0..20 {
        let row = claims::last_calculation(&mut app.store.read().unwrap(), claim).unwrap().unwrap();
        let amount = pledgefund::usecase::lives::claim::bearings::payable(&row).yuan();
        let details = json!({ "amount": amount, "calculation": row.version, "no_conflict": true });
        match perform(app, &request(claim, "approved", "联席", on, details)) {
            Ok(_) => return Ok(()),
            Err(error) if error.code() == "CLAIM_RECOMPUTED" => {
                // Accepting what is computed now: the job of the evening, for this claim alone.
                recompute(app, claim, on);
            }
            Err(error) => return Err(error.code()),
        }
    }
    Err("TURNS")
}

fn recompute(app: &App, claim: &str, on: chrono::NaiveDate) {
    use pledgefund::storage::find::Reach;
    use pledgefund::storage::{Act, Scope};
    use pledgefund::usecase::{UseCaseError, compensate};
    let banks = ["AAA", "BBB"].iter().fold(Scope::fund(FUND), |scope, bank| scope.and(Scope::bank(FUND, bank)));
    let done: Result<(), UseCaseError> = app.store.write(&banks, &Act::new("job", on), |tx| {
        let filing = compensate::filing_of(tx, claim)?;
        let status = claims::status(tx, &Reach::of_fund(FUND), claim)?.unwrap();
        if claims::OPEN.contains(&status.state.as_str())
            && let Some(computed) = compensate::compute(tx, &filing)?
        {
            compensate::store(tx, &status, computed)?;
        }
        Ok(())
    });
    done.unwrap();
}

/// Sixteen clients grant against a fund that covers about half of what is asked; a reader samples the books.
#[test]
fn sixteen_clients_never_overdraw_a_fund_that_covers_half() {
    let count = if whole() { 480 } else { 48 };
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "100000000.00");
        let claims = ready(town, count);
        let asked: i64 = claims.iter().map(|claim| town.status(claim).payout_fen.unwrap()).sum();
        // Most of the money is withdrawn, so that about half of what is asked for is left.
        let spent = 10_000_000_000 - asked / 2;
        let cost = json!({
            "move_no": "c", "kind": "quota_withdrawal", "source": "city", "amount": pledgefund::domain::money::Fen::try_new(spent).unwrap().yuan(),
            "on": "2025-09-01", "ground": "年末收回指标",
        });
        town.act(Life::Fund, FUND, "move_proposed", "出纳", cost);
        town.act(Life::Fund, FUND, "move_decided", "主任", json!({ "move_no": "c", "accepted": true }));
        let (on, app) = (town.day, &town.app);
        let (granted, refused, samples) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let done = AtomicBool::new(false);
        std::thread::scope(|threads| {
            let reader = threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let mut db = app.store.read().unwrap();
                    let cash = money::account_balance(&mut db, FUND, "cash").unwrap();
                    let total: i64 = money::balances(&mut db, FUND).unwrap().iter().map(|row| row.balance_fen).sum();
                    let ordered = money::account_balance(&mut db, FUND, "promised:ordered").unwrap();
                    assert!(cash >= 0 && ordered >= 0, "cash {cash}, ordered {ordered}");
                    assert_eq!(total, 0, "the books balance at every moment");
                    samples.fetch_add(1, Ordering::Relaxed);
                }
            });
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    let (claims, granted, refused) = (&claims, &granted, &refused);
                    threads.spawn(move || {
                        for claim in claims.iter().skip(client).step_by(CLIENTS) {
                            match grant(app, claim, on) {
                                Ok(()) => granted.fetch_add(1, Ordering::Relaxed),
                                Err("CLAIM_FUND_SHORT" | "CLAIM_NOT_PAYABLE" | "CLAIM_AMOUNT") => {
                                    refused.fetch_add(1, Ordering::Relaxed)
                                }
                                Err(other) => panic!("{claim}: {other}"),
                            };
                        }
                    })
                })
                .collect();
            // The reader is stopped before anybody's failure is looked at, or it would read for ever.
            let ended: Vec<_> = clients.into_iter().map(|client| client.join()).collect();
            done.store(true, Ordering::Relaxed);
            reader.join().unwrap();
            ended.into_iter().for_each(|client| client.unwrap());
        });
        let (granted, refused) = (granted.into_inner(), refused.into_inner());
        assert_eq!(granted + refused, claims.len(), "approved and refused are what was asked");
        let (cash, ordered) = (town.balance("cash"), town.balance("promised:ordered"));
        assert!(ordered <= cash, "ordered {ordered} of {cash}");
        assert!(ordered * 100 >= cash * 95, "at least 95 % of the fund is used: {ordered} of {cash}");
        assert!(refused > 0 && granted > 0, "{granted} granted, {refused} refused");
        assert!(samples.into_inner() >= 20);
    });
}

/// What the door does inside one transaction is done here in two, as a careless program would: all look, then all
/// write. The same sums that hold above then do not.
#[test]
fn without_the_lock_the_same_race_overdraws_and_is_seen() {
    use pledgefund::domain::money::Fen;
    use pledgefund::storage::chain::Chain;
    use pledgefund::storage::facts::Change;
    use pledgefund::storage::{Act, Scope};
    use pledgefund::usecase::UseCaseError;
    use pledgefund::usecase::registrations::commitment;
    on_both(|installation| {
        let town = Town::found(installation, "2025-01-10", &measure("shuozhou-1"));
        town.pay_in("1", "1000.00");
        let all_looked = std::sync::Barrier::new(CLIENTS);
        std::thread::scope(|threads| {
            for client in 0..CLIENTS {
                let (town, all_looked) = (&town, &all_looked);
                threads.spawn(move || {
                    let free = town.balance("cash") - town.balance("promised:ordered");
                    all_looked.wait();
                    if free >= 50_000 {
                        let act = Act::new("careless", town.day);
                        let done: Result<String, UseCaseError> = town.app.store.write(&Scope::fund(FUND), &act, |tx| {
                            let chain = Chain::Fund { fund_id: FUND.to_owned() };
                            let half = Fen::try_new(50_000)?;
                            let row = commitment(FUND, "ordered", &format!("c{client}"), 1, half, "careless");
                            Ok(tx.record(Change::new(chain, "claim.approved", "x").with(row))?)
                        });
                        done.unwrap();
                    }
                });
            }
        });
        assert!(town.balance("promised:ordered") > town.balance("cash"), "the sabotage must be seen");
    });
}

/// Eight people grant the same claim at once, or one grants while another takes it back: exactly one wins.
#[test]
fn rivals_for_one_claim_have_exactly_one_winner() {
    let rounds = if whole() { 2000 } else { 60 };
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "900000000.00");
        for nth in 0..8 {
            let details = json!({ "institution": "fund", "roles": ["fund_approver"], "level": "joint_meeting" });
            town.act(Life::Person, &format!("审批{nth}"), "appointed", "系统员", details);
        }
        let claims = ready(town, rounds);
        let (on, app) = (town.day, &town.app);
        for (round, claim) in claims.iter().enumerate() {
            let (amount, calculation) = town.computed(claim);
            let details = json!({ "amount": amount, "calculation": calculation, "no_conflict": true });
            let bank = if round % 2 == 0 { "甲经办" } else { "乙经办" };
            let wins: usize = std::thread::scope(|threads| {
                let mut rivals: Vec<_> = (0..if round % 3 == 0 { 8 } else { 2 })
                    .map(|nth| {
                        let details = details.clone();
                        threads.spawn(move || {
                            let by = format!("审批{nth}");
                            usize::from(perform(app, &request(claim, "approved", &by, on, details)).is_ok())
                        })
                    })
                    .collect();
                if round % 3 != 0 {
                    rivals.push(threads.spawn(move || {
                        let back = json!({ "reason": "已还款" });
                        usize::from(perform(app, &request(claim, "withdrawn", bank, on, back)).is_ok())
                    }));
                }
                // Who asked for it tries to grant it himself: never.
                let own = details.clone();
                let oneself = threads
                    .spawn(move || usize::from(perform(app, &request(claim, "approved", bank, on, own)).is_ok()));
                assert_eq!(oneself.join().unwrap(), 0, "nobody grants his own claim");
                rivals.into_iter().map(|rival| rival.join().unwrap()).sum()
            });
            assert_eq!(wins, 1, "round {round}");
        }
    });
}

/// A role that is taken while its holder decides: the decision stands before the act that takes it, or not at all.
#[test]
fn a_role_taken_in_mid_flight_decides_before_or_not_at_all() {
    let rounds = if whole() { 200 } else { 20 };
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "900000000.00");
        let claims = ready(town, rounds);
        let (on, app) = (town.day, &town.app);
        let role = |act: &str, details: Value| Request {
            life: Life::Person,
            subject: "分管".to_owned(),
            act: act.to_owned(),
            details,
            by: "系统员".to_owned(),
            on,
            expected: None,
            key: None,
        };
        for claim in &claims {
            let (amount, calculation) = town.computed(claim);
            let details = json!({ "amount": amount, "calculation": calculation, "no_conflict": true });
            let granted = std::thread::scope(|threads| {
                let grant = threads.spawn(|| perform(app, &request(claim, "approved", "分管", on, details.clone())));
                let taken = json!({ "role": "fund_approver", "reason": "调岗" });
                perform(app, &role("role_taken", taken)).unwrap();
                grant.join().unwrap()
            });
            let after = perform(app, &request(claim, "approved", "分管", on, details.clone()));
            let code = after.unwrap_err().code();
            assert!(matches!(code, "CLAIM_ROLE" | "CLAIM_STAGE"), "{code}");
            if let Err(error) = granted {
                assert_eq!(error.code(), "CLAIM_ROLE");
            }
            perform(app, &role("role_given", json!({ "role": "fund_approver", "level": "deputy" }))).unwrap();
        }
    });
}

/// A program that looked before its transaction would write the same number, or the same key, twice: the tables refuse
/// the second, whatever the code above them does.
#[test]
fn the_tables_refuse_a_second_act_of_one_number_and_a_second_answer_under_one_key() {
    use pledgefund::storage::chain::Chain;
    use pledgefund::storage::facts::{Change, unstamped};
    use pledgefund::storage::rows::acts::{ActRow, IdempotencyRow};
    use pledgefund::storage::{Act, Scope};
    use pledgefund::usecase::UseCaseError;
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let act = Act::new("careless", town.day);
        let write = |change: &dyn Fn() -> Change| -> Result<String, UseCaseError> {
            town.app.store.write(&Scope::fund(FUND), &act, |tx| Ok(tx.record(change())?))
        };
        let chain = || Chain::Fund { fund_id: FUND.to_owned() };
        let (business_date, recorded_at, event_id) = unstamped();
        let again = || {
            Change::new(chain(), "person.changed", "主任").with(ActRow {
                fund_id: FUND.to_owned(),
                life: "person".to_owned(),
                subject: "主任".to_owned(),
                version: 1,
                act: "departed".to_owned(),
                person: "系统员".to_owned(),
                office: "system_administrator@fund".to_owned(),
                details: "{}".to_owned(),
                business_date,
                recorded_at,
                event_id: event_id.clone(),
            })
        };
        assert!(write(&again).is_err(), "the first act of the head stands");
        let answer = || {
            Change::new(chain(), "fund.acted", FUND).with(IdempotencyRow {
                fund_id: FUND.to_owned(),
                idempotency_key: "同一键".to_owned(),
                request_hash: "1".to_owned(),
                answer: "{}".to_owned(),
                business_date,
                recorded_at,
                event_id: event_id.clone(),
            })
        };
        write(&answer).unwrap();
        assert!(write(&answer).is_err(), "the first answer stands");
    });
}
