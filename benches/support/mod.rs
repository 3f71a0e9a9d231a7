//! Code that the benchmarks share: a generated workspace, a session in it, and statistics.

// Each bench compiles this for itself, and uses its part of it.
#![allow(dead_code)]

pub(crate) mod client;
pub(crate) mod measure;
pub(crate) mod session;
pub(crate) mod sources;
pub(crate) mod table;
pub(crate) mod workspace;
pub(crate) mod yardstick;

/// A number from the environment, so that a run can be shorter.
pub(crate) fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

/// Times drift with the machine, and a few are far off: the median is what counts.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
