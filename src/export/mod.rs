//! Files that leave the product for people and other systems: tables, workbooks to fill in, and a bank's own rows with
//! what is wrong in them marked.
//!
//! Reading order: `table` (what a table is and who writes it), `layout` (the columns every bank may send), `marked`,
//! `template`.
//! **Invariant:** nothing here knows a database or the web; a text that a spreadsheet could take for a formula leaves
//! guarded, and what leaves in a layout that can be imported reads back as it was.

pub mod apart;
mod csv_table;
pub mod error;
mod json_table;
pub mod layout;
mod look;
pub mod marked;
mod marked_sheet;
pub mod sheets;
pub mod stored_zip;
pub mod table;
pub mod template;
mod template_guide;
mod xlsx_table;
