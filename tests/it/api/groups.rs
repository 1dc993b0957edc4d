//! What firms of one group owe at several banks, through the interface.

use pledgefund::domain::detail::Act as _;
use pledgefund::domain::registration_life::RegistrationAct;
use pledgefund::link::segment;
use pledgefund::usecase::lives::{self, Life, json::object, registration};
use serde_json::{Value, json};

use super::world::World;
use crate::stories::town::{FUND, people_of};

/// The loan's form is amended to name a group.
fn name_group(world: &World, bank: &str, group: &str) {
    let loan = world.loans[bank].clone();
    let mut form = registration::form_of(&mut world.app.store.read().unwrap(), FUND, &loan).unwrap().unwrap();
    form.group = Some(group.to_owned());
    let proposed = RegistrationAct::AmendmentProposed { form, reason: "补报集团".to_owned() };
    let act = |act: &str, by: &str, details: Value| {
        let request = lives::Request {
            life: Life::Registration,
            subject: loan.clone(),
            act: act.to_owned(),
            details,
            by: by.to_owned(),
            on: "2025-12-01".parse().unwrap(),
            expected: None,
            key: None,
        };
        lives::perform(&world.app, &request).unwrap();
    };
    act("amendment_proposed", people_of(bank).0, object(&proposed.details()));
    act("amendment_decided", "登记员", json!({ "accepted": true }));
}

#[test]
fn a_loan_tells_the_group_of_its_firm_to_who_sees_every_bank_and_to_no_bank() {
    let world = World::sqlite();
    let told = |who: &str, bank: &str| world.get(who, &format!("/api/v1/loans/{}", segment(&world.loans[bank])));
    assert_eq!(told("auditor", "AAA").json()["group_exposure"], Value::Null, "nobody named one yet");
    name_group(&world, "AAA", "MARK集团");
    name_group(&world, "BBB", "ＭＡＲＫ 集团");
    let group = told("auditor", "AAA").json()["group_exposure"].clone();
    assert_eq!((&group["firms"], &group["banks"], &group["loans"]), (&json!(2), &json!(2), &json!(6)), "{group}");
    assert_eq!((&group["outstanding"], &group["over"]), (&json!("4800000.00"), &json!([])));
    let of_bank = told("bank_a", "AAA");
    assert_eq!(of_bank.status, 200);
    assert_eq!(of_bank.json()["group_exposure"], Value::Null);
    assert!(!of_bank.text.contains("4800000") && !of_bank.text.contains("MARKBBB"), "{}", of_bank.text);
}
