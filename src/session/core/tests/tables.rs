//! Tables: each line has what happens, and what is done about it.

use std::time::Duration;

use crate::compile::{CheckOutcome, CheckReport};
use crate::control::Request;
use crate::decide::{Action, Cause};
use hotmod_protocol::Saved;

use crate::report::NotCarried;

use super::world::*;
use super::*;

pub(super) const FREE: Policy = policy(true, false);
pub(super) const STAYING: Policy = policy(false, false);
pub(super) const WAITING: Policy = policy(true, true);
pub(super) const CHECKING: Policy = Policy {
    checks: true,
    ..FREE
};
pub(super) const HOLDING: Policy = Policy {
    handover: Handover::AtMain,
    ..FREE
};
pub(super) const OVERLAPPING: Policy = Policy {
    handover: Handover::AtFirstCarried,
    ..FREE
};

pub(super) const fn policy(may_restart: bool, waits_for_host: bool) -> Policy {
    Policy {
        may_restart,
        checks: false,
        waits_for_host,
        stop_signal: StopSignal::TERM,
        stop_timeout: Duration::from_secs(3),
        handover: Handover::AfterEnd,
    }
}

fn file(name: &str) -> usize {
    let mut files = FILES.iter();
    files.position(|file| file.starts_with(name)).expect(name)
}

pub(super) fn failure(message: &str) -> Failure {
    Failure::Other {
        message: message.to_owned(),
        help: None,
    }
}

/// A check that found an error.
pub(super) fn failed_check() -> CheckReport {
    CheckReport {
        outcome: CheckOutcome::Failed,
        errors: 1,
        ..CheckReport::default()
    }
}

/// The full compilation has other code.
pub(super) fn different() -> FollowEnd {
    FollowEnd::Different {
        crates: vec!["page".to_owned()],
        symbol: "page::render".to_owned(),
    }
}

pub(super) fn not_carried(name: &str) -> NotCarried {
    NotCarried {
        name: name.to_owned(),
        reason: "no".to_owned(),
    }
}

/// What a word stands for.
pub(super) fn happen(world: &mut World, words: &str) {
    let no = || "no".to_owned().into();
    match words.split(' ').collect::<Vec<_>>()[..] {
        ["begin"] => world.step(Input::Begin),
        ["save", name, content] => world.save(file(name), content.parse().unwrap()),
        ["write", name, content] => world.write(file(name), content.parse().unwrap()),
        ["flicker", name, content] => world.flicker(file(name), content.parse().unwrap()),
        ["break", name] => world.save(file(name), BROKEN),
        ["comment", name, content] => {
            world.is_comment = true;
            world.save(file(name), content.parse().unwrap());
        }
        ["empty", name] => world.save(file(name), EMPTY),
        ["a", "new", "file"] => world.new_file(),
        ["overflow"] => world.overflow(),
        ["tick"] => assert!(world.tick(), "nothing is due"),
        ["pass", time] => world.pass(Duration::from_millis(time.parse().unwrap())),
        ["built"] => world.end_build(),
        ["built", "of", "what", "is", "there"] => {
            world.read_late();
            world.end_build();
        }
        ["join"] => world.join(),
        ["live"] => world.go_live(),
        ["refuse"] => world.reply(Reply::Refused(no())),
        ["contradict"] => world.reply(Reply::Contract(no())),
        ["doubt"] => world.reply(Reply::Doubtful),
        ["wrong", "build"] => world.reply(Reply::WrongBuild),
        ["new", "code", "of", name] => world.new_code(name),
        ["leave"] => world.host(HostInput::Left),
        ["unreachable"] => world.host(HostInput::Unreachable(no())),
        ["exit"] => world.exit(true),
        ["exit", "unsaved"] => world.exit(false),
        ["adopt"] => world.adopt(),
        ["exec"] => world.exec(),
        ["reload"] => world.act(Action::Reload),
        ["restart"] => world.act(Action::Restart),
        ["restart", "fresh"] => world.restart_fresh(),
        ["no", "frame", "begins"] => world.wait_for_frame(),
        ["back"] => world.roll_back(),
        ["pause"] => world.toggle_pause(),
        ["ask", what] => world.ask(match what {
            "checked" => Request::WaitChecked,
            "back" => Request::Rollback,
            "reload" => Request::Reload,
            "restart" => Request::Restart,
            "fresh" => Request::RestartFresh,
            _ => Request::Wait,
        }),
        ["cookie"] => world.notice_cookie(),
        ["next", "misfits"] => world.fit = Some(Fit::No(Cause::Misfit, "misfit".to_owned().into())),
        ["next", "is", "unknown"] => world.fit = Some(Fit::Unknown),
        ["next", "is", "damaged"] => world.fit = Some(Fit::Damaged("damaged".to_owned().into())),
        ["next", "fails"] => {
            world.group_failure = Some(GroupFailure::Other(failure("the disk is full")));
        }
        ["next", "is", "unlinkable"] => {
            world.group_failure = Some(GroupFailure::Restart(
                Cause::Unlinkable,
                "unlinkable".to_owned().into(),
            ));
        }
        ["scripts", "change"] => {
            world.scripts = Some(ScriptsEnd::Changed("other".to_owned().into()))
        }
        ["scripts", "fail"] => world.scripts = Some(ScriptsEnd::Failed(Ok(failure("script")))),
        ["no", "scripts"] => world.scripts = Some(ScriptsEnd::Failed(Err(failure("no shell")))),
        ["next", "is", "a", "delta"] => world.is_delta = true,
        ["the", "delta", "is", "wrong"] => world.follow_end = Some(different()),
        ["the", "full", "compilation", "fails"] => {
            world.follow_end = Some(FollowEnd::Failed(failure("no room")));
        }
        ["the", "delta", "can't", "be", "compared"] => world.follow_end = Some(FollowEnd::Unknown),
        ["next", "host", "is", "the", "same"] => world.is_same_host = true,
        ["next", "comparison", "differs"] => {
            world.compared = Some(Ok("other code".to_owned().into()));
        }
        ["next", "comparison", "fails"] => world.compared = Some(Err(failure("no host"))),
        ["save", "test"] => {
            world.write_test();
            world.notice_test();
        }
        ["write", "test"] => world.write_test(),
        ["next", "check", "fails"] => {
            world.check_finds = Some(failed_check());
        }
        ["stops", "slowly"] => world.stops_slowly = true,
        ["carries"] => world.say(HostInput::FirstValue),
        ["next", "joins"] => world.successor_joins(),
        ["next", "waits"] => world.successor_waits(),
        ["next", "dies"] => world.successor_ends(),
        ["ready"] => world.say(HostInput::Ready { ends_itself: false }),
        ["ready", "to", "end"] => world.say(HostInput::Ready { ends_itself: true }),
        ["saving"] => world.say(HostInput::Saving),
        ["saved", ref names @ ..] => {
            let names = names.iter().map(|it| (*it).to_owned()).collect();
            let failed = Vec::new();
            world.say(HostInput::Saved(Saved { names, failed }));
        }
        ["not", "saved", name] => {
            let (name, reason) = (name.to_owned(), "poisoned".to_owned());
            let failed = vec![hotmod_protocol::NotCarried { name, reason }];
            world.say(HostInput::Saved(Saved {
                names: Vec::new(),
                failed,
            }));
        }
        ["begins", "to", "read"] => world.say(HostInput::ReadBegan),
        ["read", name] => world.say(HostInput::ValueRead {
            name: name.to_owned(),
            dropped: Vec::new(),
        }),
        ["reset", name] => world.say(HostInput::Reset(not_carried(name))),
        ["no", "start"] => world.can_start = false,
        ["a", "runner"] => world.has_runner = true,
        _ => panic!("`{words}` has no meaning"),
    }
}

/// The start of a session until its program runs and nothing is left to build ahead.
const RUNNING: &str = "begin => build host
    built => start, host started, build ahead
    join => welcome
    built => take ahead, build merge
    built";

/// Goes through the lines of a table that begins with a running program.
pub(super) fn running_table(policy: Policy, lines: &str) {
    table(policy, &format!("{RUNNING}\n{lines}"));
}

/// Goes through the lines of a table.
pub(super) fn table(policy: Policy, lines: &str) {
    let mut world = World::new(policy);
    world.promises.trigger();
    let mut found = String::new();
    for line in lines.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let (what, _) = line.split_once(" => ").unwrap_or((line, ""));
        happen(&mut world, what);
        let done = std::mem::take(&mut world.log).join(", ");
        found += what;
        if !done.is_empty() {
            found += " => ";
            found += &done;
        }
        found.push('\n');
    }
    let lines: Vec<&str> = lines.lines().map(str::trim).collect();
    assert_eq!(found.trim(), lines.join("\n").trim());
}
