//! The progress line that is shown during a build while no host is running.
//!
//! The line appears after a short delay, and is erased when the spinner is dropped. A separate
//! thread draws it. Nothing else writes to the terminal meanwhile.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use console::{Term, truncate_str};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cargo::progress::BuildOutput;

use super::lines::names;

/// A build that is faster than this shows no spinner.
const DELAY: Duration = Duration::from_millis(200);
const TICK: Duration = Duration::from_millis(100);

/// Shows the progress line until it is dropped.
#[derive(Debug)]
pub(super) struct Spinner {
    begun: Instant,
    output: Option<Sender<BuildOutput>>,
    thread: Option<JoinHandle<()>>,
}

impl Spinner {
    /// For a build that began at this time.
    pub(super) fn new(begun: Instant) -> Self {
        let (output, listener) = channel();
        Spinner {
            begun,
            output: Some(output),
            thread: Some(std::thread::spawn(move || draw(begun, &listener))),
        }
    }

    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    /// Shows cargo's output.
    pub(super) fn show(&self, output: BuildOutput) {
        if let Some(listener) = &self.output {
            // The thread runs until this sender is dropped.
            let _ = listener.send(output);
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.output = None;
        if let Some(thread) = self.thread.take() {
            // The line is erased when the thread ends, even if it panicked.
            let _ = thread.join();
        }
    }
}

fn draw(begun: Instant, output: &Receiver<BuildOutput>) {
    let mut text = Text::default();
    let visible = Instant::now() + DELAY;
    let mut bar: Option<ProgressBar> = None;
    loop {
        let wait = match &bar {
            Some(_) => TICK,
            None => visible.saturating_duration_since(Instant::now()),
        };
        match output.recv_timeout(wait) {
            Ok(output) => text.take(output),
            Err(RecvTimeoutError::Timeout) => {
                let bar = bar.get_or_insert_with(new_bar);
                let columns = usize::from(Term::stderr().size().1);
                let (word, message) = text.render(begun.elapsed(), columns);
                bar.set_prefix(word);
                bar.set_message(message);
                bar.tick();
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// The widest status words leave two columns for the spinner.
const TEMPLATE: &str = "{spinner:.cyan} {prefix:>10.cyan.bold} {msg}";
const INDENT: usize = 13;

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(TEMPLATE) {
        Ok(style) => bar.with_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")),
        Err(_) => bar,
    }
}

/// The text of the progress line.
#[derive(Debug, Default)]
struct Text {
    /// cargo's last status line: word and text.
    status: Option<(String, String)>,
    progress: Option<(usize, usize, Vec<String>)>,
}

impl Text {
    fn take(&mut self, output: BuildOutput) {
        match output {
            BuildOutput::Progress { built, all, crates } => {
                self.progress = Some((built, all, crates));
                // cargo was waiting for something, and continues.
                self.status = None;
            }
            BuildOutput::Line(line) => {
                let line = console::strip_ansi_codes(&line);
                match BuildOutput::status(&line) {
                    // The progress has this, and more.
                    Some(("Compiling", _)) if self.progress.is_some() => {}
                    // The build is about to end.
                    Some(("Finished", _)) => {}
                    Some((word, text)) => {
                        // The package's path is long and says little.
                        let text = text.split(" (").next().unwrap_or_default();
                        self.status = Some((word.to_owned(), text.to_owned()));
                    }
                    None => {}
                }
            }
        }
    }

    /// Word and text for a terminal with this many columns. The last column stays free, so that
    /// the line does not wrap.
    fn render(&self, elapsed: Duration, columns: usize) -> (String, String) {
        let elapsed = format!("{:.1} s", elapsed.as_secs_f64());
        let room = columns.saturating_sub(INDENT + 1);
        let (word, text) = match (&self.status, &self.progress) {
            (Some((word, text)), _) => (word.as_str(), text.clone()),
            (None, Some((built, all, crates))) => {
                let count = format!("{built} of {all}");
                let room = room.saturating_sub(count.len() + elapsed.len() + 6);
                match names(crates, Some(room)) {
                    none if none.is_empty() => ("Building", count),
                    names => ("Building", format!("{count} · {names}")),
                }
            }
            (None, None) => ("Building", "the host".to_owned()),
        };
        let text = truncate_str(&text, room.saturating_sub(elapsed.len() + 3), "…").into_owned();
        (word.to_owned(), format!("{text} · {elapsed}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> BuildOutput {
        BuildOutput::Line(text.to_owned())
    }

    fn progress(built: usize, crates: &[&str]) -> BuildOutput {
        let crates = crates.iter().map(|it| (*it).to_owned()).collect();
        BuildOutput::Progress {
            built,
            all: 54,
            crates,
        }
    }

    #[test]
    fn the_latest_relevant_line_is_shown() {
        let mut text = Text::default();
        for (output, expected) in [
            (None, "Building the host"),
            (
                Some(line("    Updating crates.io index")),
                "Updating crates.io index",
            ),
            (
                Some(line("\x1b[1m   Compiling\x1b[0m app v0.1.0 (/work/app)")),
                "Compiling app v0.1.0",
            ),
            (Some(line("no status")), "Compiling app v0.1.0"),
            (
                Some(progress(12, &["serde", "tokio"])),
                "Building 12 of 54 · serde, tokio",
            ),
            (
                Some(line("   Compiling pages v0.1.0")),
                "Building 12 of 54 · serde, tokio",
            ),
            (
                Some(line(
                    "    Blocking waiting for file lock on build directory",
                )),
                "Blocking waiting for file lock on build directory",
            ),
            (Some(progress(54, &[])), "Building 54 of 54"),
            (
                Some(line("    Finished `dev` profile")),
                "Building 54 of 54",
            ),
        ] {
            output.into_iter().for_each(|it| text.take(it));
            let (word, shown) = text.render(Duration::from_millis(3210), 80);
            assert_eq!(format!("{word} {shown}"), format!("{expected} · 3.2 s"));
        }
    }

    #[test]
    fn the_text_fits_into_one_line() {
        let names: Vec<String> = (0..30).map(|it| format!("crate-{it}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let long = format!("    Blocking {}", "very ".repeat(60));
        for output in [progress(7, &names), line(&long)] {
            let mut text = Text::default();
            text.take(output);
            for columns in [30, 80, 200] {
                let (_, shown) = text.render(Duration::from_secs(100), columns);
                let width = INDENT + console::measure_text_width(&shown);
                assert!(width < columns, "{width} of {columns}: {shown}");
                assert!(shown.ends_with(" · 100.0 s"), "{shown}");
            }
        }
    }
}
