//! Size classes at the limits of every industry of the table of 2011.

use pledgefund::domain::money::Fen;
use pledgefund::domain::names::SizeClass::{self, Large, Medium, Micro, Small};
use pledgefund::domain::size_class::{Figures, IndustryLimits, SizeTable};
use pledgefund::reference::Reference;

use super::day;

/// Industry, then for large, medium and small: employees, revenue and assets in 万元; 0 where the table looks at
/// another figure. From the text of the document, not from the product's data.
type Row = (&'static str, [i64; 3], [i64; 3], [i64; 3]);
const TABLE: [Row; 16] = [
    ("农、林、牧、渔业", [0, 20_000, 0], [0, 500, 0], [0, 50, 0]),
    ("工业", [1_000, 40_000, 0], [300, 2_000, 0], [20, 300, 0]),
    ("建筑业", [0, 80_000, 80_000], [0, 6_000, 5_000], [0, 300, 300]),
    ("批发业", [200, 40_000, 0], [20, 5_000, 0], [5, 1_000, 0]),
    ("零售业", [300, 20_000, 0], [50, 500, 0], [10, 100, 0]),
    ("交通运输业", [1_000, 30_000, 0], [300, 3_000, 0], [20, 200, 0]),
    ("仓储业", [200, 30_000, 0], [100, 1_000, 0], [20, 100, 0]),
    ("邮政业", [1_000, 30_000, 0], [300, 2_000, 0], [20, 100, 0]),
    ("住宿业", [300, 10_000, 0], [100, 2_000, 0], [10, 100, 0]),
    ("餐饮业", [300, 10_000, 0], [100, 2_000, 0], [10, 100, 0]),
    ("信息传输业", [2_000, 100_000, 0], [100, 1_000, 0], [10, 100, 0]),
    ("软件和信息技术服务业", [300, 10_000, 0], [100, 1_000, 0], [10, 50, 0]),
    ("房地产开发经营", [0, 200_000, 10_000], [0, 1_000, 5_000], [0, 100, 2_000]),
    ("物业管理", [1_000, 5_000, 0], [300, 1_000, 0], [100, 500, 0]),
    ("租赁和商务服务业", [300, 0, 120_000], [100, 0, 8_000], [10, 0, 100]),
    ("其他未列明行业", [300, 0, 0], [100, 0, 0], [10, 0, 0]),
];

fn table() -> SizeTable {
    Reference::embedded().unwrap().sizes.on(day("2025-06-30")).unwrap().clone()
}

fn industry(name: &str) -> IndustryLimits {
    table().industries.into_iter().find(|industry| industry.name == name).unwrap()
}

fn fen(amount: i64) -> Fen {
    Fen::try_new(amount * 1_000_000).unwrap()
}

fn figures([employees, revenue, assets]: [i64; 3]) -> Figures {
    Figures { employees: u32::try_from(employees).ok(), revenue: Some(fen(revenue)), assets: Some(fen(assets)) }
}

#[test]
fn every_industry_begins_each_class_at_its_limits_and_not_one_below() {
    assert_eq!(table().industries.len(), TABLE.len());
    for (name, large, medium, small) in TABLE {
        let limits = industry(name);
        for (at, class, below) in [(large, Large, Medium), (medium, Medium, Small), (small, Small, Micro)] {
            assert_eq!(limits.class_of(&figures(at)), Some(class), "{name} {at:?}");
            for place in (0..3).filter(|place| at[*place] > 0) {
                let mut lower = at;
                lower[place] -= 1;
                assert_eq!(limits.class_of(&figures(lower)), Some(below), "{name} {lower:?}");
            }
        }
        assert_eq!(limits.class_of(&figures([0, 0, 0])), Some(Micro), "{name}");
    }
}

#[test]
fn one_fen_below_a_revenue_limit_is_below_it() {
    let works = industry("工业");
    let at = |revenue: &str| {
        works.class_of(&Figures { employees: Some(20), revenue: Some(Fen::from_yuan(revenue).unwrap()), assets: None })
    };
    assert_eq!((at("3000000"), at("2999999.99")), (Some(Small), Some(Micro)));
}

#[test]
fn a_figure_that_is_not_known_leaves_open_what_depends_on_it() {
    let class = |name: &str, employees: Option<u32>, revenue: Option<i64>| {
        industry(name).class_of(&Figures { employees, revenue: revenue.map(fen), assets: None })
    };
    assert_eq!(class("工业", Some(300), None), None);
    assert_eq!(class("工业", Some(19), None), Some(Micro));
    assert_eq!(class("工业", None, Some(299)), Some(Micro));
    assert_eq!(class("租赁和商务服务业", Some(150), Some(1)), None);
    assert_eq!(class("租赁和商务服务业", Some(9), Some(1)), Some(Micro));
    assert_eq!(class("建筑业", Some(5_000), Some(6_000)), None);
    assert_eq!(class("其他未列明行业", Some(100), None), Some(Medium));
}

fn conflict(word: &str, declared: SizeClass, employees: u32, revenue: i64) -> Option<(SizeClass, String)> {
    let figures = Figures { employees: Some(employees), revenue: Some(fen(revenue)), assets: None };
    table().conflict(word, declared, &figures).map(|found| (found.computed, found.industry.name.clone()))
}

#[test]
fn a_declared_class_is_contradicted_only_where_every_industry_the_word_may_mean_gives_another() {
    assert_eq!(conflict("陶瓷", Micro, 44, 9_129), Some((Small, "工业".to_owned())));
    assert_eq!(conflict("陶瓷", Small, 44, 9_129), None);
    // 16 people and 800: micro as industry, medium as farming; declared small fits neither.
    assert_eq!(conflict("绿色农产品加工", Micro, 16, 800), None);
    assert_eq!(conflict("绿色农产品加工", Medium, 16, 800), None);
    assert_eq!(conflict("绿色农产品加工", Small, 16, 800), Some((Micro, "工业".to_owned())));
    assert_eq!(conflict("文化旅游", Large, 1, 1), None);
    assert_eq!(conflict("从未听说", Large, 1, 1), None);
}

#[test]
fn the_table_holds_from_its_day() {
    let sizes = Reference::embedded().unwrap().sizes;
    assert!(sizes.on(day("2011-06-17")).is_none());
    assert_eq!(sizes.on(day("2011-06-18")).unwrap().number, "工信部联企业〔2011〕300号");
}
