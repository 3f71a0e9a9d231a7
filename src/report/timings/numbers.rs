//! Numbers of the page, and how they are written.

use super::rounds::Round;

#[cfg(test)]
mod tests;

/// Where bars end, in milliseconds: those that take much longer than the others are cut off.
pub(super) fn scale(rounds: &[&Round]) -> f64 {
    let totals = || rounds.iter().map(|it| it.total());
    let most = percentile(totals(), 90).unwrap_or_default() * 1.25;
    let longest = totals().max_by(f64::total_cmp).unwrap_or_default();
    most.min(longest).max(1.0)
}

/// The time that this part of the times does not exceed.
pub(super) fn percentile(times: impl Iterator<Item = f64>, percent: usize) -> Option<f64> {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    let rank = (times.len() * percent).div_ceil(100);
    times.get(rank.saturating_sub(1)).copied()
}

/// Milliseconds in a column, which is empty without a time.
pub(super) fn text(ms: Option<f64>) -> String {
    ms.map(number).unwrap_or_default()
}

pub(super) fn number(ms: f64) -> String {
    match ms {
        ..9.95 => format!("{ms:.1}"),
        ms => format!("{ms:.0}"),
    }
}

pub(super) fn duration(ms: f64) -> String {
    match ms {
        ..999.5 => format!("{ms:.0} ms"),
        ..9_995.0 => format!("{:.2} s", ms / 1000.0),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// The time since the beginning of the session.
pub(super) fn clock(ms: f64) -> String {
    let seconds = (ms / 1000.0) as u64;
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match minutes / 60 {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{:02}:{seconds:02}", minutes % 60),
    }
}
