//! The host: it owns the world and the clock, and runs for as long as you edit the rules.

use std::thread;
use std::time::{Duration, Instant};

use world::World;

/// The time between two steps of the simulation, however fast the machine is.
const STEP: Duration = Duration::from_millis(20);

/// How many steps there are to a line: a second's.
const STEPS_A_LINE: usize = 50;

#[hotmod::main]
fn main() {
    let mut world = World::new();
    let mut next = Instant::now();
    loop {
        for _ in 0..STEPS_A_LINE {
            rules::step(&mut world, STEP.as_secs_f64());
            // After a pause the simulation goes on from where it was.
            next = (next + STEP).max(Instant::now());
            thread::sleep(next - Instant::now());
        }
        println!("{}", rules::line(&world));
    }
}
