//! Where and when text is shown: on stderr, because stdout belongs to the host.
//!
//! While no host is running, the tool has the terminal to itself. A longer build is shown by a
//! [spinner](Spinner), which is erased before anything else is written. The diagnostics of a failed
//! build are erased when the next build ends, because they are then out of date.
//!
//! While a host is running, both write to the same terminal, and neither knows what the other
//! wrote. So the tool writes whole lines, all lines of an outcome at once, and erases nothing.
//! Diagnostics are shown once. If the next build has the same ones, a line says so. If the host's
//! last line is unfinished, the tool's line starts there, because going back would overwrite the
//! host's text.
//!
//! `--quiet` is for hosts that draw on the whole terminal: nothing is shown while the host is
//! running. Everything goes to a [log](Screen::log_to). There is time to [read](Screen::let_read) the
//! notes before a host is started, and those that come later are shown at the end.
//!
//! Without escape codes (in a pipe, in CI, with `NO_COLOR`, on a dumb terminal, without colours),
//! there is no spinner and nothing is erased. cargo's own output is shown instead.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use console::{Style, Term};

use crate::cargo::progress::BuildOutput;

use super::drawn::Drawn;
use super::lines::{Level, Lines, Tone};
use super::spinner::Spinner;
use super::{Event, Terminal};

/// When to use colours, as for cargo's `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// According to `CARGO_TERM_COLOR`; by default on a terminal, unless `NO_COLOR` or `CI` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ColorChoice {
    pub(crate) fn is_on(self) -> bool {
        self.is_on_if(|| console::colors_enabled_stderr() && !is_ci())
    }

    /// Whether to use colours on stdout.
    pub(crate) fn is_on_stdout(self) -> bool {
        self.is_on_if(console::colors_enabled)
    }

    fn is_on_if(self, is_enabled: fn() -> bool) -> bool {
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

/// Whether this is a CI job, so that no user watches the terminal.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|it| !it.is_empty() && it != "false")
}

/// How much to show, as for cargo's `-q` and `-v`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Only errors and, in a session, notes; and only while no host is running.
    Quiet,
    /// A line for each outcome.
    #[default]
    Normal,
    /// Also the steps that led to an outcome.
    Verbose,
}

/// Shows text on the terminal, and writes it to the log.
#[derive(Debug)]
pub(crate) struct Screen {
    term: Term,
    verbosity: Verbosity,
    colours: bool,
    /// Whether it can erase text again.
    draws: bool,
    spinner: Option<Spinner>,
    has_host: bool,
    /// The diagnostics of the last failed build, until a build succeeds.
    diagnostics: Option<String>,
    drawn: Option<Drawn>,
    log: Option<File>,
    /// Notes that could not be shown while the host was running.
    kept: String,
    /// Whether there are notes that a host may hide before anybody has read them.
    has_unread: bool,
    /// Why the log failed, until that has been shown.
    log_error: Option<String>,
}

impl Screen {
    pub(crate) fn new(color: ColorChoice, verbosity: Verbosity) -> Self {
        let term = Term::stderr();
        let colours = color.is_on();
        let is_dumb = std::env::var_os("TERM").is_none_or(|it| it == "dumb");
        let draws = colours && term.is_term() && !is_dumb && !is_ci();
        Screen {
            draws: draws && verbosity != Verbosity::Verbose,
            term,
            verbosity,
            colours,
            spinner: None,
            has_host: false,
            diagnostics: None,
            drawn: None,
            log: None,
            kept: String::new(),
            has_unread: false,
            log_error: None,
        }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    /// Creates a log for everything that `--quiet` hides, and shows the log's path.
    pub(crate) fn log_to(&mut self, path: &Path) -> io::Result<()> {
        self.log = Some(File::create(path)?);
        self.place("Log", path);
        Ok(())
    }

    /// Shows where a file is, however quiet the session is.
    pub(crate) fn place(&mut self, word: &str, path: &Path) {
        let here = std::env::current_dir().unwrap_or_default();
        let shown = path.strip_prefix(here).unwrap_or(path).display();
        let line = Lines::status(Tone::Good, word, shown.to_string());
        self.write(&line.paint(self.colours));
    }

    /// A build of the host started, or a step before it.
    pub(crate) fn building(&mut self) {
        if self.draws && !self.has_host {
            self.spinner = Some(Spinner::new(Instant::now()));
        }
    }

    /// Shows cargo's output during that build, unless a host is running.
    pub(crate) fn output(&mut self, output: BuildOutput) {
        if self.has_host {
            return;
        }
        if let BuildOutput::Line(line) = &output {
            self.log(&format!("{}\n", console::strip_ansi_codes(line)));
        }
        match (&self.spinner, output) {
            (Some(spinner), output) => spinner.show(output),
            (None, BuildOutput::Line(line)) if !self.draws && !self.is_quiet() => {
                self.write(&format!("{line}\n"));
            }
            (None, _) => {}
        }
    }

    /// The build ended.
    pub(crate) fn built(&mut self) {
        self.spinner = None;
    }

    /// The previous build's diagnostics are out of date.
    pub(crate) fn fixed(&mut self) {
        self.diagnostics = None;
        self.erase();
    }

    /// Gives the user time to read the notes, if the host is about to take the screen.
    pub(crate) fn let_read(&mut self, terminal: &Terminal) {
        if std::mem::take(&mut self.has_unread) && self.term.is_term() {
            let text = "in 2 seconds, or when you press a key";
            let line = Lines::status(Tone::Good, "Starting", text);
            self.write(&line.paint(self.colours));
            terminal.await_key(Duration::from_secs(2));
        }
    }

    /// A host is about to start, and shares the terminal from now on.
    pub(crate) fn host_begins(&mut self) {
        self.spinner = None;
        self.drawn = None;
        self.has_host = true;
    }

    /// The host ended.
    pub(crate) fn host_ended(&mut self) {
        self.has_host = false;
        if self.log_error.is_some() {
            self.write("");
        }
    }

    /// Shows an event, if the verbosity includes it.
    pub(crate) fn show(&mut self, event: &Event) {
        match event {
            Event::CompileError { rendered, .. } => return self.diagnostics(event, rendered),
            // The text above an error stays.
            Event::Error { .. } => self.drawn = None,
            Event::Live { .. } => self.diagnostics = None,
            Event::SessionEnded => {
                let kept = std::mem::take(&mut self.kept);
                self.write(&kept);
            }
            _ => {}
        }
        self.show_event(event);
    }

    fn show_event(&mut self, event: &Event) {
        // A log has no width.
        let width = self.term.size_checked().filter(|_| !self.is_quiet());
        for lines in Lines::of_event(event, width.map(|it| usize::from(it.1))) {
            self.put(&lines);
        }
    }

    fn diagnostics(&mut self, event: &Event, rendered: &str) {
        self.erase();
        let is_same = self.diagnostics.as_deref() == Some(rendered);
        let can_erase = self.draws && !self.has_host;
        if is_same && !can_erase {
            let text = "with the same errors as before";
            return self.put(&Lines::status(Tone::Bad, "Failed", text));
        }
        self.diagnostics = Some(rendered.to_owned());
        if can_erase {
            self.drawn = self.term.size_checked().map(|size| Drawn {
                text: String::new(),
                size,
            });
        }
        self.show_event(event);
    }

    /// Shows a status line that does not belong to an event.
    pub(crate) fn say(&mut self, word: &str, text: &str) {
        self.put(&Lines::status(Tone::Good, word, text));
    }

    /// Shows diagnostics as the compiler rendered them.
    pub(crate) fn rendered(&mut self, text: &str) {
        if !text.is_empty() {
            self.put(&Lines::rendered(text));
        }
    }

    /// Shows text as it is.
    pub(crate) fn text(&mut self, text: &str) {
        if !self.is_quiet() {
            self.write(text);
        }
    }

    /// Clears the terminal.
    pub(crate) fn clear(&mut self) {
        if self.term.is_term() {
            // If this fails, the screen just stays as it is.
            let _ = self.term.clear_screen();
        }
    }

    /// Shows a unified diff in colours.
    pub(crate) fn diff(&mut self, text: &str) {
        if self.is_quiet() {
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

    pub(crate) fn note(&mut self, message: &str) {
        self.put(&Lines::labelled(Tone::Notable, "note", message));
    }

    pub(crate) fn warning(&mut self, message: &str) {
        self.put(&Lines::labelled(Tone::Notable, "warning", message));
    }

    pub(crate) fn error(&mut self, message: &str, help: Option<&str>) {
        self.put(&Lines::error(message, help));
    }

    fn put(&mut self, lines: &Lines<'_>) {
        let least = match self.verbosity {
            Verbosity::Quiet if self.log.is_some() => Level::Note,
            Verbosity::Quiet => Level::Wrong,
            Verbosity::Normal => Level::Outcome,
            Verbosity::Verbose => Level::Detail,
        };
        if lines.level >= Level::Outcome {
            self.log(&lines.paint(false));
        }
        let is_hidden = self.is_quiet() && self.has_host;
        self.has_unread |= lines.level == Level::Note && self.is_quiet() && !is_hidden;
        if lines.level >= least && !is_hidden {
            self.write(&lines.paint(self.colours));
        }
        if lines.level == Level::Note && is_hidden {
            self.kept += &lines.paint(self.colours);
        }
    }

    fn log(&mut self, text: &str) {
        if let Some(log) = &mut self.log
            && let Err(error) = log.write_all(text.as_bytes())
        {
            self.log = None;
            self.log_error = Some(error.to_string());
        }
    }

    /// Writes whole lines at once, because the host writes to the same terminal.
    fn write(&mut self, text: &str) {
        let spinning = self.spinner.take().map(|spinner| spinner.begun());
        let mut text = text.to_owned();
        if let Some(error) = self.log_error.take() {
            let message = format!("cannot write to the log: {error}");
            text += &Lines::labelled(Tone::Notable, "warning", &message).paint(self.colours);
        }
        // If stderr is closed, the text has no reader.
        let _ = self.term.write_all(text.as_bytes());
        let _ = self.term.flush();
        if let Some(drawn) = &mut self.drawn {
            drawn.text += &text;
        }
        self.spinner = spinning.map(Spinner::new);
    }

    /// Erases the drawn text, if it is still visible.
    fn erase(&mut self) {
        let size = self.term.size_checked();
        if let Some(drawn) = self.drawn.take().filter(|it| it.is_visible(size)) {
            // Move up to its first line, and erase to the end of the screen.
            let erase = format!("\r\x1b[{}A\x1b[J", drawn.rows());
            let _ = self.term.write_all(erase.as_bytes());
            let _ = self.term.flush();
        }
    }
}
