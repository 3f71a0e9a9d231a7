//! The host of this benchmark. For each line on stdin it measures its calls, and prints `generation
//! threads held called direct call added`, in nanoseconds per call.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

const CALLS: u32 = 50_000;
const BATCHES: usize = 61;

/// What the functions of the reloadable crate do.
#[inline(never)]
pub fn direct(x: u64) -> u64 {
    (x << 1) ^ 1
}

/// Nanoseconds for each call of a batch. A function that takes a function would put one call more
/// around each in the dev profile.
macro_rules! batch {
    ($function:path) => {{
        let mut x = 1;
        let mut calls = 0;
        let begun = Instant::now();
        while calls < CALLS {
            x = $function(black_box(x));
            calls += 1;
        }
        black_box(x);
        begun.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
    }};
}

#[hotmod::main]
fn main() {
    for line in std::io::stdin().lines() {
        line.unwrap();
        for threads in [1, 2] {
            for held in [false, true] {
                measure(threads, held);
            }
        }
        println!();
    }
}

fn measure(threads: usize, held: bool) {
    let barrier = Barrier::new(threads);
    let batches: Vec<[f64; 3]> = std::thread::scope(|scope| {
        let of_thread = || {
            let _pin = held.then(hotmod::enter);
            barrier.wait();
            let batches =
                (0..BATCHES).map(|_| [batch!(direct), batch!(hot::entry), batch!(hot::unmarked)]);
            batches.collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(of_thread)).collect();
        let ended = running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        ended.collect()
    });
    let generation = hotmod::generation();
    let direct = median(batches.iter().map(|it| it[0]));
    for (index, called) in [(1, "entry"), (2, "unmarked")] {
        let call = median(batches.iter().map(|it| it[index]));
        let added = median(batches.iter().map(|it| it[index] - it[0]));
        println!("{generation} {threads} {held} {called} {direct:.1} {call:.1} {added:.1}");
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
