//! Addresses of the pages that are asked for by name, one module an area of work.
//!
//! **Invariant:** the part of a name before its dot is the area, here and in `screens`.

mod act_forms;
mod keeping;
mod lending;
mod measures;
mod money;

use super::registry::Route;

/// Every route of every area.
pub(super) fn routes() -> Vec<Route> {
    let mut all = act_forms::routes();
    all.extend(lending::routes());
    all.extend(money::routes());
    all.extend(measures::routes());
    all.extend(keeping::routes());
    all
}
