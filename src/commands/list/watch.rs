//! `list --watch`: prints the listing again whenever it changes, until it is interrupted.
//!
//! It takes no lock that a session needs: the lock is only tried while a session has it, or after one has
//! written its status.

use std::io::{self, Write as _};
use std::thread;
use std::time::Duration;

use console::{Term, truncate_str};

use crate::base::file_stamp::FileStamp;
use crate::base::locked_dir::is_held;
use crate::discover::{self, Plan, Selection};
use crate::error::Error;
use crate::report::now_ms;

use super::{Listing, Style};

/// How often the files are looked at. Their contents are read only if they were written.
const INTERVAL: Duration = Duration::from_millis(200);

/// What the listing is made from.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    manifests: Vec<Option<FileStamp>>,
    /// The status, and the facts from the last build.
    files: Vec<Option<FileStamp>>,
    is_running: bool,
}

pub(super) fn run(selection: &Selection, style: Style) -> Result<u8, Error> {
    let mut survey = discover::survey(selection)?;
    let mut plan = survey.plan?;
    let mut seen = Seen::of(&plan, &Seen::default());
    let mut listing = Listing::of(plan.clone(), survey.outsiders.clone());
    let mut output = Output::new(style);
    // If stdout is closed, the listing has no reader.
    while output.show(&listing).is_ok() {
        thread::sleep(INTERVAL);
        let now = Seen::of(&plan, &seen);
        if now == seen {
            continue;
        }
        // A manifest may be broken for a moment. Then the last listing stays.
        if now.manifests != seen.manifests
            && let Ok(new) = discover::survey(selection)
            && let Ok(its) = new.plan
        {
            plan = its;
            survey.outsiders = new.outsiders;
        }
        seen = now;
        listing = Listing::of(plan.clone(), survey.outsiders.clone());
        output.is_changed = true;
    }
    Ok(0)
}

impl Seen {
    fn of(plan: &Plan, before: &Seen) -> Self {
        let directories = plan.directories();
        let files = [directories.status(), directories.symbols()];
        let files: Vec<_> = files.iter().map(|it| FileStamp::of(it)).collect();
        let may_run = before.is_running || files != before.files;
        Seen {
            manifests: plan.manifests.iter().map(|it| FileStamp::of(it)).collect(),
            is_running: may_run && is_held(&directories.lock()),
            files,
        }
    }
}

/// Where the listing is printed.
#[derive(Debug)]
struct Output {
    style: Style,
    term: Term,
    is_changed: bool,
    shown: String,
}

impl Output {
    fn new(style: Style) -> Self {
        Output {
            style,
            term: Term::stdout(),
            is_changed: true,
            shown: String::new(),
        }
    }

    /// Shows the listing if it has changed. On a terminal, it replaces the last one, and the times in it are
    /// kept up to date.
    fn show(&mut self, listing: &Listing) -> io::Result<()> {
        let is_drawn = self.term.is_term() && self.style != Style::Json;
        if !std::mem::take(&mut self.is_changed) && !is_drawn {
            return Ok(());
        }
        let text = match self.style {
            Style::Json => serde_json::to_string(listing)? + "\n",
            _ => listing.text(now_ms(), self.style == Style::Verbose),
        };
        if text == self.shown {
            return Ok(());
        }
        let written = match (is_drawn, self.shown.is_empty()) {
            (true, _) => drawn(&text, self.term.size()),
            (false, false) if self.style != Style::Json => format!("\n{text}"),
            (false, _) => text.clone(),
        };
        self.shown = text;
        let mut stdout = io::stdout().lock();
        stdout.write_all(written.as_bytes())?;
        stdout.flush()
    }
}

/// The beginning of the text that fits on a screen, from its first line.
fn drawn(text: &str, (rows, columns): (u16, u16)) -> String {
    let (rows, columns) = (usize::from(rows), usize::from(columns));
    let lines = text.lines().map(|it| truncate_str(it, columns, "…"));
    let lines = lines.take(rows.saturating_sub(1));
    let lines: String = lines.map(|it| format!("{it}\n")).collect();
    format!("\x1b[H\x1b[J{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_fits_on_the_screen() {
        let text = "one\nlonger than the screen\nthree\nfour\n";
        assert_eq!(drawn(text, (4, 8)), "\x1b[H\x1b[Jone\nlonger …\nthree\n");
        assert_eq!(drawn("one\n", (24, 80)), "\x1b[H\x1b[Jone\n");
    }
}
