//! Pages show a bank's people their bank and nothing else, and everybody what their roles allow.

use std::collections::BTreeMap;

use pledgefund::domain::access::Asker;
use pledgefund::domain::names::PartnerCode;
use pledgefund::domain::people::{Institution, Office, Role};
use pledgefund::http::error::PageError;
use pledgefund::http::pages::{PageRequest, PageView};
use pledgefund::http::registry::routes;
use pledgefund::i18n::Lang;
use pledgefund::screens;
use pledgefund::views::query::{ClaimQuery, LoanQuery, PlainQuery};

use crate::support::desk;
use crate::support::product::on_both;
use crate::support::serving::Serving;
use crate::support::wire;

/// The other banks' codes, with which their contracts and files begin.
const OTHERS: [&str; 2] = ["YMK", "YYC"];

fn of_bank(bank: &str) -> Asker {
    let office = Office {
        person: "银行甲".to_owned(),
        role: Role::BankOfficer,
        institution: Institution::Partner(PartnerCode::new(bank)),
        level: None,
        stands_in_for: None,
        under_return: None,
    };
    Asker::person("银行甲", vec![office])
}

#[test]
fn a_bank_sees_its_own_and_anothers_answers_like_nothing() {
    on_both(|installation| {
        installation.import_samples();
        let app = installation.app("2026-07-31");
        let (own, all) = (of_bank("SGH"), desk::everything());
        let load = |request: PageRequest, asker: &Asker| screens::load(&app, request, Lang::Zh, asker);
        let (mut shown, mut more) = (0, 0);
        for request in [
            PageRequest::Dashboard,
            PageRequest::Loans(LoanQuery::default()),
            PageRequest::Loans(LoanQuery::from_pairs(&[("bank".to_owned(), "YMK".to_owned())])),
            PageRequest::Claims(ClaimQuery::default()),
            PageRequest::Mails(PlainQuery::default()),
            PageRequest::Imports(PlainQuery::default()),
            PageRequest::Rights(PlainQuery::default()),
        ] {
            let page = format!("{:?}", load(request.clone(), &own).unwrap());
            for other in OTHERS {
                let around = page.find(other).map(|at| page[at..].chars().take(200).collect::<String>());
                assert_eq!(around, None, "{request:?} shows {other}");
            }
            shown += usize::from(page.contains("SGH"));
            let whole = format!("{:?}", load(request, &all).unwrap());
            more += usize::from(whole != page);
        }
        assert!(shown >= 3 && more >= 5, "{shown} {more}");
        let board = load(PageRequest::Dashboard, &own).unwrap();
        let PageView::Dashboard(board) = board else { panic!() };
        assert!(!board.shows_fund && board.fund == Default::default() && board.months.iter().all(|m| m.cash == 0));

        // Loans and claims of others, one by one.
        let ids = |asker: &Asker| {
            let PageView::Loans(loans) = load(PageRequest::Loans(LoanQuery::default()), asker).unwrap() else {
                panic!()
            };
            let PageView::Claims(claims) = load(PageRequest::Claims(ClaimQuery::default()), asker).unwrap() else {
                panic!()
            };
            let claims: Vec<String> = claims.rows.into_iter().map(|row| row.id).collect();
            (loans.rows.into_iter().map(|row| row.id).collect::<Vec<String>>(), claims)
        };
        let (of_ymk, claims_of_all) = (ids(&of_bank("YMK")).0, ids(&all).1);
        assert!(!of_ymk.is_empty());
        for id in of_ymk.iter().take(20) {
            assert!(load(PageRequest::Loan(id.clone()), &all).is_ok());
            assert_eq!(load(PageRequest::Loan(id.clone()), &own), Err(PageError::NotFound), "{id}");
        }
        let foreign: Vec<&String> = claims_of_all.iter().filter(|id| !id.contains(":SGH:")).collect();
        assert!(!foreign.is_empty());
        for id in foreign {
            for request in
                [PageRequest::Claim(id.clone()), PageRequest::Sheet(id.clone()), PageRequest::SignedSheet(id.clone())]
            {
                assert_eq!(load(request, &own), Err(PageError::NotFound), "{id}");
            }
        }

        // Files.
        let list = |file: &str, bank: &str, asker: &Asker| {
            let pairs = vec![("bank".to_owned(), bank.to_owned())];
            match load(PageRequest::List(file.to_owned(), pairs), asker) {
                Ok(PageView::Download(file)) => Some(String::from_utf8_lossy(&file.bytes).into_owned()),
                Ok(other) => panic!("{other:?}"),
                Err(error) => {
                    assert_eq!(error, PageError::NotFound, "{file}");
                    None
                }
            }
        };
        for file in ["loans.csv", "loan-status.csv", "servicing.csv", "claims.csv", "claim-status.csv"] {
            let mine = list(file, "", &own).unwrap_or_else(|| panic!("{file}"));
            assert!(mine.contains("SGH-"), "{file}");
            for other in OTHERS {
                assert!(!mine.contains(other), "{file} holds {other}");
            }
            assert_eq!(list(file, "YMK", &own), list(file, "NOBODY", &own), "{file}");
            assert!(list(file, "YMK", &all).unwrap().contains("YMK"), "{file}");
        }
        for file in ["fund.csv", "reserve.csv", "partners.csv", "imports.csv", "findings.csv", "jobs.csv", "mails.csv"]
        {
            assert_eq!(list(file, "", &own), None, "{file}");
        }
        let template =
            |bank: &str| load(PageRequest::Template("servicing".to_owned(), bank.to_owned(), String::new()), &own);
        assert!(template("SGH").is_ok());
        assert_eq!(template("YMK"), Err(PageError::NotFound));
        assert_eq!(template("NOBODY"), Err(PageError::NotFound));
    });
}

/// What the pages answer to each role: by the permissions, never by accident.
#[test]
fn every_page_opens_to_those_roles_that_may() {
    on_both(|installation| {
        installation.run(&["import", "partners", "partners.csv"]);
        let app = desk::app_of(installation);
        let people: Vec<(Role, desk::Ticket)> = [
            ("员一", "fund", Role::SecurityAdministrator),
            ("员二", "审计局", Role::Auditor),
            ("员三", "fund", Role::FinanceOfficer),
            ("员四", "监管分局", Role::Regulator),
            ("员五", "市监局", Role::BureauReader),
            ("员六", "bank:SGH", Role::BankOfficer),
            ("员七", "fund", Role::FundApprover),
        ]
        .into_iter()
        .map(|(name, institution, role)| (role, desk::person(&app, name, institution, role)))
        .collect();
        drop(app);
        let server = Serving::start(installation);
        let pages = ["/", "/loans", "/claims", "/fund", "/jobs", "/mails", "/imports", "/rights", "/account"];
        let mut seen = BTreeMap::new();
        for (role, ticket) in &people {
            let cookie = ticket.cookie();
            let statuses: Vec<u16> =
                pages.iter().map(|path| wire::send(server.address, "GET", path, &[&cookie], "").status).collect();
            seen.insert(role.code(), statuses);
            // The menu has what opens.
            let page = wire::send(server.address, "GET", "/account", &[&cookie], "").text();
            for (path, status) in
                pages.iter().zip(&seen[role.code()]).filter(|(path, _)| !["/", "/account"].contains(path))
            {
                let is_in_menu = page.contains(&format!("<li><a href=\"{}\"", path.replace('/', "&#x2f;")));
                assert_eq!(is_in_menu, *status == 200, "{role} {path}");
            }
        }
        let wanted: BTreeMap<&str, Vec<u16>> = BTreeMap::from([
            ("auditor", vec![200, 200, 200, 200, 200, 200, 200, 200, 200]),
            ("bank_officer", vec![200, 200, 200, 403, 403, 200, 200, 200, 200]),
            ("bureau_reader", vec![303, 403, 403, 403, 403, 403, 403, 200, 200]),
            ("finance_officer", vec![200, 200, 200, 200, 403, 200, 200, 200, 200]),
            ("fund_approver", vec![200, 200, 200, 200, 403, 200, 200, 200, 200]),
            ("regulator", vec![200, 200, 200, 200, 403, 403, 403, 200, 200]),
            ("security_administrator", vec![303, 403, 403, 403, 403, 403, 403, 403, 200]),
        ]);
        assert_eq!(seen, wanted);
        // Who only reads changes nothing.
        for (role, ticket) in people.iter().filter(|(role, _)| matches!(role, Role::Auditor | Role::Regulator)) {
            for route in
                routes().iter().filter(|route| route.verb.code() == "POST" && route.path.starts_with("/imports"))
            {
                let path = route.path.replace("{id}", "x");
                let (cookie, origin) = (ticket.cookie(), format!("Origin: http://{}", server.address));
                let kind = "Content-Type: application/x-www-form-urlencoded";
                let body = format!("guard={}", ticket.guard);
                let reply = wire::send(server.address, "POST", &path, &[&cookie, &origin, kind], &body);
                assert_eq!(reply.status, 403, "{role} {path}");
            }
        }
    });
}
