//! First calls, and the reporter that must hear of each.

use std::sync::OnceLock;

use loom::sync::Arc;
use loom::thread;

use super::called::Target;

/// An address in the program. A function may have several.
fn target() -> *const () {
    static ADDRESS: u8 = 0;
    (&raw const ADDRESS).cast()
}

fn place() -> Target {
    Target::new(target())
}

#[test]
fn the_reporter_sees_each_place_that_was_called() {
    loom::model(|| {
        let places = Arc::new([place(), place()]);
        let reporter = Arc::new(OnceLock::new());
        assert!(reporter.set(thread::current()).is_ok());
        let calls: Vec<_> = (0..2)
            .map(|place| {
                let (places, reporter) = (Arc::clone(&places), Arc::clone(&reporter));
                thread::spawn(move || {
                    // The second one only looks.
                    assert_eq!(places[place].call(&reporter), target());
                    assert_eq!(places[place].call(&reporter), target());
                })
            })
            .collect();
        // A wake-up that is lost is a deadlock, which loom reports.
        while !places.iter().all(Target::is_called) {
            thread::park();
        }
        for call in calls {
            call.join().unwrap();
        }
    });
}
