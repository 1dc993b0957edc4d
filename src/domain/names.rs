//! Closed lists and identifiers that every part of the product names alike (see `docs/glossary.md`).
//!
//! Owns the enums of `domain.md` part C and the newtypes for codes. **Invariant:** a value here has been
//! normalised, so two that mean the same compare equal.

use std::fmt;

/// Declares an enum whose members have one stable code (`code`) and one Chinese word of the trade (`zh`).
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$mdoc:meta])* $member:ident = $code:literal, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$mdoc])* $member,)+ }
        impl $name {
            /// Every member, in declaration order.
            pub const ALL: &'static [$name] = &[$($name::$member,)+];
            /// The stable code, as stored and as in the API.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $($name::$member => $code,)+ } }
            /// The Chinese word as files and reports write it.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $($name::$member => $zh,)+ } }
            /// The member with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<$name> { $name::ALL.iter().copied().find(|m| m.code() == code) }
            /// The member with this Chinese word.
            #[must_use]
            pub fn from_zh(word: &str) -> Option<$name> { $name::ALL.iter().copied().find(|m| m.zh() == word) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }
    };
}
pub(crate) use coded;

coded! {
    /// Kind of an intellectual-property right (`rulebook-grammar.md`, fact `ip.kind`).
    IpKind {
        /// Invention patent.
        Invention = "invention", "发明专利";
        /// Utility-model patent.
        UtilityModel = "utility_model", "实用新型";
        /// Design patent.
        Design = "design", "外观设计";
        /// Registered trademark.
        Trademark = "trademark", "商标";
        /// Software copyright.
        SoftwareCopyright = "software_copyright", "软件著作权";
        /// Other copyright.
        OtherCopyright = "other_copyright", "其他著作权";
        /// Geographical indication.
        GeographicalIndication = "geographical_indication", "地理标志";
        /// Layout design of an integrated circuit.
        IcLayout = "ic_layout", "集成电路布图设计";
        /// Plant variety.
        PlantVariety = "plant_variety", "植物新品种";
        /// Trade secret.
        TradeSecret = "trade_secret", "商业秘密";
        /// Data IP.
        DataIp = "data_ip", "数据知识产权";
    }
}

coded! {
    /// Enterprise size class (工信部联企业〔2011〕300号).
    SizeClass {
        /// Micro enterprise.
        Micro = "micro", "微型";
        /// Small enterprise.
        Small = "small", "小型";
        /// Medium enterprise.
        Medium = "medium", "中型";
        /// Large enterprise.
        Large = "large", "大型";
    }
}

coded! {
    /// Five-tier classification, mildest first (商业银行金融资产风险分类办法, 2023).
    Tier {
        /// Pass.
        Normal = "normal", "正常";
        /// Special mention.
        SpecialMention = "special_mention", "关注";
        /// Substandard.
        Substandard = "substandard", "次级";
        /// Doubtful.
        Doubtful = "doubtful", "可疑";
        /// Loss.
        Loss = "loss", "损失";
    }
}

coded! {
    /// How a loan is paid back.
    Repayment {
        /// Interest monthly, principal at maturity.
        Bullet = "bullet", "按月付息到期还本";
        /// Equal principal, monthly.
        EqualPrincipalMonthly = "equal_principal_monthly", "按月等额本金";
        /// Equal principal, quarterly.
        EqualPrincipalQuarterly = "equal_principal_quarterly", "按季等额还本";
    }
}

coded! {
    /// Kind of a partner institution.
    PartnerKind {
        /// Partner bank.
        Bank = "bank", "合作银行";
        /// Insurer.
        Insurer = "insurer", "保险机构";
        /// Guarantor.
        Guarantor = "guarantor", "担保机构";
        /// Appraiser.
        Appraiser = "appraiser", "评估机构";
    }
}

coded! {
    /// What a row of the fund file is.
    FundRowKind {
        /// Money paid into the fund by a level of government or others.
        Contribution = "contribution", "出资";
        /// Interest on the account.
        Interest = "interest", "利息";
        /// Money got back after a claim.
        Recovery = "recovery", "追回";
    }
}

coded! {
    /// Where money of the fund came from.
    FundSource {
        /// Provincial treasury.
        Province = "province", "省级财政";
        /// City treasury.
        City = "city", "市级财政";
        /// County treasury.
        County = "county", "县级财政";
        /// Interest paid by the account bank.
        DepositInterest = "deposit_interest", "存款利息";
        /// A partner bank handing in a recovery.
        PartnerBank = "partner_bank", "合作银行";
        /// Others.
        Outside = "outside", "社会出资";
    }
}

coded! {
    /// A paper that comes with a claim (`shuozhou.md` §4, §6.2).
    DocumentKind {
        /// Loan contract.
        LoanContract = "LOAN_CONTRACT", "借款合同";
        /// Drawdown voucher.
        Drawdown = "DRAWDOWN", "放款凭证";
        /// Certificate of the pledge registration.
        PledgeCertificate = "PLEDGE_CERT", "质押登记证书";
        /// Dunning record.
        Dunning = "DUNNING", "催收记录";
        /// Proof of the arrears.
        OverdueProof = "OVERDUE_PROOF", "逾期证明";
        /// Proof that recovery has started.
        RecoveryStart = "DOC_RECOVERY_START", "法院受理通知书";
        /// Credit report.
        CreditReport = "CREDIT_REPORT", "征信报告";
        /// Proof of the insurer's payment.
        InsurerProof = "INSURER_PROOF", "保险赔付凭证";
        /// Proof of the guarantor's payment.
        GuarantorProof = "GUARANTOR_PROOF", "代偿凭证";
        /// Disposal notice.
        Disposal = "DISPOSAL", "处置公告";
        /// Appraisal report.
        AppraisalReport = "APPRAISAL_REPORT", "资产评估报告";
    }
}

impl DocumentKind {
    /// The same paper as rulebooks and trial cases name it.
    #[must_use]
    pub const fn rulebook_word(self) -> &'static str {
        match self {
            DocumentKind::LoanContract => "loan_contract",
            DocumentKind::Drawdown => "drawdown",
            DocumentKind::PledgeCertificate => "pledge_certificate",
            DocumentKind::Dunning => "dunning",
            DocumentKind::OverdueProof => "overdue_proof",
            DocumentKind::RecoveryStart => "recovery_start",
            DocumentKind::CreditReport => "credit_report",
            DocumentKind::InsurerProof => "insurer_proof",
            DocumentKind::GuarantorProof => "guarantor_proof",
            DocumentKind::Disposal => "disposal",
            DocumentKind::AppraisalReport => "appraisal_report",
        }
    }
}

impl IpKind {
    /// Whether a right of this kind is a patent and so has a number with a check digit and a legal term.
    #[must_use]
    pub const fn is_patent(self) -> bool {
        matches!(self, IpKind::Invention | IpKind::UtilityModel | IpKind::Design)
    }
}

impl Tier {
    /// Whether the tier counts as non-performing (不良).
    #[must_use]
    pub const fn is_npl(self) -> bool {
        matches!(self, Tier::Substandard | Tier::Doubtful | Tier::Loss)
    }
}

/// Folds full-width characters to half-width, removes all spaces and upper-cases: how codes, numbers and
/// contract numbers are compared.
#[must_use]
pub fn fold_code(text: &str) -> String {
    text.chars().map(half_width).filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

/// Folds one full-width character to its half-width form.
#[must_use]
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c).wrapping_sub(0xFEE0)).unwrap_or(c),
        other => other,
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);
        impl $name {
            /// The identifier, folded as `fold_code` does.
            #[must_use]
            pub fn new(text: &str) -> $name { $name(fold_code(text)) }
            /// As text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    };
}

text_id! {
    /// Code of a partner institution, such as `SGH`.
    PartnerCode
}
text_id! {
    /// Loan contract number, normalised; unique inside a bank together with the drawdown number.
    ContractNo
}
text_id! {
    /// A group of firms or who controls them, by name or code, normalised: what two banks write alike is one group.
    GroupName
}

/// What stands before the number in a case number.
pub const CASE: &str = "BC-";

/// Case number of the claim that arrived as number `arrival`.
#[must_use]
pub fn case_no(arrival: i64) -> String {
    format!("{CASE}{arrival:04}")
}
