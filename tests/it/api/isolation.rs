//! S02: what one bank may ask never shows another bank's words.

use pledgefund::views::api::operation::Operation;
use pledgefund::views::api::operations;
use pledgefund::views::api::shape::Shape;

use super::world::World;

/// Words that stand in everything of the other bank.
const MARKS: [&str; 4] = ["MARKBBB", "91140600757263187U", "乙经办", "乙复核"];

struct Crawl<'w> {
    world: &'w World,
    answers: usize,
    own: usize,
    found: Vec<String>,
}

impl Crawl<'_> {
    fn look(&mut self, path: &str) {
        let reply = self.world.get("bank_a", path);
        self.answers += 1;
        if reply.text.contains("MARKAAA") {
            self.own += 1;
        }
        assert!(reply.status < 500, "{path}: {}", reply.text);
        self.found
            .extend(MARKS.iter().filter(|mark| reply.text.contains(**mark)).map(|mark| format!("{path}: {mark}")));
    }
}

/// Every value a parameter is worth trying with.
fn tries(name: &str, shape: &Shape) -> Vec<String> {
    match (name, shape) {
        ("bank", _) => ["AAA", "BBB", "CCC", "%"].map(str::to_owned).to_vec(),
        ("search", _) => ["MARKBBB", "MARK", "企业", "%", "_", "SGH"].map(str::to_owned).to_vec(),
        ("chain", _) => ["system", "bank:shuozhou:BBB", "fund:shuozhou"].map(str::to_owned).to_vec(),
        ("limit", _) => ["1", "2", "200"].map(str::to_owned).to_vec(),
        (_, Shape::Word(words)) => words.iter().map(|word| (*word).to_owned()).collect(),
        _ => Vec::new(),
    }
}

fn lists(world: &World, crawl: &mut Crawl<'_>, operation: &Operation) {
    let base = world.path(operation, Some("AAA"));
    let glue = if base.contains('?') { '&' } else { '?' };
    crawl.look(&base);
    let choices: Vec<Vec<String>> = operation
        .query
        .iter()
        .filter(|(_, _, must)| !must)
        .map(|(name, shape, _)| {
            tries(name, shape)
                .into_iter()
                .map(|value| format!("{name}={}", pledgefund::link::segment(&value)))
                .collect()
        })
        .collect();
    for (at, one) in choices.iter().enumerate() {
        for first in one {
            crawl.look(&format!("{base}{glue}{first}"));
            for second in choices.iter().skip(at + 1).flatten() {
                crawl.look(&format!("{base}{glue}{first}&{second}"));
                for third in choices.iter().skip(at + 2).flatten().filter(|third| !same(second, third)) {
                    crawl.look(&format!("{base}{glue}{first}&{second}&{third}"));
                }
            }
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    one.split('=').next() == other.split('=').next()
}

#[test]
fn a_bank_never_reads_another_banks_words() {
    let world = World::sqlite();
    let mut crawl = Crawl { world: &world, answers: 0, own: 0, found: Vec::new() };
    for operation in operations().iter().filter(|operation| operation.reads()) {
        lists(&world, &mut crawl, operation);
        for bank in [Some("BBB"), None] {
            crawl.look(&world.path(operation, bank));
        }
    }
    let things: Vec<Operation> =
        operations().into_iter().filter(|one| one.reads() && one.path.contains("{id}")).collect();
    let other = [world.loans["BBB"].clone(), world.claims["BBB"].clone()];
    for nth in 0..1_000_usize {
        let operation = &things[nth % things.len()];
        let id = match nth % 5 {
            0 => format!("shuozhou:BBB:MARKBBB-{}", nth % 7),
            1 => format!("{nth}"),
            2 => format!("{}{}", other[nth % 2], if nth % 3 == 0 { "" } else { " " }),
            3 => format!("00000000-0000-4000-8000-{nth:012x}"),
            _ => other[nth % 2].to_lowercase(),
        };
        crawl.look(&operation.path.replace("{id}", &pledgefund::link::segment(&id)).replace("{version}", "1"));
    }
    println!("{} answers, {} of them with own words", crawl.answers, crawl.own);
    assert!(crawl.found.is_empty(), "{:#?}", &crawl.found[..crawl.found.len().min(20)]);
    assert!(crawl.own > 100, "the crawl saw too little: {}", crawl.own);
    assert!(crawl.answers >= 5_000, "{}", crawl.answers);
}

#[test]
fn another_banks_thing_answers_exactly_like_a_missing_one() {
    let world = World::sqlite();
    for operation in operations() {
        let area = operation.name.split('.').next().unwrap();
        if !["loans", "claims", "registrations", "partners"].contains(&area) || !operation.path.contains("{id}") {
            continue;
        }
        let other = world.ask("bank_a", &operation, Some("BBB"));
        let none = world.ask("bank_a", &operation, None);
        assert_eq!((other.status, &other.text), (none.status, &none.text), "{}", operation.name);
        assert!([403, 404].contains(&other.status), "{}: {}", operation.name, other.status);
    }
}
