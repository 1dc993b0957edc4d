//! Bank files made for these tests.

use pledgefund::domain::credit_code::CreditCode;

use crate::support::product::samples;
use crate::support::serving::{Clerk, Serving};

/// A sample file.
pub fn sample(name: &str) -> Vec<u8> {
    std::fs::read(samples().join(name)).unwrap()
}

/// Takes the partner banks in through the pages, as the first thing anybody does.
pub fn partners(clerk: &Clerk) {
    let id = clerk.upload("partners", "partners.csv", &sample("partners.csv"));
    let page = clerk.settled(&id);
    assert!(page.contains("全部合格"), "{page}");
    clerk.decide(&id, "all");
    assert!(clerk.settled(&id).contains("导入完成"));
}

/// A browser at a server that knows the partner banks.
pub fn clerk_at(server: &Serving) -> Clerk {
    let clerk = Clerk::at(server.address);
    partners(&clerk);
    clerk
}

/// A credit code by number: its check character is tried out.
fn credit_code(number: u32) -> String {
    let stem = format!("91140622{number:09}");
    "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .map(|check| format!("{stem}{check}"))
        .find(|code| CreditCode::parse(code).is_ok())
        .expect("one check character fits")
}

/// A registration book of a bank with its own layout (YMK), each loan of another firm.
pub fn book(loans: u32) -> Vec<u8> {
    let head = "企业名称,信用代码,\"县(市、区)\",所属行业,规模,注册时间,职工人数(人),年营收(万元),借款合同号,借款金额(万元),\
        执行利率(%),起息日,到期日,还款方式,首贷户(是/否),知产质押占比(%),质押权利种类,权利证号,权利名称,评估值(万元),评估公司,\
        出质登记编号,出质登记日期,担保公司,担保比例(%),承保公司,险种,保险单号,保额(万元),保费(元),保险起始,保险终止";
    let mut text = format!("{head}\n");
    for number in 1..=loans {
        let code = credit_code(number);
        text.push_str(&format!(
            "应县沃川矿山机械第{number}有限公司,{code},应县,装备制造,小型,2021/4/20,30,\"1,396.99\",YMK借字第{number:06}号,\
             40.00,4.55,2023/1/4,2026/1/5,按月付息到期还本,否,100,发明专利,ZL201710179998.X,一种矿用液压支架及检测方法,\
             97.90,恢河资产评估有限公司,Y2022980012857,2022/12/19,,,,,,,,,\n"
        ));
    }
    text.into_bytes()
}

/// The number of loans on the list of a bank, as the page says it.
pub fn loans_of(clerk: &Clerk, bank: &str) -> u64 {
    let page = crate::support::wire::get(clerk.address, &format!("/loans?bank={bank}")).text();
    let said = page.split("合计 ").nth(1).and_then(|rest| rest.split(' ').next());
    said.map_or(0, |count| count.replace(',', "").parse().unwrap_or_else(|e| panic!("{count}: {e}")))
}
