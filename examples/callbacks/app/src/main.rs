//! Callbacks and trait objects that the program keeps.

use std::thread::sleep;
use std::time::Duration;

#[hotmod::main]
fn main() {
    // A handle always calls the newest version of the function.
    let clicked: Box<dyn Fn(u32) -> String> = Box::new(hotmod::live!(drawing::clicked));

    // Closures and trait objects that a reloadable crate makes keep the code with which they were made. So they are
    // made again after each reload.
    let mut generation = hotmod::generation();
    let mut tools = drawing::tools();
    loop {
        if generation != hotmod::generation() {
            generation = hotmod::generation();
            tools = drawing::tools();
        }
        println!("{}", clicked(1));
        for tool in &tools {
            println!("{}", tool.name());
        }
        sleep(Duration::from_millis(200));
    }
}
