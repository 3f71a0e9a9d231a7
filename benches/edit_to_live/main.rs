//! From a save to the first answer from the new code, against what rustc alone takes.
//!
//! `cargo bench --bench edit_to_live` generates the workload (an axum host, a reloadable crate
//! `screens` of 3,000 lines on a reloadable base crate `widgets` of 2,000), runs a session,
//! edits, and polls the page every 5 ms. After each edit the recorded rustc command of the edited
//! crate is run again, with incremental state of its own, nothing linked or loaded: *Y*, the
//! yardstick. What counts is the ratio of the two, pair by pair; times drift with the machine.
//!
//! `EDITS=30` changes the number of edits.

mod client;
mod session;
mod workload;
mod yardstick;

use std::io::Write as _;
use std::time::{Duration, Instant};

use session::Session;
use workload::Workload;
use yardstick::Yardstick;

fn main() {
    let edits: u32 = std::env::var("EDITS").map_or(15, |text| text.parse().expect("a number"));
    let workload = Workload::generate();
    let mut session = Session::start(&workload);
    let mut rows = Vec::new();
    for (what, crate_name) in [("leaf `screens`", "screens"), ("base `widgets`", "widgets")] {
        let yardstick = Yardstick::of(&workload, crate_name);
        let mut samples = Vec::new();
        // The first edit makes incremental state, on both sides.
        for number in 0..=edits {
            let marker = workload.edit(crate_name, number);
            let begun = Instant::now();
            session.client.wait_for(&marker);
            let answered = begun.elapsed();
            let live = session.wait_for_live();
            let alone = yardstick.run();
            if number > 0 {
                samples.push(Sample {
                    answered,
                    alone,
                    phases: ["detect", "compile", "link", "swap", "total"]
                        .map(|phase| live["ms"][phase].as_f64().unwrap_or(f64::NAN)),
                });
            }
        }
        rows.push((what, samples));
    }
    report(&rows);
}

/// One edit.
struct Sample {
    answered: Duration,
    alone: Duration,
    /// Detect, compile, link, swap and all of it, as the tool says, in milliseconds.
    phases: [f64; 5],
}

fn report(rows: &[(&str, Vec<Sample>)]) {
    let mut out = std::io::stdout().lock();
    let line = "| edit | rustc alone (Y) | save to answer | ratio | detect | compile | link | swap | live |";
    writeln!(out, "{line}\n|---|--:|--:|--:|--:|--:|--:|--:|--:|").expect("stdout");
    for (what, samples) in rows {
        let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
        let of = |value: &dyn Fn(&Sample) -> f64| median(samples.iter().map(value).collect());
        let phases: String = (0..5)
            .map(|phase| format!(" {:.0} |", of(&|it| it.phases[phase])))
            .collect();
        writeln!(
            out,
            "| {what} | {:.0} ms | {:.0} ms | {:.2} |{phases}",
            of(&|it| ms(it.alone)),
            of(&|it| ms(it.answered)),
            of(&|it| it.answered.as_secs_f64() / it.alone.as_secs_f64()),
        )
        .expect("stdout");
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
