//! The host of this benchmark. For each line on stdin it measures its calls, and prints `generation
//! threads held direct entry added`, in nanoseconds per call.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

const CALLS: u32 = 50_000;
const BATCHES: usize = 61;

/// What the entry point does.
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
    let batches: Vec<[f64; 2]> = std::thread::scope(|scope| {
        let of_thread = || {
            let _pin = held.then(hotmod::enter);
            barrier.wait();
            let batches = (0..BATCHES).map(|_| [batch!(direct), batch!(hot::entry)]);
            batches.collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(of_thread)).collect();
        let ended = running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        ended.collect()
    });
    let direct = median(batches.iter().map(|[direct, _]| *direct));
    let entry = median(batches.iter().map(|[_, entry]| *entry));
    let added = median(batches.iter().map(|[direct, entry]| entry - direct));
    let generation = hotmod::generation();
    println!("{generation} {threads} {held} {direct:.1} {entry:.1} {added:.1}");
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
