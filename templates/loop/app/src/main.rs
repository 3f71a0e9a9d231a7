//! The host: it owns the world and the clock, and keeps running while you edit the rules.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use world::World;

/// The fixed time step of the simulation, independent of the machine's speed.
const STEP: Duration = Duration::from_millis(20);

/// Prints one line per second.
const STEPS_PER_LINE: usize = 50;

#[hotmod::main]
fn main() {
    // Under `cargo hotmod run`, the world survives restarts.
    let world = hotmod::carry("world", || Mutex::new(World::new()));
    let mut next = Instant::now();
    loop {
        for _ in 0..STEPS_PER_LINE {
            rules::step(&mut world.lock().unwrap(), STEP.as_secs_f64());
            // After a pause, the simulation continues where it was.
            next = (next + STEP).max(Instant::now());
            thread::sleep(next - Instant::now());
        }
        println!("{}", rules::line(&world.lock().unwrap()));
    }
}
