//! Builds that failed: what is said, and what is tried next.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::base::contents::{Contents, Digested};
use crate::compile::{BuildError, HostError};
use crate::report::Event;
use crate::stale::Depth;

use super::Session;
use super::job::{HostFailure, Job};

/// How many builds in a row may fail while files are written.
const TRIES: u32 = 10;
/// The same of builds that write the same files, or say the same.
const LIKE_TRIES: u32 = 3;

/// The builds of the host that failed one after the other, each while files were written.
///
/// What was saved during a build may be what it lacked, so it is built again. But builds write
/// files too, build scripts above all, and would follow each other for ever.
#[derive(Debug, Default)]
pub(super) struct Failures {
    words: String,
    /// The files that were written, as the last of the builds left them.
    written: Contents,
    all: u32,
    alike: u32,
}

impl Failures {
    /// Takes another one, and says whether the next build would fail in the same way: nothing was
    /// saved since the last one, or it was tried often enough.
    fn are_enough(&mut self, words: String, written: Contents) -> bool {
        let is_first = self.all == 0;
        let is_unchanged = !is_first && self.written == written;
        let is_alike = self.words == words || self.written.keys().eq(written.keys());
        *self = Failures {
            words,
            written,
            all: self.all + 1,
            alike: if is_alike { self.alike + 1 } else { 1 },
        };
        is_unchanged || self.alike >= LIKE_TRIES || self.all >= TRIES
    }

    /// Whether a file is as the last build left it that failed: its event tells of no save.
    pub(super) fn know(&self, path: &Path) -> bool {
        let left = self.written.get(path);
        left.is_some_and(|left| *left == Digested::of(path))
    }
}

impl Session {
    /// Whether a build of the host that failed while files were written is not to be tried again.
    pub(super) fn fails_for_good(&mut self, error: &HostFailure, job: &Job) -> bool {
        let pending = self.quiet.touched();
        let files: BTreeSet<&PathBuf> = job.touched().iter().chain(pending).collect();
        let written = files.into_iter();
        let written = written.map(|path| (path.clone(), Digested::of(path)));
        let words = match error {
            HostFailure::Build(HostError::Failed { rendered, .. }) => rendered.clone(),
            other => other.to_string(),
        };
        self.failures.are_enough(words, written.collect())
    }

    /// Says which files the build itself seems to write.
    pub(super) fn tell_writing_builds(&mut self) {
        let root = &self.builder.plan.workspace_root;
        let files = self.failures.written.keys();
        let files: Vec<String> = files
            .map(|path| format!("`{}`", path.strip_prefix(root).unwrap_or(path).display()))
            .collect();
        if !files.is_empty() {
            let (count, files) = (self.failures.all, files.join(", "));
            self.note(&format!(
                "the build failed {count} times in a row, and each time something wrote {files}: a \
                 build script should write to `OUT_DIR`; the next edit tries again"
            ));
        }
    }

    pub(super) fn host_failed(&mut self, error: HostFailure, job: &Job) {
        match error {
            HostFailure::Build(HostError::Cancelled) => return,
            HostFailure::Build(HostError::Failed { rendered, messages }) => {
                self.complaint.clone_from(&rendered);
                self.reporter
                    .report(&Event::CompileError { rendered, messages });
            }
            error => self.reporter.report(&Event::Error {
                message: error.to_string(),
                help: error.help(),
            }),
        }
        self.failed(job);
        if self.build.is_none() {
            self.note("waiting for a change");
        }
    }

    pub(super) fn failed(&mut self, job: &Job) {
        self.inputs.mark_failed(job.saw().clone());
        // What it lacks may have to be made anywhere in the workspace, and what it names anywhere.
        let root = self.builder.plan.workspace_root.clone();
        let named = named_folders(&self.complaint, &root);
        let named = named.into_iter().map(|folder| (folder, Depth::Folder));
        for (folder, depth) in named.chain([(root.clone(), Depth::Sources)]) {
            if let Err(error) = self.watcher.want(&folder, depth) {
                return self.error(&format!("files can't be watched: {error}"));
            }
        }
    }

    /// Diagnostics of a reloadable crate, as cargo passes them on.
    fn of_package(&self, package: &str, diagnostics: Vec<Value>) -> Vec<Value> {
        let mut group = self.builder.plan.group.iter();
        let of = group.find(|it| it.package == package);
        let of_cargo = of.map(|of| {
            let diagnostics = diagnostics.into_iter();
            diagnostics.map(|it| of.cargo_message(it)).collect()
        });
        of_cargo.unwrap_or_default()
    }

    fn build_what_is_gone(&mut self, job: &Job) {
        self.restart = Some("what was built is gone from the target directory".to_owned());
        self.decide(job.detected());
    }

    pub(super) fn group_failed(&mut self, error: BuildError, job: &Job) {
        let group = self.build.as_ref().map(|it| &it.group);
        let is_gone = group.is_some_and(|it| !it.is_whole());
        match error {
            BuildError::Cancelled => return,
            // Another session of the workspace may be building it again.
            BuildError::Compile {
                is_command_error: true,
                ..
            } if is_gone => return self.build_what_is_gone(job),
            BuildError::Compile {
                package,
                rendered,
                messages,
                is_command_error,
            } => {
                self.complaint.clone_from(&rendered);
                let messages = self.of_package(&package, messages);
                self.reporter
                    .report(&Event::CompileError { rendered, messages });
                if is_command_error {
                    return;
                }
            }
            _ if is_gone => return self.build_what_is_gone(job),
            // The group may need what the host was not linked with.
            BuildError::Link(words) => {
                let foreign = self.build.as_ref().and_then(|it| it.group.foreign());
                let first = words.lines().next().unwrap_or_default();
                let unlinked = || format!("the group could not be linked: {first}");
                self.restart = Some(foreign.unwrap_or_else(unlinked));
                return self.decide(job.detected());
            }
            // What the system refused it may grant the next time, to the same sources.
            error => {
                return self.reporter.report(&Event::Error {
                    message: error.to_string(),
                    help: Some("the old code goes on; the next save tries again".to_owned()),
                });
            }
        }
        self.failed(job);
    }
}

/// Whether a complaint has the name of a file in it, and not as a part of another word.
pub(super) fn is_file_named(complaint: &str, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let complaint = console::strip_ansi_codes(complaint);
    let is_of_name = |it: char| it.is_alphanumeric() || "_-.".contains(it);
    !name.is_empty()
        && complaint.match_indices(&*name).any(|(at, _)| {
            let (before, after) = (&complaint[..at], &complaint[at + name.len()..]);
            // A sentence may end with it.
            let after = after.strip_prefix('.').unwrap_or(after);
            !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
        })
}

/// The folders of the files that a failed build names in backticks. Relative paths start at `root`.
fn named_folders(complaint: &str, root: &Path) -> BTreeSet<PathBuf> {
    let quoted = complaint.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|it| it.contains('/') && !it.contains([' ', '\n', '<', '*']));
    paths
        .filter_map(|it| Some(root.join(it).parent()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_those_of_quoted_paths() {
        let complaint = "error: couldn't read `pages/src/../made/a.txt`: No such file\n\
                         error: no `b` in `c::d`, see `x / y` and `/made/e.rs`";
        let expected = ["/made", "/w/pages/src/../made"].map(PathBuf::from);
        assert_eq!(
            named_folders(complaint, Path::new("/w")),
            BTreeSet::from(expected)
        );
    }

    #[test]
    fn a_file_is_named_by_a_word_of_its_own() {
        let path = Path::new("/w/ev.rs");
        for (complaint, is_named) in [
            ("create file `src/ev.rs`", true),
            ("\u{1b}[1mev.rs\u{1b}[0m: not there", true),
            ("there is no ev.rs.", true),
            ("in dev.rs", false),
            ("in ev.rs.in", false),
            ("", false),
        ] {
            assert_eq!(is_file_named(complaint, path), is_named, "{complaint}");
        }
        assert!(!is_file_named("any", Path::new("/")));
    }

    #[test]
    fn the_same_failure_is_not_tried_again_without_a_save() {
        let written =
            |it: u64| Contents::from([(PathBuf::from("/a.rs"), Digested::Content(it.into()))]);
        let add = |failures: &mut Failures, words: &str, content| {
            failures.are_enough(words.to_owned(), written(content))
        };
        let mut failures = Failures::default();
        assert!(!add(&mut failures, "x", 1));
        assert!(add(&mut failures, "x", 1), "nothing was saved");

        // A process number in the words, the time in the file.
        let mut failures = Failures::default();
        assert!(!add(&mut failures, "x", 1));
        assert!(!add(&mut failures, "y", 2), "that may be a save");
        assert!(add(&mut failures, "z", 3), "the build writes it");
    }

    #[test]
    fn failures_that_differ_in_all_come_to_an_end_too() {
        let mut failures = Failures::default();
        let mut add = |number: u64| {
            let file = PathBuf::from(format!("/{number}.rs"));
            let written = Contents::from([(file, Digested::Missing)]);
            failures.are_enough(number.to_string(), written)
        };
        let ended = (0..).position(&mut add);
        assert_eq!(ended, Some(TRIES as usize - 1));
    }
}
