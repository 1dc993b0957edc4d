//! How far two identifiers are from each other, counted in slips of the pen.
//!
//! **Invariant:** a slip is one character wrong, missing or too many, or two neighbours swapped; the distance is the
//! same in both directions.

/// Characters beyond which a text is no identifier.
const LONGEST: usize = 64;

/// Whether two identifiers differ, but by at most so many slips.
#[must_use]
pub fn is_near(one: &str, other: &str, most: usize) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    one != other && one.len() <= LONGEST && other.len() <= LONGEST && slips(&one, &other) <= most
}

/// Slips between two texts (optimal string alignment).
fn slips(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, c) in one.iter().enumerate() {
        let mut row = vec![i.saturating_add(1)];
        for (j, d) in other.iter().enumerate() {
            let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, j).saturating_add(usize::from(c != d));
            let removed = at(&last, j.saturating_add(1)).saturating_add(1);
            let added = at(&row, j).saturating_add(1);
            let mut fewest = replaced.min(removed).min(added);
            if i > 0 && j > 0 {
                let (i, j) = (i.saturating_sub(1), j.saturating_sub(1));
                if one.get(i) == Some(d) && other.get(j) == Some(c) {
                    fewest = fewest.min(at(&before, j).saturating_add(1));
                }
            }
            row.push(fewest);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}
