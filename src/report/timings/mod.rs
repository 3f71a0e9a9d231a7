//! `--timings`: a page that shows where the time of a session goes.
//!
//! The page is made from the session's events alone. It is replaced after each outcome, so that a browser
//! shows the current state when the user reloads it, and the last one after the session was killed. No
//! outcome waits for that: the page is written when the session has nothing else to do.

mod chart;
mod numbers;
mod page;
mod rounds;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use crate::base::atomic_file::write_whole;
use crate::discover::Plan;

use super::Event;
use page::Page;
use rounds::Rounds;

/// The page's file.
#[derive(Debug)]
pub(crate) struct Timings {
    path: PathBuf,
    /// The workspace's folder, which the names of files are relative to.
    root: PathBuf,
    /// The local time of the beginning.
    begun: String,
    rounds: Rounds,
    /// Whether there is more to show.
    is_due: bool,
    is_failing: bool,
}

impl Timings {
    /// The page of a session that begins now.
    pub(crate) fn of(plan: &Plan) -> Self {
        let now = jiff::Zoned::now();
        let name = format!(
            "{}-{}.html",
            plan.host.target,
            now.strftime("%Y%m%d-%H%M%S")
        );
        Timings {
            path: plan.directories().timings().join(name),
            root: plan.workspace_root.clone(),
            begun: now.strftime("%Y-%m-%d %H:%M").to_string(),
            rounds: Rounds::default(),
            is_due: false,
            is_failing: false,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes an event at a time since the session began.
    pub(super) fn take(&mut self, event: &Event, at: Duration) {
        self.is_due |= self.rounds.take(event, milliseconds(at), &self.root);
    }

    /// Writes the page if there is more to show.
    pub(super) fn settle(&mut self, age: Duration) -> io::Result<()> {
        if !std::mem::take(&mut self.is_due) {
            return Ok(());
        }
        let html = self.html(milliseconds(age));
        let written = html.and_then(|text| write_whole(&self.path, text.as_bytes()));
        let was_failing = std::mem::replace(&mut self.is_failing, written.is_err());
        // Report the first of several failures only.
        if was_failing { Ok(()) } else { written }
    }

    fn html(&self, age: f64) -> io::Result<String> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build();
        templates.set_syntax(syntax.map_err(io::Error::other)?);
        let name = "timings.html";
        let page = Serde(Page::new(&self.rounds, &self.begun, age));
        // By its ending, all that is put into it is escaped.
        let html = templates
            .add_template(name, include_str!("page.html"))
            .and_then(|()| templates.get_template(name))
            .and_then(|template| template.render(page));
        html.map_err(io::Error::other)
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
