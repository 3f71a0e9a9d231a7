//! What the page shows: numbers as text, and places as percentages.

use serde::Serialize;

use crate::report::Comparison;

use super::chart::Chart;
use super::numbers::{clock, duration, number, percentile, scale, text};
use super::rounds::{Background, End, MOST, Round, Rounds, Stage, Work};

#[cfg(test)]
mod tests;

/// The stages of a reload, and those of a start, as columns.
const OF_RELOADS: [Stage; 5] = [
    Stage::Detect,
    Stage::Compile,
    Stage::Link,
    Stage::Check,
    Stage::Swap,
];
const OF_STARTS: [Stage; 3] = [Stage::Detect, Stage::Build, Stage::Start];

/// The data of the page.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    host: &'a str,
    /// The time of the beginning.
    begun: &'a str,
    /// The time since the beginning.
    age: String,
    has_ended: bool,
    /// How many rounds are shown, if there were more.
    shown: Option<usize>,
    tables: Vec<Table<'a>>,
    chart: Option<Chart>,
}

/// The rounds of one kind.
#[derive(Debug, Serialize)]
struct Table<'a> {
    title: &'static str,
    counts: String,
    /// Whether there are columns for crates.
    has_crates: bool,
    columns: Vec<&'static str>,
    /// The stages of those that ended well, together.
    shares: Vec<Share>,
    percentiles: Vec<Percentile>,
    /// Where bars are cut off.
    scale: String,
    /// The newest first.
    rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Share {
    stage: &'static str,
    percent: f64,
    text: String,
}

/// A row above the others.
#[derive(Debug, Serialize)]
struct Percentile {
    name: &'static str,
    times: Vec<String>,
    total: String,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    at: String,
    edited: &'a [String],
    outcome: String,
    tone: &'static str,
    reason: &'a str,
    crates: Vec<Crate<'a>>,
    times: Vec<String>,
    total: String,
    bar: Vec<Segment>,
    /// Whether the bar is too long.
    is_cut: bool,
    background: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Crate<'a> {
    name: &'a str,
    is_delta: bool,
}

/// A part of a bar, in percent of its width.
#[derive(Debug, Serialize)]
struct Segment {
    class: &'static str,
    left: f64,
    width: f64,
}

impl<'a> Page<'a> {
    pub(super) fn new(rounds: &'a Rounds, begun: &'a str, age: f64) -> Self {
        let all = || rounds.rounds.iter();
        let (reloads, starts): (Vec<_>, Vec<_>) = all().partition(|it| !it.is_start());
        let reloads = Table::new("Reloads", &OF_RELOADS, &reloads);
        let starts = Table::new("Starts and restarts", &OF_STARTS, &starts);
        Page {
            host: &rounds.host,
            begun,
            age: clock(age),
            has_ended: rounds.has_ended,
            shown: rounds.has_forgotten.then_some(MOST),
            chart: Chart::new(&Vec::from_iter(all())),
            tables: [reloads, starts].into_iter().flatten().collect(),
        }
    }
}

impl Round {
    /// Whether its times count for the percentiles. The first start is like no other.
    fn counts(&self) -> bool {
        matches!(self.end, End::Live { .. } | End::Restarted)
    }

    /// What is said of its end, and the class of that.
    fn outcome(&self) -> (String, &'static str) {
        match self.end {
            End::Live { generation } => (format!("gen {generation}"), "good"),
            End::Started => ("started".to_owned(), "good"),
            End::Restarted => ("restarted".to_owned(), "notable"),
            End::Built => ("built".to_owned(), "good"),
            End::Nothing => ("nothing".to_owned(), "dim"),
            End::Refused => ("refused".to_owned(), "bad"),
            End::Failed => ("failed".to_owned(), "bad"),
            End::Interrupted => ("interrupted".to_owned(), "dim"),
        }
    }
}

impl<'a> Table<'a> {
    /// None without rounds.
    fn new(title: &'static str, columns: &'static [Stage], rounds: &[&'a Round]) -> Option<Self> {
        if rounds.is_empty() {
            return None;
        }
        let counted: Vec<&Round> = rounds.iter().filter(|it| it.counts()).copied().collect();
        let failed = rounds.iter().filter(|it| it.is_failed()).count();
        let counts = match failed {
            0 => format!("{}", rounds.len()),
            failed => format!("{} · {failed} failed", rounds.len()),
        };
        let scale = scale(rounds);
        let percentiles = [("p50", 50), ("p90", 90)];
        let percentiles = percentiles.map(|(name, percent)| Percentile {
            name,
            times: columns
                .iter()
                .map(|stage| {
                    let times = counted.iter().map(|it| it.time(*stage).unwrap_or(0.0));
                    text(percentile(times, percent))
                })
                .collect(),
            total: text(percentile(counted.iter().map(|it| it.total()), percent)),
        });
        let is_any = !counted.is_empty();
        Some(Table {
            title,
            counts,
            has_crates: columns.contains(&Stage::Link),
            columns: columns.iter().map(|it| it.name()).collect(),
            shares: shares(&counted),
            percentiles: percentiles.into_iter().filter(|_| is_any).collect(),
            scale: duration(scale),
            rows: rounds
                .iter()
                .rev()
                .map(|it| row(it, columns, scale))
                .collect(),
        })
    }
}

fn row<'a>(round: &'a Round, columns: &[Stage], scale: f64) -> Row<'a> {
    let (outcome, tone) = round.outcome();
    let crates = round.crates.iter().map(|name| Crate {
        name,
        is_delta: round.deltas.contains(name),
    });
    Row {
        at: clock(round.begin),
        edited: &round.edited,
        outcome,
        tone,
        // Else the files say it.
        reason: match round.end {
            End::Live { .. } if !round.edited.is_empty() => "",
            _ => &round.reason,
        },
        crates: crates.collect(),
        times: columns.iter().map(|it| text(round.time(*it))).collect(),
        total: number(round.total()),
        bar: bar(round, scale),
        is_cut: round.total() > scale,
        background: round.background.iter().map(Background::text).collect(),
    }
}

/// The stages one after the other, and what was done in the background where it was done.
fn bar(round: &Round, scale: f64) -> Vec<Segment> {
    let percent = |ms: f64| (ms / scale * 1000.0).round() / 10.0;
    let mut begin = 0.0;
    let last = round.stages.len().saturating_sub(1);
    let stages = round.stages.iter().enumerate();
    let stages = stages.map(|(number, (stage, ms))| {
        let left = begin;
        begin += ms;
        let class = match round.is_failed() && number == last {
            true => "failed",
            false => stage.name(),
        };
        (class, left, *ms)
    });
    let stages: Vec<_> = stages.collect();
    let background = round.background.iter();
    let background = background.map(|it| ("background", it.begin - round.begin, it.ms));
    let visible = stages.into_iter().chain(background);
    let visible = visible.filter(|(_, left, ms)| *left < scale && *ms > 0.0);
    let segments = visible.map(|(class, left, ms)| Segment {
        class,
        left: percent(left),
        width: percent(ms.min(scale - left)),
    });
    segments.collect()
}

impl Background {
    fn text(&self) -> String {
        let what = match self.what {
            Work::Compilation => "full compilation",
            Work::Comparison => "check against a clean build",
        };
        let outcome = match self.outcome {
            Comparison::Different => ": different code",
            Comparison::Failed => ": failed",
            Comparison::Same | Comparison::Skipped => "",
        };
        match self.ms {
            0.0 => format!("{what}{outcome}"),
            ms => format!("{what} {}{outcome}", duration(ms)),
        }
    }
}

/// Which part of the whole time each stage took.
fn shares(rounds: &[&Round]) -> Vec<Share> {
    let mut times: Vec<(Stage, f64)> = Vec::new();
    for (stage, ms) in rounds.iter().flat_map(|it| &it.stages) {
        match times.iter_mut().find(|it| it.0 == *stage) {
            Some((_, sum)) => *sum += ms,
            None => times.push((*stage, *ms)),
        }
    }
    let whole: f64 = times.iter().map(|it| it.1).sum();
    let shares = times.into_iter().map(|(stage, ms)| {
        let percent = ms / whole * 100.0;
        Share {
            stage: stage.name(),
            percent: (percent * 10.0).round() / 10.0,
            text: match percent {
                ..0.5 => "< 1 %".to_owned(),
                percent => format!("{percent:.0} %"),
            },
        }
    });
    shares.collect()
}
