//! The host of this benchmark, which waits for the saved code. For each line on stdin it prints
//! `median p99 most` of its calls, in microseconds. The line says what happens before each call.

use std::time::{Duration, Instant};

const CALLS: usize = 5000;
/// One call for each.
const PACE: Duration = Duration::from_millis(1);
/// Long enough for any answer.
const PATIENCE: Duration = Duration::from_secs(60);

#[hotmod::main]
fn main() {
    for line in std::io::stdin().lines() {
        let writes = match &*line.unwrap() {
            "nothing" => false,
            "write" => true,
            other => panic!("what is `{other}`?"),
        };
        // The first call of a process fetches the watches, and each thread has its first call.
        for _ in 0..100 {
            hotmod::settle(PATIENCE);
            std::thread::sleep(PACE);
        }
        let begun = Instant::now();
        let mut micros: Vec<f64> = Vec::new();
        for number in 1..=CALLS {
            let due = begun + PACE * u32::try_from(number).unwrap();
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if writes {
                std::fs::write("app/noise.txt", number.to_string()).unwrap();
            }
            let begun = Instant::now();
            let settled = hotmod::settle(PATIENCE);
            micros.push(begun.elapsed().as_secs_f64() * 1e6);
            assert!(matches!(settled, hotmod::Settled::Live { .. }), "{settled:?}");
        }
        micros.sort_by(f64::total_cmp);
        let at = |part: f64| micros[((CALLS - 1) as f64 * part) as usize];
        println!("{:.1} {:.1} {:.1}", at(0.5), at(0.99), at(1.0));
    }
}
