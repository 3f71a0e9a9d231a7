//! First calls, and the reporter that must hear of each.

use std::sync::OnceLock;

use loom::sync::Arc;
use loom::thread;

use super::called::Called;

#[test]
fn the_reporter_sees_each_place_that_was_called() {
    loom::model(|| {
        let places = Arc::new([Called::not_yet(), Called::not_yet()]);
        let reporter = Arc::new(OnceLock::new());
        assert!(reporter.set(thread::current()).is_ok());
        let calls: Vec<_> = (0..2)
            .map(|place| {
                let (places, reporter) = (Arc::clone(&places), Arc::clone(&reporter));
                thread::spawn(move || {
                    // The second one only looks.
                    places[place].note(&reporter);
                    places[place].note(&reporter);
                })
            })
            .collect();
        // A wake-up that is lost is a deadlock, which loom reports.
        while !places.iter().all(Called::is_set) {
            thread::park();
        }
        for call in calls {
            call.join().unwrap();
        }
    });
}
