//! What can be done next with a thing, and the form of an act.
//!
//! **Invariant:** fields stand in the order in which the act declares them.

use serde::{Deserialize, Serialize};

/// An act that somebody may take now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Word of the act.
    pub act: String,
    /// Its name.
    pub label: String,
    /// Address of its form.
    pub href: String,
    /// It carries the thing on its usual way; the others lead off it.
    pub is_main: bool,
    /// Why who asks may not take it, in words; empty where it may be taken.
    pub blocked: String,
}

/// One field of a form, with what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// Name in the form: the place of the value, as `meeting.votes_for` or `deficiencies[1].code`.
    pub name: String,
    /// Words for it.
    pub label: String,
    /// What it is for; empty where its name says it.
    pub help: String,
    /// How it is entered: `text`, `long`, `day`, `money`, `share`, `count`, `flag`, `word`, `words`, `lines`, `group`,
    /// `list`.
    pub kind: &'static str,
    /// It must be filled in.
    pub must: bool,
    /// The browser holds it to be filled in: it stands in no group that may be left empty.
    pub held: bool,
    /// A group that a draft may leave empty, and what is handed in may not.
    pub needed: bool,
    /// What was typed, or is proposed.
    pub value: String,
    /// Words to choose from, with those chosen.
    pub options: Vec<OptionView>,
    /// Fields of a group.
    pub fields: Vec<FieldView>,
    /// Items of a list of groups.
    pub items: Vec<Vec<FieldView>>,
    /// What is wrong with it; empty where nothing is.
    pub fault: String,
    /// An amount in capital numerals; empty in English and where there is none.
    pub capital: String,
}

/// A word to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OptionView {
    /// As it is sent.
    pub code: String,
    /// As it is read.
    pub label: String,
    /// It is chosen.
    pub chosen: bool,
}

/// One line of what is to be checked before an act is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckLine {
    /// Words for the field.
    pub label: String,
    /// What will be kept.
    pub value: String,
    /// How deep it stands in groups.
    pub depth: usize,
}

/// The form of an act, and the page on which it is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ActFormView {
    /// Name of the act.
    pub label: String,
    /// What it is done to.
    pub subject: String,
    /// Address of the form.
    pub here: String,
    /// Page of the thing.
    pub back: String,
    /// What is to be known before it is filled in; none where the form tells all.
    pub above: Option<super::parts::Facts>,
    /// Fields.
    pub fields: Vec<FieldView>,
    /// Number of the last act that was looked at.
    pub expected: i64,
    /// Key, so that the form does its work once.
    pub key: String,
    /// What is wrong.
    pub errors: Vec<super::uploads::FormError>,
    /// What is to be checked; empty on the form itself.
    pub check: Vec<CheckLine>,
    /// What was typed, to be sent again from the page of the check.
    pub typed: Vec<(String, String)>,
    /// What the system says would come of it.
    pub outcome: Vec<CheckLine>,
    /// Somebody else has to decide before it takes effect.
    pub needs_second: bool,
    /// Parts of a long form, in order; empty where it stands on one page.
    pub steps: Vec<FormStep>,
    /// The part that is shown.
    pub at: String,
    /// The part before it; empty for the first.
    pub before: String,
    /// The part after it; empty for the last.
    pub after: String,
    /// When what is shown was kept, where it was typed earlier and not sent; empty otherwise.
    pub restored: String,
    /// Something was done to the thing since then.
    pub moved_on: bool,
    /// Page on which papers are handed in that the shown part lets choose from; empty for any other part.
    pub papers: String,
}

/// One part of a long form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormStep {
    /// Word, as it is sent.
    pub code: String,
    /// As it is read.
    pub label: String,
    /// `done`, `now` or empty.
    pub state: &'static str,
}

/// What is told beside a form while it is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LiveView {
    /// When what was typed was kept, Beijing time; empty where it was not.
    pub saved: String,
    /// What is wrong or unlikely.
    pub notes: Vec<LiveNote>,
    /// What the measure in force would say.
    pub outcome: Vec<CheckLine>,
    /// Fields that must still be filled in.
    pub missing: Vec<LiveNote>,
    /// The form is one on which more is told than when it was kept.
    pub tells: bool,
    /// Amounts in capital numerals, by field.
    pub capitals: Vec<(String, String)>,
}

/// Something told about a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LiveNote {
    /// Place of the field.
    pub at: String,
    /// The part of the form in which it stands; empty where it is shown.
    pub step: String,
    /// Words for the field.
    pub label: String,
    /// `bad` or `warn`.
    pub tone: &'static str,
    /// What.
    pub text: String,
}

/// One thing that waits for who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItem {
    /// What is to be done: name of the act, or of the kind of work.
    pub label: String,
    /// What it is about.
    pub text: String,
    /// Further words: a bank, a person.
    pub note: String,
    /// Amount in fen.
    pub amount: Option<i64>,
    /// Last day.
    pub due_on: Option<chrono::NaiveDate>,
    /// Days until then, below zero when it has passed.
    pub days_left: Option<i64>,
    /// Where it is done.
    pub href: String,
}

/// One act that was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DoneItem {
    /// When.
    pub at: String,
    /// Name of the act.
    pub act: String,
    /// What it was about.
    pub text: String,
    /// Its page.
    pub href: String,
}

/// The list of work of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WorkView {
    /// Which part is shown: `open`, `done`, `begun`, `drafts`.
    pub tab: String,
    /// What waits, most urgent first.
    pub items: Vec<WorkItem>,
    /// What waits besides acts.
    pub todos: Vec<super::dashboard::Todo>,
    /// What was done, or typed and not sent, newest first.
    pub done: Vec<DoneItem>,
    /// After how many days without a change drafts are cleared.
    pub kept_days: i64,
}
