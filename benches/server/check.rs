//! The cost of the check against a clean build after an edit of items.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::support::session::Session;
use super::support::table::Table;
use super::support::{median, number};
use super::workspace::Server;

const FILE: &str = "notes/src/lib.rs";
const BODY: [&str; 2] = ["\"{} notes\"", "\"{} notes in all\""];

/// A check, and a reload that cancels the next one.
struct Sample {
    took: Duration,
    processor: Duration,
    idle: f64,
    busy: f64,
}

pub(crate) fn check(server: &Server, session: &mut Session) {
    let original = server.workspace().read(FILE);
    let save = |items: u64, body: usize, session: &mut Session| {
        let item = |n| {
            format!(
                "\npub struct Extra{n};\n\nimpl Clone for Extra{n} {{\n    fn clone(&self) -> Self {{\n        \
                 Extra{n}\n    }}\n}}\n"
            )
        };
        let items: String = (0..items).map(item).collect();
        let text = original.replace(BODY[0], BODY[body]) + &items;
        server.workspace().write(FILE, &text);
        session.wait_for_live().ms.total
    };
    let mut samples = Vec::new();
    for index in 0..number("EDITS", 4) {
        let count = 2 * u64::from(index) + 1;
        save(count, 0, session);
        let (begun, before) = (Instant::now(), processor_time(session.pid()));
        session.wait_for_comparison();
        let (took, after) = (begun.elapsed(), processor_time(session.pid()));
        sleep(Duration::from_secs(1));
        let idle = save(count, 1, session);
        save(count + 1, 1, session);
        // The check runs.
        sleep(took / 2);
        let busy = save(count + 1, 0, session);
        session.wait_for_comparison();
        samples.push(Sample {
            took,
            processor: after.saturating_sub(before),
            idle,
            busy,
        });
    }
    let all = |of: fn(&Sample) -> f64| median(samples.iter().map(of));
    let table = Table::new(&[
        "check against a clean build",
        "its processor time",
        "a reload while idle",
        "a reload that cancels it",
    ]);
    table.row(&[
        format!("{:.1} s", all(|it| it.took.as_secs_f64())),
        format!("{:.1} s", all(|it| it.processor.as_secs_f64())),
        format!("{:.0} ms", all(|it| it.idle)),
        format!("{:.0} ms", all(|it| it.busy)),
    ]);
}

/// The processor time of the processes that the tool started and that have ended, in the fields of
/// `proc_pid_stat(5)` after the program's name.
fn processor_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields[13..15]
        .iter()
        .filter_map(|it| it.parse::<u64>().ok())
        .sum();
    // `sysconf(_SC_CLK_TCK)` is 100 on every Linux that has the file.
    Duration::from_millis(10 * ticks)
}
