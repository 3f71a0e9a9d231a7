//! The swap: a writer and two readers.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::published::Published;

/// A generation, as far as a reader can tell two of them apart.
struct Generation {
    number: usize,
    /// Stands for a table of targets: written before the generation is published.
    targets: [AtomicUsize; 2],
}

fn generation(number: usize) -> &'static Generation {
    let generation = Box::leak(Box::new(Generation {
        number,
        targets: [AtomicUsize::new(0), AtomicUsize::new(0)],
    }));
    for target in &generation.targets {
        target.store(number, Ordering::Relaxed);
    }
    generation
}

#[test]
fn a_reader_sees_whole_generations_in_order() {
    loom::model(|| {
        let live = Arc::new(Published::new(generation(0)));
        // The slot's index, which the start of the host writes before another one is published.
        let slot = Arc::new(AtomicUsize::new(usize::MAX));
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (live, slot) = (Arc::clone(&live), Arc::clone(&slot));
                thread::spawn(move || {
                    let mut last = 0;
                    for _ in 0..2 {
                        let generation: &Generation = live.get();
                        if generation.number == 0 {
                            assert_eq!(last, 0, "a published generation is gone");
                            continue;
                        }
                        assert_eq!(slot.load(Ordering::Relaxed), 1, "an index is missing");
                        assert!(generation.number >= last, "a generation came back");
                        for target in &generation.targets {
                            assert_eq!(target.load(Ordering::Relaxed), generation.number);
                        }
                        last = generation.number;
                    }
                })
            })
            .collect();
        slot.store(1, Ordering::Relaxed);
        live.publish(generation(1));
        live.publish(generation(2));
        for reader in readers {
            reader.join().unwrap();
        }
        assert_eq!(live.get().number, 2);
    });
}
