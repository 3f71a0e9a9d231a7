//! Where the lines for people go, and when: to stderr, since stdout is the host's.
//!
//! While no host runs, the terminal is the tool's. A build that takes a moment is shown by a
//! [spinner](Spinner), which is gone before anything else is written. The diagnostics of a build that
//! failed are taken away when the next build has ended: then there are newer ones, or none.
//!
//! While a host runs, both write to one terminal, and neither knows what the other wrote. So the
//! tool writes whole lines, each outcome's at once, and takes nothing away. Diagnostics are shown
//! once: an edit that leaves them as they are is answered by a line that says so, and one that
//! mends them by what comes of it (`Reloaded`). If the host's last line has no end yet, the tool's
//! begins there: to go back to the start of it would write over the host's words.
//!
//! A host that draws on the whole terminal is for `--quiet`: nothing at all is shown while it runs.
//! Everything goes to a [log](Screen::log_to).
//!
//! Where escape codes are not understood or not wanted, nothing moves and nothing is taken away:
//! in a pipe, in CI, with `NO_COLOR`, on a dumb terminal, without colours. There cargo's own lines are shown.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use console::{Style, Term, measure_text_width};

use crate::cargo::progress::Said;

use super::Event;
use super::lines::{Level, Lines, Tone};
use super::spinner::Spinner;

/// Whether to use colours; cargo's `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// As `CARGO_TERM_COLOR` says, else on a terminal, unless `NO_COLOR` or `CI` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    pub(crate) fn is_on(self) -> bool {
        self.is_on_where(|| console::colors_enabled_stderr() && !is_ci())
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

/// Whether nobody watches.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|it| !it.is_empty() && it != "false")
}

/// How much is shown; cargo's `-q` and `-v`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Only what went wrong, and that only while no host runs.
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
    /// Whether it shows what it takes away again.
    draws: bool,
    spinner: Option<Spinner>,
    has_host: bool,
    /// What the last build that failed said, until that is mended.
    diagnostics: Option<String>,
    drawn: Option<Drawn>,
    log: Option<File>,
    /// Why there is no log any more, until that can be said.
    no_log: Option<String>,
}

/// What can be taken away: diagnostics, and what the tool wrote after them.
#[derive(Debug)]
struct Drawn {
    text: String,
    /// Rows and columns of the terminal at that time.
    size: (u16, u16),
}

impl Drawn {
    /// How many rows of the terminal it takes.
    fn rows(&self) -> usize {
        let columns = usize::from(self.size.1).max(1);
        let lines = self.text.lines();
        let rows = lines.map(|line| measure_text_width(line).div_ceil(columns).max(1));
        rows.sum()
    }

    /// Whether all of it is still to be seen where it was drawn.
    fn is_whole(&self, now: Option<(u16, u16)>) -> bool {
        now == Some(self.size) && self.rows() < usize::from(self.size.0)
    }
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
            no_log: None,
        }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    /// Writes to a new file all that would be shown if it were not to be quiet, and says which.
    pub(crate) fn log_to(&mut self, path: &Path) -> io::Result<()> {
        self.log = Some(File::create(path)?);
        let here = std::env::current_dir().unwrap_or_default();
        let shown = path
            .strip_prefix(here)
            .unwrap_or(path)
            .display()
            .to_string();
        let line = Lines::status(Tone::Good, "Log", shown);
        self.write(&line.paint(self.colours));
        Ok(())
    }

    /// A build began that a host shall come of, or what comes before it.
    pub(crate) fn building(&mut self) {
        if self.draws && !self.has_host {
            self.spinner = Some(Spinner::new(Instant::now()));
        }
    }

    /// Cargo, in that build. A host that runs meanwhile is not disturbed by it.
    pub(crate) fn said(&mut self, said: Said) {
        if self.has_host {
            return;
        }
        if let Said::Line(line) = &said {
            self.log(&format!("{}\n", console::strip_ansi_codes(line)));
        }
        match (&self.spinner, said) {
            (Some(spinner), said) => spinner.say(said),
            (None, Said::Line(line)) if !self.draws && !self.is_quiet() => {
                self.write(&format!("{line}\n"));
            }
            (None, _) => {}
        }
    }

    /// That build ended.
    pub(crate) fn built(&mut self) {
        self.spinner = None;
    }

    /// What the build before said is out of date.
    pub(crate) fn mended(&mut self) {
        self.diagnostics = None;
        self.take_away();
    }

    /// A host is about to run: from now on the terminal is not the tool's alone.
    pub(crate) fn host_begins(&mut self) {
        self.spinner = None;
        self.drawn = None;
        self.has_host = true;
    }

    /// No host runs any more.
    pub(crate) fn host_ended(&mut self) {
        self.has_host = false;
        if self.no_log.is_some() {
            self.write("");
        }
    }

    /// Shows an event, if it is for people and this verbosity.
    pub(crate) fn show(&mut self, event: &Event) {
        match event {
            Event::CompileError { rendered, .. } => return self.diagnostics(event, rendered),
            // What stands above it stays where it is.
            Event::Error { .. } => self.drawn = None,
            Event::Live { .. } => self.diagnostics = None,
            _ => {}
        }
        self.show_event(event);
    }

    fn show_event(&mut self, event: &Event) {
        // A log has no width.
        let width = self.term.size_checked().filter(|_| !self.is_quiet());
        for lines in Lines::of(event, width.map(|it| usize::from(it.1))) {
            self.put(&lines);
        }
    }

    fn diagnostics(&mut self, event: &Event, rendered: &str) {
        self.take_away();
        let is_same = self.diagnostics.as_deref() == Some(rendered);
        let can_take_away = self.draws && !self.has_host;
        if is_same && !can_take_away {
            let text = "with the same errors as before";
            return self.put(&Lines::status(Tone::Bad, "Failed", text));
        }
        self.diagnostics = Some(rendered.to_owned());
        if can_take_away {
            self.drawn = self.term.size_checked().map(|size| Drawn {
                text: String::new(),
                size,
            });
        }
        self.show_event(event);
    }

    /// A line that is no event: the start of a command.
    pub(crate) fn say(&mut self, word: &str, text: &str) {
        self.put(&Lines::status(Tone::Good, word, text));
    }

    /// What a compiler said, as it rendered it.
    pub(crate) fn rendered(&mut self, text: &str) {
        if !text.is_empty() {
            self.put(&Lines::rendered(text));
        }
    }

    /// Lines that are made up already.
    pub(crate) fn text(&mut self, text: &str) {
        if !self.is_quiet() {
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

    pub(crate) fn warning(&mut self, message: &str) {
        self.put(&Lines::labelled(Tone::Notable, "warning", message));
    }

    pub(crate) fn error(&mut self, message: &str, help: Option<&str>) {
        self.put(&Lines::error(message, help));
    }

    fn put(&mut self, lines: &Lines<'_>) {
        let least = match self.verbosity {
            Verbosity::Quiet => Level::Wrong,
            Verbosity::Normal => Level::Outcome,
            Verbosity::Verbose => Level::Detail,
        };
        if lines.level >= Level::Outcome {
            self.log(&lines.paint(false));
        }
        if lines.level >= least && !(self.is_quiet() && self.has_host) {
            self.write(&lines.paint(self.colours));
        }
    }

    fn log(&mut self, text: &str) {
        if let Some(log) = &mut self.log
            && let Err(error) = log.write_all(text.as_bytes())
        {
            self.log = None;
            self.no_log = Some(error.to_string());
        }
    }

    /// One write for whole lines: the host writes to the same terminal.
    fn write(&mut self, text: &str) {
        let spinning = self.spinner.take().map(|spinner| spinner.begun());
        let mut text = text.to_owned();
        if let Some(error) = self.no_log.take() {
            let words = format!("the log takes no more: {error}");
            text += &Lines::labelled(Tone::Notable, "warning", &words).paint(self.colours);
        }
        // There is nobody to tell that stderr is closed.
        let _ = self.term.write_all(text.as_bytes());
        let _ = self.term.flush();
        if let Some(drawn) = &mut self.drawn {
            drawn.text += &text;
        }
        self.spinner = spinning.map(Spinner::new);
    }

    /// Takes away what was drawn, if it is still there.
    fn take_away(&mut self) {
        let size = self.term.size_checked();
        if let Some(drawn) = self.drawn.take().filter(|it| it.is_whole(size)) {
            // Up to its first line, and from there on everything.
            let erase = format!("\r\x1b[{}A\x1b[J", drawn.rows());
            let _ = self.term.write_all(erase.as_bytes());
            let _ = self.term.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_takes_as_many_rows_as_the_terminal_makes_of_it() {
        let drawn = |text: &str, size| Drawn {
            text: text.to_owned(),
            size,
        };
        for (text, columns, rows) in [
            ("", 10, 0),
            ("a\n", 10, 1),
            ("a\n\nb\n", 10, 3),
            ("0123456789\n", 10, 1),
            ("0123456789a\n", 10, 2),
            ("\x1b[31m0123456789\x1b[0m\n", 10, 1),
            ("a\n", 0, 1),
        ] {
            assert_eq!(drawn(text, (24, columns)).rows(), rows, "{text:?}");
        }
    }

    #[test]
    fn what_has_moved_or_scrolled_away_is_left_alone() {
        let drawn = Drawn {
            text: "a\nb\n".to_owned(),
            size: (3, 10),
        };
        assert!(drawn.is_whole(Some((3, 10))));
        assert!(!drawn.is_whole(Some((3, 9))), "lines are wrapped otherwise");
        assert!(!drawn.is_whole(None));
        let drawn = Drawn {
            text: "a\nb\nc\n".to_owned(),
            ..drawn
        };
        assert!(!drawn.is_whole(Some((3, 10))), "its first row is gone");
    }
}
