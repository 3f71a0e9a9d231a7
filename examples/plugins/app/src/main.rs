//! A program that lists what its plugins have registered.

use std::thread::sleep;
use std::time::Duration;

#[hotmod::main]
fn main() {
    loop {
        println!("{}", commands::names().join(" "));
        sleep(Duration::from_millis(200));
    }
}
