//! Links that fail because of the system, and not because of their inputs.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Removes the files that a failed or killed linker left: lld's temporary file has a longer name
/// than the library.
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

/// The line in a linker's output that reports an error of the system.
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
        // From GCC, about a linker that crashed or can't be run.
        "collect2: fatal error",
    ];
    let is_refusal = |line: &&str| REFUSALS.iter().any(|it| line.contains(it));
    words.lines().find(is_refusal)
}

/// The line in a linker's output that explains the error. GNU ld first prints the function with the error,
/// on a line that ends with a colon.
pub(crate) fn explaining_line(words: &str) -> &str {
    let is_about_next =
        |line: &&str| line.trim_end().ends_with(':') || line.contains(": warning: ");
    let mut lines = words.lines().filter(|it| !it.trim().is_empty());
    let explains = lines.clone().find(|line| !is_about_next(line));
    explains.or_else(|| lines.next()).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::{explaining_line, of_system};

    #[test]
    fn the_line_that_explains_is_found_in_the_words_of_each_linker() {
        for (words, expected) in [
            (
                "ld.lld: error: undefined symbol: f\n>>> referenced by lib.rs:7\n",
                "ld.lld: error: undefined symbol: f",
            ),
            (
                "ld.lld: warning: w\nld.lld: error: undefined symbol: f\n",
                "ld.lld: error: undefined symbol: f",
            ),
            (
                "/usr/bin/ld: pages.o: in function `pages::page':\n\
                 /pages/src/lib.rs:7: undefined reference to `f'\n\
                 collect2: error: ld returned 1 exit status\n",
                "/pages/src/lib.rs:7: undefined reference to `f'",
            ),
            ("only this:\n", "only this:"),
            ("", ""),
        ] {
            assert_eq!(explaining_line(words), expected);
        }
    }

    #[test]
    fn errors_of_the_system_differ_from_missing_inputs() {
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
