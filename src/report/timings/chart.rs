//! The chart of the page, as paths of SVG.

use std::fmt::Write as _;

use serde::Serialize;

use super::numbers::{clock, duration, scale};
use super::rounds::{Round, Stage};

/// The size of the chart, whose picture is stretched to the width of the page.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 100.0;

/// The reloads over the time of the session.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    /// When the host was built and started.
    pub(super) starts: String,
    /// The columns of each stage, as a path.
    stages: Vec<(&'static str, String)>,
    /// The columns of rounds that failed.
    pub(super) failed: String,
    /// Marks above the columns that are cut off.
    pub(super) cuts: String,
    background: String,
    scale: String,
    half: String,
    pub(super) times: Vec<String>,
}

impl Chart {
    /// None without reloads.
    pub(super) fn new(rounds: &[&Round]) -> Option<Self> {
        let reloads = rounds.iter().filter(|it| !it.is_start()).copied();
        let reloads: Vec<&Round> = reloads.collect();
        let longest = scale(Some(&*reloads).filter(|it| !it.is_empty())?);
        let ends = rounds.iter().flat_map(|round| {
            let background = round.background.iter().map(|it| it.begin + it.ms);
            background.chain([round.begin + round.total()])
        });
        let end = ends.max_by(f64::total_cmp)?.max(1.0);
        let mut chart = Chart {
            starts: String::new(),
            stages: Vec::new(),
            failed: String::new(),
            cuts: String::new(),
            background: String::new(),
            scale: duration(longest),
            half: duration(longest / 2.0),
            times: (0..=4)
                .map(|it| tick(end / 4.0 * f64::from(it), end))
                .collect(),
        };
        for round in rounds {
            chart.add(round, end, longest);
        }
        Some(chart)
    }

    fn add(&mut self, round: &Round, end: f64, scale: f64) {
        let across = |ms: f64| ms / end * WIDTH;
        // A round is short in a long session.
        let width = across(round.total()).max(3.0);
        let left = across(round.begin).min(WIDTH - width);
        for it in &round.background {
            let width = across(it.ms).max(1.0);
            column(&mut self.background, across(it.begin), 10.0, width, 10.0);
        }
        if round.is_start() {
            return column(&mut self.starts, left, HEIGHT, width, HEIGHT);
        }
        let mut below = 0.0;
        for (stage, ms) in &round.stages {
            let top = (below + ms).min(scale);
            let height = (top - below) / scale * HEIGHT;
            let bottom = HEIGHT - below / scale * HEIGHT;
            below = top;
            if height > 0.0 {
                let path = match round.is_failed() {
                    true => &mut self.failed,
                    false => self.path(*stage),
                };
                column(path, left, bottom, width, height);
            }
        }
        if round.total() > scale {
            let _ = write!(self.cuts, "M{left:.1} 6l{width:.1}-4v-2h-{width:.1}z");
        }
    }

    fn path(&mut self, stage: Stage) -> &mut String {
        let name = stage.name();
        let known = self.stages.iter().position(|it| it.0 == name);
        let index = known.unwrap_or_else(|| {
            self.stages.push((name, String::new()));
            self.stages.len() - 1
        });
        &mut self.stages[index].1
    }
}

fn column(path: &mut String, left: f64, bottom: f64, width: f64, height: f64) {
    // Writing to a string does not fail.
    let _ = write!(
        path,
        "M{left:.1} {bottom:.1}v-{height:.1}h{width:.1}v{height:.1}z"
    );
}

/// A time below the chart, which ends at `end`.
fn tick(ms: f64, end: f64) -> String {
    match end {
        ..10_000.0 => format!("{:.1} s", ms / 1000.0),
        _ => clock(ms),
    }
}
