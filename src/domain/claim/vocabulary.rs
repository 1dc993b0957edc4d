//! Words that the acts on a claim use.
//!
//! **Invariant:** a word that was stored once keeps its code.

use crate::domain::detail::words;
use crate::domain::names::coded;

coded! {
    /// What is wrong with a claim that goes back to the bank.
    DeficiencyCode {
        /// A paper is missing.
        DocumentMissing = "document_missing", "缺少材料";
        /// A paper cannot be read, is not signed or not sealed.
        DocumentInvalid = "document_invalid", "材料无效";
        /// A figure disagrees with the papers or with what was reported.
        FigureDisagrees = "figure_disagrees", "数据不一致";
        /// The recovery has not begun.
        RecoveryNotStarted = "recovery_not_started", "未启动追偿";
        /// The use of the loan is not shown.
        UseUnproven = "use_unproven", "用途未证实";
        /// The state of the pledged right is not shown.
        RightUnproven = "right_unproven", "权利状态未证实";
        /// Another fault, told in the note.
        Other = "other", "其他";
    }
}

coded! {
    /// What the review found.
    Opinion {
        /// To be paid.
        Support = "support", "同意补偿";
        /// Not to be paid.
        Oppose = "oppose", "不同意补偿";
    }
}

coded! {
    /// How the review looked closer.
    InspectionKind {
        /// At the firm.
        SiteVisit = "site_visit", "现场核查";
        /// By experts.
        ExpertReview = "expert_review", "专家评审";
    }
}

coded! {
    /// Where money that comes back comes from.
    RecoveryKind {
        /// Enforcement or payment by the debtor.
        Enforcement = "enforcement", "追偿收回";
        /// The pledged right was sold or licensed.
        Disposal = "disposal", "质物处置";
        /// The bank sold the loan; the price counts as recovered.
        LoanSold = "loan_sold", "转让债权";
        /// Bankruptcy dividend.
        Bankruptcy = "bankruptcy", "破产分配";
    }
}

coded! {
    /// Where a collected recovery goes.
    Destination {
        /// Into the fund's account.
        FundAccount = "fund_account", "入专户";
        /// Into the treasury.
        Treasury = "treasury", "缴库";
    }
}

coded! {
    /// What is proposed for a paid claim and decided by a second person.
    ProposalKind {
        /// To give up pursuing the debtor.
        Waiver = "waiver", "放弃追偿";
        /// To write off the fund's loss (补偿损失核销).
        WriteOff = "write_off", "补偿损失核销";
        /// To let the bank sell the loan; the price counts as recovered.
        Sale = "sale", "转让债权";
        /// To close the case.
        Close = "close", "结案";
    }
}

coded! {
    /// Why a loss may be written off (`shuozhou.md`, article 23).
    WriteOffBasis {
        /// The bankruptcy has ended.
        BankruptcyEnded = "bankruptcy_ended", "破产程序终结";
        /// Enforcement was ended for want of assets, and the time the measure asks for has passed.
        EnforcementEnded = "enforcement_ended", "终结执行满期";
        /// The debtor is shown to have nothing.
        NoAssets = "no_assets", "确无可供执行财产";
    }
}
words!(DeficiencyCode, Opinion, InspectionKind, RecoveryKind, Destination, ProposalKind, WriteOffBasis);
