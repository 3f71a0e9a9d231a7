//! A random walk through all that can happen to a session.
//!
//! The world performs what the core asks for and checks the promises at each step. It needs no second
//! state machine beside it as a reference, so a sequence of numbers is all there is to generate, and
//! to shrink: each names one of the things that can happen at that moment.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use hotmod_protocol::Saved;
use proptest::bool::weighted;
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::control::Request;
use crate::decide::{Action, Cause};

use super::tables::{different, failed_check, failure, not_carried, policy};
use super::world::*;
use super::*;

const WALKS: u32 = 1000;
const STEPS: usize = 200;
/// How many things may be left to end when nothing more happens.
const REST: usize = 1000;

/// One thing that happens, as a number says.
fn happen(world: &mut World, number: u16) {
    let (what, how) = (number % 64, u64::from(number / 64));
    // Mostly the one that can be reloaded: restarts cut many things short.
    let file = match how % 16 {
        0 => MANIFEST,
        1 => MODEL,
        2 => WORDS,
        _ => PAGE,
    };
    // Few contents, so that what is saved is often what was there before.
    let content = 1 + (how / 16) % SUSPECTED;
    match what {
        0 => stop(world, how),
        1..10 if file == MODEL => {
            world.is_same_host = how / 16 % 2 == 0;
            world.save(file, content);
        }
        1..10 => world.save(file, content),
        10 => world.save(file, EMPTY),
        11 => world.write(file, content),
        12 if how % 4 == 0 => world.ask(Request::Rollback),
        12 if how % 4 == 1 => world.roll_back(),
        12 => world.touch(file),
        13 if how % 4 == 0 => {
            world.write_test();
            world.notice_test();
        }
        13 if how % 4 == 1 => world.write_test(),
        13 => world.new_file(),
        14 if how % 4 == 0 => world.overflow(),
        14 => world.flicker(file, content),
        15..18 => world.pass(Duration::from_millis(how)),
        18..27 => {
            choose_delta(world, how);
            go_on(world);
        }
        27..30 => stop(world, how),
        30..33 => world.read_late(),
        33..35 => world.join(),
        35..37 => {
            choose_delta(world, how);
            world.go_live();
        }
        37..39 => {
            world.tick();
        }
        39..43 => {
            choose_delta(world, how);
            world.check_finds = how.is_multiple_of(3).then(failed_check);
            world.end_build();
        }
        43 => world.reply(Reply::Refused("no".to_owned().into())),
        44 if how % 2 == 0 => world.wait_for_frame(),
        44 => world.reply(Reply::Doubtful),
        45 => world.reply(Reply::Contract("contract".to_owned().into())),
        46 => world.reply(Reply::WrongBuild),
        47 if world.has_joined() && how % 2 == 0 => world.host(HostInput::Left),
        47 if world.has_offer() => world.host(HostInput::Unreachable("lost".to_owned().into())),
        48 if world.has_host() => world.exit(how % 2 == 0),
        49 => world.adopt(),
        50 => world.exec(),
        51 => world.act(Action::Reload),
        52 if how % 4 == 0 => world.restart_fresh(),
        52 => world.act(Action::Restart),
        53 => world.toggle_pause(),
        54 => world.ask(Request::Wait),
        55 => world.ask(Request::WaitChecked),
        56 => world.ask(Request::Reload),
        57 if how % 4 == 0 => world.ask(Request::RestartFresh),
        57 => world.ask(Request::Restart),
        58..60 => world.notice_cookie(),
        60 => {
            world.fit = Some(match how % 3 {
                0 => Fit::No(Cause::Misfit, "misfit".to_owned().into()),
                1 => Fit::Unknown,
                _ => Fit::Damaged("damaged".to_owned().into()),
            });
        }
        61 => {
            let failure = || failure("the disk is full");
            world.group_failure = Some(match how % 3 {
                0 => GroupFailure::Sources(failure()),
                1 => GroupFailure::Other(failure()),
                _ => GroupFailure::Restart(Cause::Unlinkable, "unlinkable".to_owned().into()),
            });
        }
        62 => {
            let failure = || failure("no script");
            world.scripts = Some(match how % 3 {
                0 => ScriptsEnd::Failed(Ok(failure())),
                1 => ScriptsEnd::Failed(Err(failure())),
                _ => ScriptsEnd::Changed("other output".to_owned().into()),
            });
        }
        63 => match how % 12 {
            0 => world.compared = Some(Ok("other code".to_owned().into())),
            1 => world.compared = Some(Err(failure("no host"))),
            2..4 => world.reply_to_another_offer(),
            4..6 => world.can_start = how % 2 == 0,
            6..9 => world.find_new_code(),
            _ => world.call(how % 2 == 0),
        },
        _ => {}
    }
}

/// Says what the next generation has, and what the full compilation says of the live one.
fn choose_delta(world: &mut World, how: u64) {
    world.is_delta = how.is_multiple_of(2);
    world.follow_end = match how / 2 % 8 {
        0..2 => Some(different()),
        2 => Some(FollowEnd::Failed(failure("no room"))),
        3 => Some(FollowEnd::Unknown),
        _ => None,
    };
}

/// Something happens that is about the end of a host, or about the values that the next one begins to read.
fn stop(world: &mut World, how: u64) {
    let name = || {
        if how.is_multiple_of(3) {
            "value"
        } else {
            "other"
        }
        .to_owned()
    };
    let is_host = world.has_host() && world.core.runs();
    match how % 16 {
        0 => world.stops_slowly = !world.stops_slowly,
        1 | 2 => world.say(HostInput::Ready { ends_itself: false }),
        3 => world.say(HostInput::Ready { ends_itself: true }),
        4..7 => world.say(HostInput::Saving),
        7 => world.successor_joins(),
        8 => world.successor_ends(),
        9 => world.successor_waits(),
        10 if is_host => world.say(HostInput::FirstValue),
        11 => world.say(HostInput::Saved(Saved {
            names: vec!["value".to_owned(), "other".to_owned()],
            failed: Vec::new(),
        })),
        12 => world.say(HostInput::Saved(Saved::default())),
        13 if is_host => world.say(HostInput::ReadBegan),
        14 if is_host => world.say(HostInput::ValueRead {
            name: name(),
            dropped: Vec::new(),
        }),
        15 if is_host => world.say(HostInput::Reset(not_carried(&name()))),
        _ => {}
    }
}

/// What is under way comes to its end. Returns whether there was something.
fn go_on(world: &mut World) -> bool {
    if world.is_building() {
        world.end_build();
    } else if world.has_host() && !world.has_joined() {
        world.join();
    } else if world.has_offer() {
        world.go_live();
    } else if world.successor == Some(false) {
        world.successor_joins();
    } else if world.successor.is_some() && world.core.awaits_successor() {
        world.successor_waits();
    } else {
        return world.tick();
    }
    true
}

/// Whatever is under way comes to its end, and nothing else happens.
fn come_to_rest(world: &mut World) {
    for _ in 0..REST {
        world.fit = None;
        world.group_failure = None;
        world.scripts = None;
        world.compared = None;
        choose_delta(world, 9);
        world.notice_cookie();
        world.read_late();
        if !go_on(world) {
            return world.assert_at_rest();
        }
    }
    panic!("it never comes to rest: {:?}", world.core);
}

fn walk(world: &mut World, numbers: &[u16]) {
    world.promises.trigger();
    world.step(Input::Begin);
    for (step, number) in numbers.iter().enumerate() {
        happen(world, *number);
        // Now and then everything comes to an end.
        if step % 50 == 49 {
            come_to_rest(world);
        }
    }
    // Somebody makes it good again, and then that is what runs.
    world.can_start = true;
    if world.core.is_paused() {
        world.toggle_pause();
    }
    come_to_rest(world);
    for file in 0..FILES.len() {
        world.save(file, 9);
    }
    come_to_rest(world);
    world.ask(Request::Restart);
    come_to_rest(world);
    assert!(world.is_live(), "{:?}", world.core);
}

#[test]
fn whatever_happens_the_promises_are_kept() {
    let config = Config {
        cases: std::env::var("PROPTEST_CASES")
            .map_or(WALKS, |cases| cases.parse().expect("a number of cases")),
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let policies = (
        weighted(0.8),
        weighted(0.1),
        0..3u8,
        weighted(0.5),
        weighted(0.5),
    );
    let walked = runner.run(
        &(policies, vec(0..u16::MAX, STEPS)),
        |(policies, numbers)| {
            walk(&mut world(policies), &numbers);
            Ok(())
        },
    );
    if let Err(TestError::Fail(reason, (policies, numbers))) = walked {
        let mut world = world(policies);
        world.is_traced = true;
        let _ = catch_unwind(AssertUnwindSafe(|| walk(&mut world, &numbers)));
        panic!("{policies:?}: {reason}\n{}", world.log.join("\n"));
    }
}

fn world(
    (may_restart, waits_for_host, handover, stops_slowly, checks): (bool, bool, u8, bool, bool),
) -> World {
    let mut world = World::new(Policy {
        checks,
        handover: match (waits_for_host, handover) {
            (true, _) | (false, 0) => Handover::AfterEnd,
            (false, 1) => Handover::AtMain,
            (false, _) => Handover::AtFirstCarried,
        },
        ..policy(may_restart, waits_for_host)
    });
    world.stops_slowly = stops_slowly;
    world
}
