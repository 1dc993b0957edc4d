//! Who the machine says is at the console.
//!
//! **Invariant:** the answer comes from the system's own tables, never from the environment that a caller sets.

/// Name of the user that runs this process, or its number where it has no name.
#[cfg(unix)]
pub fn name() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let number = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let of_number = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    };
    Some(users.lines().find_map(of_number).unwrap_or(number))
}

/// Elsewhere the machine is not asked.
#[cfg(not(unix))]
pub const fn name() -> Option<String> {
    None
}
