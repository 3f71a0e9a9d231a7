//! A value that is saved after the last request, and requests that are answered.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::gate::Gate;

#[test]
fn what_is_saved_has_the_effect_of_each_request_that_was_answered() {
    loom::model(|| {
        let gate = Arc::new(Gate::new());
        let value = Arc::new(AtomicUsize::new(0));
        let requests: Vec<_> = (0..2)
            .map(|_| {
                let (gate, value) = (Arc::clone(&gate), Arc::clone(&value));
                thread::spawn(move || {
                    let is_answered = gate.enter();
                    if is_answered {
                        value.fetch_add(1, Ordering::Relaxed);
                    }
                    gate.leave();
                    usize::from(is_answered)
                })
            })
            .collect();
        gate.close();
        while !gate.is_empty() {
            thread::yield_now();
        }
        let saved = value.load(Ordering::Relaxed);
        let answered: usize = requests.into_iter().map(|it| it.join().unwrap()).sum();
        assert_eq!(saved, answered);
    });
}
