//! A random walk through all that can happen to a session.
//!
//! The world performs what the core asks for and checks the promises at each step. It needs no second
//! state machine beside it as a reference, so a sequence of numbers is all there is to generate, and
//! to shrink: each names one of the things that can happen at that moment.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use proptest::bool::weighted;
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::control::Request;
use crate::decide::{Action, Cause};

use super::tables::policy;
use super::world::*;
use super::*;

const WALKS: u32 = 500;
const STEPS: usize = 200;
/// How many things may be left to end when nothing more happens.
const REST: usize = 200;

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
        0 => match how % 6 {
            0 => world.stops_slowly = !world.stops_slowly,
            1 => world.say(HostInput::Ready { ends_itself: false }),
            2 => world.say(HostInput::Ready { ends_itself: true }),
            3 if how % 4 == 0 => world.say(HostInput::Saving),
            3 if how % 4 == 1 => world.successor_ends(),
            3 if how % 4 == 2 => world.successor_joins(),
            3 => world.say(HostInput::First),
            4 => world.say(HostInput::Saved {
                names: vec!["value".to_owned()],
                failed: Vec::new(),
            }),
            _ => world.say(HostInput::TookOver {
                name: "value".to_owned(),
                dropped: Vec::new(),
            }),
        },
        1..10 => world.save(file, content),
        10 => world.save(file, EMPTY),
        11 => world.write(file, content),
        12 => world.touch(file),
        13 => world.new_file(),
        14 if how % 4 == 0 => world.overflow(),
        14 => world.flicker(file, content),
        15..18 => world.pass(Duration::from_millis(how)),
        18..30 => {
            go_on(world);
        }
        30..33 => world.read_late(),
        33..35 => world.join(),
        35..37 => world.go_live(),
        37..39 => {
            world.tick();
        }
        39..43 => world.end_build(),
        43 => world.reply(Reply::Refused("no".to_owned().into())),
        44 => world.reply(Reply::Doubtful),
        45 => world.reply(Reply::Contract("contract".to_owned().into())),
        46 => world.reply(Reply::WrongBuild),
        47 if world.has_joined() => world.host(HostInput::Left),
        48 if world.has_host() => world.exit(true),
        49 => world.adopt(),
        50 => world.exec(),
        51 => world.act(Action::Reload),
        52 => world.act(Action::Restart),
        53 => world.toggle_pause(),
        54 | 55 => world.ask(Request::Wait),
        56 => world.ask(Request::Reload),
        57 => world.ask(Request::Restart),
        58..60 => world.notice_cookie(),
        60 => {
            world.fit = Some(match how % 3 {
                0 => Fit::No("misfit".to_owned().into()),
                1 => Fit::Unknown,
                _ => Fit::Damaged("damaged".to_owned().into()),
            });
        }
        61 => {
            let failure = || Failure::Other {
                message: "the disk is full".to_owned(),
                help: None,
            };
            world.group_failure = Some(match how % 3 {
                0 => GroupFailure::Sources(failure()),
                1 => GroupFailure::Other(failure()),
                _ => GroupFailure::Restart(Cause::Unlinkable, "unlinkable".to_owned().into()),
            });
        }
        62 => {
            let failure = || Failure::Other {
                message: "no script".to_owned(),
                help: None,
            };
            world.scripts = Some(match how % 3 {
                0 => ScriptsEnd::Failed(Ok(failure())),
                1 => ScriptsEnd::Failed(Err(failure())),
                _ => ScriptsEnd::Changed("other output".to_owned().into()),
            });
        }
        63 if how % 16 == 14 => {
            world.is_delta = true;
            world.follow_end = (how % 32 == 14).then(|| FollowEnd::Different {
                crates: vec!["page".to_owned()],
                symbol: "page::render".to_owned(),
            });
        }
        63 if how % 8 == 2 => world.is_same_host = true,
        63 if how % 8 == 3 => world.compared = Some(Ok("other code".to_owned().into())),
        63 if how % 8 == 7 => {
            world.compared = Some(Err(Failure::Other {
                message: "no host".to_owned(),
                help: None,
            }));
        }
        63 if how % 4 == 1 => world.reply_to_another_offer(),
        63 => world.can_start = how % 4 != 0,
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
    } else if world.successor.is_some() && world.core.overlaps() {
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
    let policies = (weighted(0.8), weighted(0.1), weighted(0.5));
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

fn world((may_restart, waits_for_host, overlaps): (bool, bool, bool)) -> World {
    World::new(Policy {
        overlaps: overlaps && !waits_for_host,
        ..policy(may_restart, waits_for_host)
    })
}
