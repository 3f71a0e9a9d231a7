//! Links that fail for what the system refused the linker, and not for what they were given.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Removes what a linker that failed or was ended left of a library: lld's unfinished file has a longer name.
pub(crate) fn remove_leftovers(library: &Path) -> io::Result<()> {
    let folder = library.parent().unwrap_or(Path::new("."));
    let name = library.file_name().unwrap_or_default().as_bytes();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_bytes().starts_with(name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The line of a linker's words that says what the system did not let it do.
pub(crate) fn of_system(words: &str) -> Option<&str> {
    const REFUSALS: [&str; 9] = [
        "No space left on device",
        "Disk quota exceeded",
        "File too large",
        "Permission denied",
        "Read-only file system",
        "Input/output error",
        "Too many open files",
        "Cannot allocate memory",
        // GCC's, of a linker that it can't run or that crashed.
        "collect2: fatal error",
    ];
    let is_refusal = |line: &&str| REFUSALS.iter().any(|it| line.contains(it));
    words.lines().find(is_refusal)
}

#[cfg(test)]
mod tests {
    use super::of_system;

    #[test]
    fn what_the_system_refuses_a_linker_is_told_from_what_it_lacks() {
        for (words, expected) in [
            (
                "ld.lld: warning: w\nld.lld: error: failed to open x: No space left on device\n",
                Some("ld.lld: error: failed to open x: No space left on device"),
            ),
            (
                "collect2: fatal error: ld terminated with signal 7 [Bus error]",
                Some("collect2: fatal error: ld terminated with signal 7 [Bus error]"),
            ),
            ("ld.lld: error: undefined symbol: f", None),
            ("cannot find -lz: No such file or directory", None),
            ("collect2: error: ld returned 1 exit status", None),
        ] {
            assert_eq!(of_system(words), expected);
        }
    }
}
