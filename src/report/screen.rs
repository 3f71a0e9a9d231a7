//! The lines that people read, in cargo's look: a status word, right-aligned, then what it is.
//!
//! Everything goes to stderr, whole lines only: stdout is the host's.

use std::fmt::Write as _;
use std::io::Write as _;

use console::{Style, Term};

use super::{Event, Outcome};

/// Whether to use colours; cargo's `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// As `CARGO_TERM_COLOR` says, else on a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    fn is_on(self) -> bool {
        self.is_on_where(console::colors_enabled_stderr)
    }

    /// The same for an answer on stdout.
    pub(crate) fn is_on_stdout(self) -> bool {
        self.is_on_where(console::colors_enabled)
    }

    fn is_on_where(self, is_enabled: fn() -> bool) -> bool {
        match self {
            ColorChoice::Auto => match std::env::var("CARGO_TERM_COLOR").as_deref() {
                Ok("always") => true,
                Ok("never") => false,
                _ => is_enabled(),
            },
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        }
    }
}

/// How much is shown; cargo's `-q` and `-v`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Only what went wrong.
    Quiet,
    /// A line for each outcome.
    #[default]
    Normal,
    /// What led to it, too.
    Verbose,
}

/// Where lines go.
#[derive(Debug)]
pub(crate) struct Screen {
    term: Term,
    verbosity: Verbosity,
    colours: bool,
}

#[derive(Clone, Copy)]
enum Tone {
    Good,
    Notable,
    Bad,
}

impl Screen {
    pub(crate) fn new(color: ColorChoice, verbosity: Verbosity) -> Self {
        Screen {
            term: Term::stderr(),
            verbosity,
            colours: color.is_on(),
        }
    }

    /// Shows an event, if it is for people and this verbosity.
    pub(crate) fn show(&mut self, event: &Event) {
        match event {
            Event::SessionStarted {
                host,
                reloadable,
                listen,
            } => {
                let mut text = format!("`{host}` · reloadable: {}", reloadable.join(", "));
                if !listen.is_empty() {
                    let _ = write!(text, " · listening on {}", listen.join(", "));
                }
                self.status(Tone::Good, "Session", &text);
            }
            Event::HostStarted { pid } => {
                self.status(Tone::Good, "Started", &format!("gen 0 · pid {pid}"));
            }
            Event::HostJoined { pid, stopped } => {
                let mut text = format!("gen 0 · pid {pid} · started by another process");
                if let Some(stopped) = stopped {
                    let _ = write!(text, ", in place of pid {stopped}");
                }
                self.status(Tone::Good, "Joined", &text);
            }
            Event::WaitingForHost { program, reason } => {
                let program = program.display();
                let text = match reason {
                    Some(reason) => format!("{reason}; start `{program}` again"),
                    None => format!("for `{program}` to be started as `cargo hotmod env` says"),
                };
                self.status(Tone::Notable, "Waiting", &text);
            }
            Event::Verdict {
                verdict: Outcome::Nothing,
                reason,
            } => self.status(Tone::Good, "Unchanged", reason),
            Event::Verdict {
                verdict: Outcome::Restart,
                reason,
            } => self.status(Tone::Notable, "Restarting", reason),
            Event::CompileError { rendered, .. } => self.diagnostics(rendered),
            Event::Live {
                generation,
                crates,
                ms,
                kept_generations,
                kept_bytes,
                ..
            } => {
                let crates = crates.join(", ");
                let crates = if crates.is_empty() {
                    "relinked"
                } else {
                    &crates
                };
                self.status(
                    Tone::Good,
                    "Reloaded",
                    &format!(
                        "gen {generation} · {crates} · {:.0} ms (compile {:.0}, link {:.0}, check {:.0}, swap {:.0})",
                        ms.total, ms.compile, ms.link, ms.check, ms.swap
                    ),
                );
                let megabytes = *kept_bytes as f64 / 1e6;
                self.detail(
                    "Kept",
                    &format!("{kept_generations} older generations · {megabytes:.1} MB"),
                );
            }
            Event::Refused {
                generation,
                reason,
                restart,
            } => {
                let next = match restart {
                    true => "",
                    false => "; the old code goes on until the next edit",
                };
                self.status(
                    Tone::Bad,
                    "Refused",
                    &format!("gen {generation} · {reason}{next}"),
                );
            }
            Event::Restarted { reason, pid } => self.status(
                Tone::Notable,
                "Restarted",
                &format!("gen 0 · pid {pid} · {reason}; state in the process was lost"),
            ),
            Event::HostExited {
                code,
                signal,
                generation,
                is_awaited,
            } => {
                let how = match (code, signal) {
                    (Some(code), _) => format!("exited with code {code}"),
                    (None, Some(signal)) => format!("was ended by {}", signal_name(*signal)),
                    (None, None) => "ended".to_owned(),
                };
                let next = match is_awaited {
                    true => "",
                    false => "; the next edit starts it again",
                };
                let text = format!("the host {how} in gen {generation}{next}");
                self.status(Tone::Bad, "Ended", &text);
            }
            Event::Note { message } => self.labelled(Tone::Notable, "note", message, None),
            Event::Error { message, help } => {
                self.labelled(Tone::Bad, "error", message, help.as_deref());
            }
            Event::Building { what } => self.detail("Building", &format!("the {what}")),
            Event::Edit { paths } => {
                let paths: Vec<_> = paths.iter().map(|it| it.display().to_string()).collect();
                self.detail("Edited", &paths.join(", "));
            }
            Event::Verdict {
                verdict: Outcome::Reload,
                reason,
            } => self.detail("Reloading", reason),
            Event::Retired { generation } => self.detail("Retired", &format!("gen {generation}")),
            Event::SessionEnded => self.detail("Session", "ended"),
        }
    }

    /// A line that is no event: the start of a command.
    pub(crate) fn say(&mut self, word: &str, text: &str) {
        self.status(Tone::Good, word, text);
    }

    /// Lines that are made up already.
    pub(crate) fn text(&mut self, text: &str) {
        if self.verbosity != Verbosity::Quiet {
            self.write(text);
        }
    }

    /// Clears what is seen of a terminal.
    pub(crate) fn clear(&mut self) {
        if self.term.is_term() {
            // Where that is not possible nothing is lost.
            let _ = self.term.clear_screen();
        }
    }

    /// A unified diff.
    pub(crate) fn diff(&mut self, text: &str) {
        if self.verbosity == Verbosity::Quiet {
            return;
        }
        let mut shown = String::new();
        for line in text.lines() {
            let style = match line.as_bytes() {
                [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => Style::new().bold(),
                [b'+', ..] => Style::new().green(),
                [b'-', ..] => Style::new().red(),
                [b'@', ..] => Style::new().cyan(),
                _ => Style::new(),
            };
            let line = style.force_styling(self.colours).apply_to(line);
            let _ = writeln!(shown, "{line}");
        }
        self.write(&shown);
    }

    pub(crate) fn warning(&mut self, message: &str) {
        self.labelled(Tone::Notable, "warning", message, None);
    }

    pub(crate) fn error(&mut self, message: &str, help: Option<&str>) {
        self.labelled(Tone::Bad, "error", message, help);
    }

    /// What led to an outcome.
    fn detail(&mut self, word: &str, text: &str) {
        if self.verbosity == Verbosity::Verbose {
            self.status(Tone::Good, word, text);
        }
    }

    fn status(&mut self, tone: Tone, word: &str, text: &str) {
        if self.verbosity == Verbosity::Quiet && !matches!(tone, Tone::Bad) {
            return;
        }
        let word = self.styled(tone, &format!("{word:>12}"));
        self.write(&format!("{word} {text}\n"));
    }

    fn labelled(&mut self, tone: Tone, label: &str, message: &str, help: Option<&str>) {
        if self.verbosity == Verbosity::Quiet && !matches!(tone, Tone::Bad) {
            return;
        }
        let mut text = format!("{}: {message}\n", self.styled(tone, label));
        if let Some(help) = help {
            // What is to be copied into a file stands below the words, without a label.
            let help = help.replace('\n', "\n      ");
            let _ = writeln!(text, "{}: {help}", self.styled(Tone::Good, "help"));
        }
        self.write(&text);
    }

    pub(crate) fn diagnostics(&mut self, rendered: &str) {
        let plain;
        let text = if self.colours {
            rendered
        } else {
            plain = console::strip_ansi_codes(rendered);
            &plain
        };
        if text.is_empty() {
            return;
        }
        let end = if text.ends_with('\n') { "" } else { "\n" };
        self.write(&format!("{text}{end}"));
    }

    fn styled(&self, tone: Tone, text: &str) -> String {
        let style = match tone {
            Tone::Good => Style::new().green(),
            Tone::Notable => Style::new().yellow(),
            Tone::Bad => Style::new().red(),
        };
        style
            .bold()
            .force_styling(self.colours)
            .apply_to(text)
            .to_string()
    }

    /// One write for whole lines: the host writes to the same terminal.
    fn write(&mut self, text: &str) {
        // There is nobody to tell that stderr is closed.
        let _ = self.term.write_all(text.as_bytes());
        let _ = self.term.flush();
    }
}

fn signal_name(signal: i32) -> String {
    signal_hook::low_level::signal_name(signal)
        .map_or_else(|| format!("signal {signal}"), str::to_owned)
}
