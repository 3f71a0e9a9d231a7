//! Frames that begin while a generation is set up and published.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::frames::Frames;

/// Loads a generation, until a frame begins or it is taken back.
fn load(frames: &Frames, live: &AtomicUsize) {
    if frames.may_set_up(&mut || {}) {
        frames.publish(&mut || {}, || live.store(1, Ordering::Relaxed));
    }
}

#[test]
fn nothing_goes_live_within_a_frame() {
    loom::model(|| {
        let frames = Arc::new(Frames::new());
        let live = Arc::new(AtomicUsize::new(0));
        let is_over = Arc::new(AtomicBool::new(false));
        let loader = {
            let (frames, live, is_over) =
                (Arc::clone(&frames), Arc::clone(&live), Arc::clone(&is_over));
            thread::spawn(move || {
                load(&frames, &live);
                is_over.store(true, Ordering::Relaxed);
            })
        };
        for _ in 0..2 {
            frames.advance(|| true);
            let begin = live.load(Ordering::Relaxed);
            thread::yield_now();
            assert_eq!(
                begin,
                live.load(Ordering::Relaxed),
                "it went live within the frame"
            );
        }
        // The tool takes back what waits.
        while !is_over.load(Ordering::Relaxed) {
            frames.take_back();
            frames.advance(|| true);
            thread::yield_now();
        }
        loader.join().unwrap();
    });
}

#[test]
fn a_frame_has_what_went_live_when_it_began() {
    loom::model(|| {
        let frames = Arc::new(Frames::new());
        frames.advance(|| true);
        let live = Arc::new(AtomicUsize::new(0));
        let loader = {
            let (frames, live) = (Arc::clone(&frames), Arc::clone(&live));
            thread::spawn(move || load(&frames, &live))
        };
        // Until the frame that the loader waits for.
        while live.load(Ordering::Relaxed) == 0 {
            frames.advance(|| true);
            thread::yield_now();
        }
        loader.join().unwrap();
        frames.advance(|| true);
    });
}
