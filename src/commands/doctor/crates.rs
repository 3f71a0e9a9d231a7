//! Properties of reloadable crates that make reloads slow or incomplete.

use std::fs;
use std::path::{Path, PathBuf};

use crate::compat::symbols::HostSymbols;
use crate::discover::GroupCrate;

use super::Subject;
use super::finding::Finding;

const CHECK: &str = "crates";

/// rustc reads, expands and checks the whole crate for each edit. With this many lines, it takes
/// seconds.
const MANY_LINES: usize = 20_000;

pub(crate) fn check(subject: &Subject) -> Vec<Finding> {
    let (Some(survey), Some(plan)) = (subject.survey(), subject.plan()) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for member in &plan.group {
        findings.extend(large(&member.package, &sources(member)));
    }
    for (package, library) in &survey.natives {
        let what = format!(
            "`{package}` links the native library `{library}`, whose state is reset by every reload"
        );
        let help = "move it to a crate that is not reloadable".to_owned();
        findings.push(Finding::warning(CHECK, what).help(help));
    }
    let symbols = fs::read(plan.directories().symbols()).ok();
    let symbols: Option<HostSymbols> = symbols.and_then(|it| serde_json::from_slice(&it).ok());
    findings.extend(symbols.into_iter().flat_map(of_last_build));
    findings
}

/// Findings that need a build.
fn of_last_build(symbols: HostSymbols) -> Vec<Finding> {
    let state = symbols.state.into_iter().map(|name| {
        Finding::warning(CHECK, format!("`{name}` is reset by every reload")).help(
            "if it is state, keep it with `hotmod::keep!`, or move it to a crate that is not reloadable"
                .to_owned(),
        )
    });
    let run = symbols.initialisers.into_iter().map(|name| {
        let what =
            format!("`{name}` runs code when it is loaded, so every reload runs that code again");
        Finding::warning(CHECK, what).help(
            "if it registers something, collect that in a reloadable crate, so that each \
             generation \
                 has its own; if it must run only once, move it to a crate that is not reloadable"
                .to_owned(),
        )
    });
    let is_reached = !symbols.entry_points.is_empty() || !symbols.redirects.is_empty();
    let restarts = (!is_reached && !symbols.uses.is_empty()).then(|| {
        let what = "no call of a reloadable crate can go to new code, so every edit of code that the \
                    host calls restarts the host";
        let help = "put `#[hotmod::hot]` on the functions that the host calls";
        Finding::warning(CHECK, what).help(help.to_owned())
    });
    restarts.into_iter().chain(state).chain(run).collect()
}

fn large(package: &str, texts: &[String]) -> Option<Finding> {
    let lines: usize = texts.iter().map(|text| text.lines().count()).sum();
    (lines > MANY_LINES).then(|| {
        let what = format!(
            "`{package}` has {lines} lines, and rustc reads all of them for each \
                            edit"
        );
        let help = "move the code that you edit most into a separate crate, and mark that \
                    crate"
            .to_owned();
        Finding::warning(CHECK, what).help(help)
    })
}

/// The sources in the folder of the crate's root and below it.
fn sources(member: &GroupCrate) -> Vec<String> {
    let mut files = Vec::new();
    rust_files(member.src_path.parent().unwrap_or(&member.dir), &mut files);
    let texts = files
        .into_iter()
        .filter_map(|file| fs::read_to_string(file).ok());
    texts.collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != "target" => rust_files(&path, found),
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|it| it == "rs") => {
                found.push(path);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::symbols::{Redirect, Use};

    #[test]
    fn a_program_that_no_reload_reaches_is_found() {
        let names = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
        let found = |entry_points: &[&str], redirects: &[&str], uses: &[&str]| {
            let user = || "app".to_owned();
            let symbols = HostSymbols {
                entry_points: names(entry_points),
                redirects: redirects
                    .iter()
                    .map(|path| Redirect {
                        symbol: (*path).to_owned(),
                        path: (*path).to_owned(),
                        of_crate: "pages".to_owned(),
                        user: user(),
                    })
                    .collect(),
                uses: uses
                    .iter()
                    .map(|path| {
                        let it = Use {
                            is_data: false,
                            user: user(),
                            is_program: false,
                            by_way_of: None,
                        };
                        ((*path).to_owned(), it)
                    })
                    .collect(),
                ..HostSymbols::default()
            };
            of_last_build(symbols).len()
        };
        assert_eq!(found(&[], &[], &["pages::page"]), 1);
        assert_eq!(found(&[], &[], &[]), 0);
        assert_eq!(found(&["pages::page"], &[], &["pages::other"]), 0);
        assert_eq!(found(&[], &["pages::page"], &["pages::other"]), 0);
    }

    #[test]
    fn only_a_large_crate_is_named() {
        let text = "\n".repeat(MANY_LINES / 2);
        assert_eq!(large("pages", &[text.clone(), text.clone()]), None);
        assert!(large("pages", &[text.clone(), text, "\n".to_owned()]).is_some());
    }
}
