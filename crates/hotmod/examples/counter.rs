//! A program that shows most of the API: `cargo run -p hotmod --example counter`.
//!
//! It is one file so that it runs anywhere, and `page` stands for a reloadable crate. In a workspace,
//! move it to a crate of its own, mark that crate as reloadable, and start the program with
//! `cargo hotmod run`. Edits of the crate then show in the running program.

#![allow(clippy::print_stdout, reason = "it is a program")]

mod page {
    #![allow(unreachable_pub, reason = "a crate of its own would export it")]

    use std::sync::atomic::{AtomicU32, Ordering};

    hotmod::keep! {
        /// Keeps its value over reloads. A plain `static` starts again with each generation.
        static VISITS: AtomicU32 = AtomicU32::new(0);
    }

    /// An entry point: calls from the program reach the newest code.
    #[hotmod::hot]
    pub fn show(name: &str) -> String {
        let visit = VISITS.fetch_add(1, Ordering::Relaxed) + 1;
        format!("hello, {name}, this is visit {visit}")
    }

    /// Runs before a generation goes live. After an error, the old code stays.
    #[hotmod::setup]
    fn begin() -> Result<(), String> {
        match std::env::var_os("PATH") {
            Some(_) => Ok(()),
            None => Err("the page needs `PATH`".to_owned()),
        }
    }

    /// Runs when the generation is no longer live.
    #[hotmod::teardown]
    fn end() {}
}

#[hotmod::main]
fn main() {
    hotmod::on_reload(|generation| println!("generation {generation} is live"));

    // Calls the newest code for as long as the program runs, as the routes of a server should.
    let show = hotmod::live!(page::show);
    println!("{}", show("ada"));

    // Both calls run in one generation, even if a reload comes between them.
    let _pin = hotmod::enter();
    println!("{} and {}", page::show("bob"), page::show("eve"));

    let generation = hotmod::generation();
    println!(
        "generation {generation}, in a session: {}",
        hotmod::is_live()
    );
}
