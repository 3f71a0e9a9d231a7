//! The swap itself, over prebuilt builds: a host under a fake tool is offered libraries that a
//! real session built, as often as a test likes.

mod offers;
mod prebuilt;
mod soak;

use hotmod_testkit::Puppet;

use prebuilt::PREBUILT;

fn start() -> Puppet {
    Puppet::start(&PREBUILT.host)
}

/// What all calls of the host answer while one generation is live.
fn assert_live(puppet: &mut Puppet, build: u32, generation: u32) {
    let mark = format!("({build}, {generation})");
    assert_eq!(puppet.ask("ask"), format!("{mark} {mark}"));
    assert_eq!(puppet.ask("thread"), format!("({mark}, {generation})"));
    assert_eq!(puppet.ask("generation"), format!("{generation} true"));
}

#[test]
fn the_first_swap_happens_during_a_call_a_thousand_times() {
    let one = &PREBUILT.builds[0];
    for _ in 0..1000 {
        let mut puppet = start();
        assert_eq!(puppet.ask("begin"), "true");
        assert_eq!(puppet.ask("span"), "inside");
        assert_eq!(puppet.make_live(one), 1);
        // All marks of both crates, before and after the swap.
        assert_eq!(puppet.ask("on"), "[(0, 0)]");
        assert_eq!(puppet.ask("finish"), "[(0, 0)]");
        assert_eq!(puppet.ask("ask"), "(1, 1) (1, 1)");
    }
}

#[test]
fn calls_in_flight_end_in_their_generation() {
    let mut puppet = start();
    assert_live(&mut puppet, 0, 0);
    let mut before = (0, 0);
    for (build, library) in (1..).zip(&PREBUILT.builds) {
        assert_eq!(puppet.ask("begin"), "true");
        assert_eq!(puppet.ask("span"), "inside");
        let now = (build, puppet.make_live(library));
        assert_eq!(puppet.ask("on"), format!("[{before:?}]"));
        assert_eq!(puppet.ask("finish"), format!("[{before:?}]"));
        assert_live(&mut puppet, now.0, now.1);
        before = now;
    }
}

#[test]
fn a_future_is_dropped_by_its_own_generation() {
    let mut puppet = start();
    let mut before = (0, 0);
    for begin in ["begin", "begin-pinned"] {
        for (build, library) in (1..).zip(&PREBUILT.builds) {
            assert_eq!(puppet.ask(begin), "true");
            before = {
                let now = (build, puppet.make_live(library));
                assert_eq!(puppet.ask("drop"), "dropped");
                assert_eq!(puppet.ask("words"), format!("[{before:?}]"));
                now
            };
        }
    }
}

#[test]
fn a_panic_ends_the_call_and_its_pin() {
    let mut puppet = start();
    assert_eq!(puppet.ask("panic"), "true");
    puppet.make_live(&PREBUILT.builds[0]);
    assert_live(&mut puppet, 1, 1);
    assert_eq!(puppet.ask("panic"), "true");
    puppet.make_live(&PREBUILT.builds[1]);
    assert_live(&mut puppet, 2, 2);
}

#[test]
fn a_live_handle_made_in_generation_3_answers_from_generation_4() {
    let mut puppet = start();
    let [one, two, three] = &PREBUILT.builds[..] else {
        unreachable!()
    };
    for library in [one, two, three] {
        puppet.make_live(library);
    }
    assert_eq!(puppet.ask("keep"), "kept");
    assert_eq!(puppet.ask("handle"), "(3, 3) (3, 3) Ready((3, 3))");
    assert_eq!(puppet.make_live(one), 4);
    // The function itself, which the host kept too, is generation 3's for ever.
    let answer = puppet.ask("handle");
    assert!(answer.starts_with("(1, 4) (3, "), "{answer}");
    assert!(answer.ends_with(" Ready((1, 4))"), "{answer}");
    // Under a pin it goes where calls go.
    assert_eq!(puppet.ask("enter"), "entered");
    assert_eq!(puppet.make_live(two), 5);
    let answer = puppet.ask("handle");
    assert!(answer.starts_with("(1, 4) "), "{answer}");
    assert_eq!(puppet.ask("leave"), "left");
    let answer = puppet.ask("handle");
    assert!(answer.starts_with("(2, 5) "), "{answer}");
}

#[test]
fn a_pin_holds_until_the_last_guard_is_dropped() {
    let mut puppet = start();
    puppet.make_live(&PREBUILT.builds[0]);
    assert_eq!(puppet.ask("enter"), "entered");
    puppet.make_live(&PREBUILT.builds[1]);
    assert_eq!(puppet.ask("ask"), "(1, 1) (1, 1)");
    assert_eq!(puppet.ask("generation"), "1 true");
    // Another thread is not pinned.
    assert_eq!(puppet.ask("thread"), "((2, 2), 2)");
    assert_eq!(puppet.ask("enter"), "entered");
    assert_eq!(puppet.ask("leave"), "left");
    assert_eq!(puppet.ask("ask"), "(1, 1) (1, 1)");
    assert_eq!(puppet.ask("leave"), "left");
    assert_live(&mut puppet, 2, 2);
}

#[test]
fn two_calls_under_one_enter_are_answered_by_one_generation() {
    storm("enter");
}

#[test]
fn two_calls_under_one_pinned_on_a_current_thread_runtime_are_too() {
    storm("current-thread");
}

#[test]
fn two_calls_under_one_pinned_on_a_multi_thread_runtime_are_too() {
    storm("multi-thread");
}

/// 10,000 pairs of calls on each of four threads, while generations come one after the other.
fn storm(how: &str) {
    let mut puppet = start();
    assert_eq!(puppet.ask(&format!("storm {how} 10000")), "storm");
    let mut builds = PREBUILT.builds.iter().cycle();
    let told = loop {
        if let Some(told) = puppet.answer_so_far() {
            break told;
        }
        puppet.make_live(builds.next().unwrap());
    };
    let [calls, mixed, spanned, apart]: [u32; 4] = told
        .split(' ')
        .map(|pair| pair.split_once('=').unwrap().1.parse().unwrap())
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!((calls, mixed, spanned), (40_000, 0, 400), "{told}");
    // Without the pins this many would have been mixed.
    assert!(apart >= spanned, "{told}");
}

#[test]
fn a_host_that_cannot_start_threads_runs_without_its_session() {
    let mut puppet = Puppet::start_without_threads(&PREBUILT.host);
    assert_eq!(puppet.ask("generation"), "0 false");
    assert_eq!(puppet.ask("ask"), "(0, 0) (0, 0)");
    let said = puppet.stderr();
    let reason = "hotmod: this program can't join its session: ";
    assert!(said.starts_with(reason), "{said}");
}
