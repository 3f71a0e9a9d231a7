//! Parses cargo's stderr: status lines and progress, to show during the build, and cargo's own
//! warnings and errors, to keep.
//!
//! Cargo is told to show its progress bar even though stderr is a pipe, because it has no other way
//! to report how much there is to build. If the format of the bar changes, the session only shows
//! no progress.

use std::io::{BufReader, Read};

use console::strip_ansi_codes;

use super::run::RUNNER_WORD;

/// Output to show while cargo builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BuildOutput {
    /// A line from cargo, unchanged.
    Line(String),
    /// `built` of `all` units are complete, and `crates` are being built.
    Progress {
        built: usize,
        all: usize,
        crates: Vec<String>,
    },
}

impl BuildOutput {
    /// The word and the text of a status line: `Compiling`, `app v0.1.0 (/work/app)`.
    pub(crate) fn status(line: &str) -> Option<(&str, &str)> {
        // The word ends in the column where cargo's status words end.
        let (word, text) = line.split_at_checked(12)?;
        let (word, text) = (word.trim_start_matches(' '), text.strip_prefix(' ')?);
        let is_word = word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.chars().all(|c| c.is_ascii_alphabetic());
        is_word.then_some((word, text))
    }

    /// `    Building [====>     ] 2/3: serde(build), app(bin)`
    fn progress(line: &str) -> Option<Self> {
        let (_, after) = line.trim().strip_prefix("Building [")?.split_once("] ")?;
        let (count, names) = after.split_once(": ").unwrap_or((after, ""));
        let (built, all) = count.split_once('/')?;
        let mut crates: Vec<String> = Vec::new();
        for name in names.split(", ") {
            let name = name.split(['(', ' ']).next().unwrap_or_default();
            // Names that don't fit into the bar are replaced by `...`.
            let is_name = !name.is_empty() && !name.starts_with('.');
            if is_name && !crates.iter().any(|it| it == name) {
                crates.push(name.to_owned());
            }
        }
        Some(BuildOutput::Progress {
            built: built.trim().parse().ok()?,
            all: all.trim().parse().ok()?,
            crates,
        })
    }
}

/// Cargo's own warnings and errors, each with all its lines and colours.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words(Vec<String>);

impl Words {
    /// Reads cargo's stderr to the end, and passes output to show to `tell`.
    pub(crate) fn read(stderr: impl Read, tell: impl Fn(BuildOutput)) -> Self {
        let mut words = Words::default();
        let mut is_open = false;
        let mut piece = Vec::new();
        // If reading fails, the exit code still shows an error.
        for byte in BufReader::new(stderr).bytes().map_while(Result::ok) {
            match byte {
                b'\n' => words.line(&piece, &mut is_open, &tell),
                b'\r' => {
                    let text = String::from_utf8_lossy(&piece);
                    if let Some(progress) = BuildOutput::progress(&strip_ansi_codes(&text)) {
                        tell(progress);
                    }
                }
                _ => {
                    piece.push(byte);
                    continue;
                }
            }
            piece.clear();
        }
        if !piece.is_empty() {
            words.line(&piece, &mut is_open, &tell);
        }
        for message in &mut words.0 {
            message.truncate(message.trim_end().len());
        }
        words
    }

    /// `is_open` is whether the previous line was part of a message.
    fn line(&mut self, line: &[u8], is_open: &mut bool, tell: impl Fn(BuildOutput)) {
        let line = String::from_utf8_lossy(line);
        // The escape code that erases the bar.
        let line = line.strip_prefix("\x1b[K").unwrap_or(&line);
        let plain = strip_ansi_codes(line);
        let begins = |labels: &[&str]| labels.iter().any(|it| plain.starts_with(it));
        // A note belongs to the message before it.
        if begins(&["warning: ", "error: "]) || !*is_open && begins(&["note: ", "help: "]) {
            *is_open = true;
            self.0.push(String::new());
        } else if BuildOutput::status(&plain).is_some() {
            *is_open = false;
        }
        match self.0.last_mut().filter(|_| *is_open) {
            Some(message) => {
                message.push_str(line);
                message.push('\n');
            }
            None if plain.trim().is_empty() => {}
            // The path of the tool, which cargo runs as the wrapper.
            None if plain.contains(RUNNER_WORD) => {}
            None => tell(BuildOutput::Line(line.to_owned())),
        }
    }

    /// The messages of a failed build, except the one that other jobs are still running.
    pub(crate) fn of_failure(&self) -> String {
        let mut seen: Vec<&String> = Vec::new();
        for message in &self.0 {
            let plain = strip_ansi_codes(message);
            if !plain.starts_with("warning: build failed, waiting") && !seen.contains(&message) {
                seen.push(message);
            }
        }
        seen.iter().map(|message| format!("{message}\n")).collect()
    }

    /// The warnings of a successful build, without colours.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = String> {
        let messages = self.0.iter().map(|message| strip_ansi_codes(message));
        messages.filter_map(|message| Some(message.strip_prefix("warning: ")?.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Words, Vec<BuildOutput>) {
        let said = std::cell::RefCell::new(Vec::new());
        let words = Words::read(text.as_bytes(), |it| said.borrow_mut().push(it));
        (words, said.into_inner())
    }

    fn line(text: &str) -> BuildOutput {
        BuildOutput::Line(text.to_owned())
    }

    fn progress(built: usize, all: usize, crates: &[&str]) -> BuildOutput {
        let crates = crates.iter().map(|it| (*it).to_owned()).collect();
        BuildOutput::Progress { built, all, crates }
    }

    #[test]
    fn status_lines_are_passed_on_and_warnings_are_kept() {
        let (words, said) = read(
            "warning: /w/Cargo.toml: unused manifest key: foo\n\
             \x20   Blocking waiting for file lock on package cache\n\
             \x1b[1m\x1b[92m   Compiling\x1b[0m foo v0.1.0 (/w)\n\
             \x1b[96m    Building\x1b[0m [        ] 0/3: foo(build.rs)      \r\
             \x1b[K    Building [===>    ] 1/3: foo(build), foo, b-r, ...   \r\
             \x1b[K\x1b[1mwarning\x1b[0m: foo@0.1.0: hey\nwarning: foo@0.1.0: hey\n\n\
             \x20 a second paragraph\n\
             \x20   Building [=======>] 2/3\r\x1b[K    Finished `dev` profile\n",
        );
        assert_eq!(
            said,
            [
                line("    Blocking waiting for file lock on package cache"),
                line("\x1b[1m\x1b[92m   Compiling\x1b[0m foo v0.1.0 (/w)"),
                progress(0, 3, &["foo"]),
                progress(1, 3, &["foo", "b-r"]),
                progress(2, 3, &[]),
                line("    Finished `dev` profile"),
            ]
        );
        assert_eq!(
            words.warnings().collect::<Vec<_>>(),
            [
                "/w/Cargo.toml: unused manifest key: foo",
                "foo@0.1.0: hey",
                "foo@0.1.0: hey\n\n  a second paragraph",
            ]
        );
    }

    #[test]
    fn all_messages_of_a_failure_are_kept() {
        let (words, said) = read(
            "error: failed to parse manifest at `/w/Cargo.toml`\n\n\
             Caused by:\n  no targets specified\n",
        );
        assert_eq!(said, []);
        assert_eq!(
            words.of_failure(),
            "error: failed to parse manifest at `/w/Cargo.toml`\n\n\
             Caused by:\n  no targets specified\n"
        );
        let (words, _) = read(
            "warning: foo@0.1.0: hey\nwarning: build failed, waiting for other jobs to finish...\n\
             warning: foo@0.1.0: hey\n   Compiling foo v0.1.0 (/w)\nerror: could not compile `foo`",
        );
        assert_eq!(
            words.of_failure(),
            "warning: foo@0.1.0: hey\nerror: could not compile `foo`\n"
        );
    }

    #[test]
    fn other_lines_are_not_progress() {
        for piece in [
            "",
            "    Building",
            "    Building [==] ",
            "    Building [==] a/3: x",
            "    Building [==] 12: x",
            "       Fetch [==] 12.50%, 1.2MiB/s",
        ] {
            assert_eq!(read(&format!("{piece}\r")).1, [], "{piece:?}");
        }
    }

    #[test]
    fn a_status_line_is_recognised_by_its_column() {
        let finished = "    Finished `dev` profile";
        assert_eq!(
            BuildOutput::status(finished),
            Some(("Finished", "`dev` profile"))
        );
        for other in [
            "",
            "Caused by:",
            "  no targets specified",
            "[foo 0.1.0] words",
            "            x",
            "    Finishéd x",
        ] {
            assert_eq!(BuildOutput::status(other), None, "{other:?}");
        }
    }
}
