//! Which rounds the events of a session make.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::report::Carried;

use super::*;

fn edit(path: &str) -> Event {
    Event::Edit {
        paths: vec![PathBuf::from(format!("/work/{path}"))],
    }
}

fn building(what: BuildTarget) -> Event {
    Event::Building { what }
}

fn verdict(verdict: Outcome) -> Event {
    let reason = format!("{verdict:?}").into();
    Event::Verdict { verdict, reason }
}

fn restarted() -> Event {
    Event::Restarted {
        reason: "because".to_owned().into(),
        pid: 2,
        carried: Carried::default(),
    }
}

fn refused(reason: Reason, restart: bool) -> Event {
    Event::Refused {
        generation: 1,
        reason,
        restart,
    }
}

fn compile_error() -> Event {
    Event::CompileError {
        rendered: "warning: unused\n\u{1b}[31merror[E0308]\u{1b}[0m: mismatched types\n".to_owned(),
        messages: vec![],
    }
}

/// 500 ms, 100 of them until the last build began, and 10 between the stages.
fn live() -> Event {
    Event::Live {
        generation: 1,
        crates: vec!["pages".to_owned(), "widgets".to_owned()],
        deltas: vec!["pages".to_owned()],
        build_id: String::new(),
        ms: Phases {
            detect: 100.0,
            compile: 300.0,
            link: 50.0,
            check: 20.0,
            swap: 20.0,
            total: 500.0,
        },
        pid: 1,
        kept_generations: 0,
        kept_bytes: 0,
        restart_due: vec![],
    }
}

fn compared(outcome: Comparison) -> Event {
    Event::HostCompared { outcome, ms: 40.0 }
}

fn delta_compared(outcome: Comparison) -> Event {
    Event::DeltaCompared {
        crates: vec![],
        outcome,
        ms: 30.0,
    }
}

fn rounds(events: Vec<(u32, Event)>) -> Rounds {
    let mut rounds = Rounds::default();
    for (at, event) in events {
        rounds.take(&event, f64::from(at), Path::new("/work"));
    }
    rounds
}

/// The rounds as text, a line each.
fn shown(events: Vec<(u32, Event)>) -> String {
    let mut text = String::new();
    for round in rounds(events).rounds {
        let edited = round.edited.join(" ");
        let _ = write!(text, "{} [{edited}] {:?}", round.begin, round.end);
        for (stage, ms) in &round.stages {
            let _ = write!(text, " {stage:?} {ms}");
        }
        if !round.reason.is_empty() {
            let _ = write!(text, " ({})", round.reason);
        }
        for it in &round.background {
            let _ = write!(
                text,
                " + {:?} {:?} {}..{}",
                it.what, it.outcome, it.begin, it.ms
            );
        }
        text += "\n";
    }
    text
}

#[test]
fn events_make_rounds() {
    use Outcome::{Nothing, Reload, Restart};
    let because = || Reason::from("because".to_owned());
    let stays = || Reason::StaysOld(Box::new(because()));
    let cases = [
        (
            "a reload, whose times are in the event",
            vec![
                (1000, edit("a.rs")),
                (1010, verdict(Reload)),
                (1020, building(BuildTarget::Group)),
                (1450, live()),
            ],
            "950 [a.rs] Live { generation: 1 } Detect 100 Compile 300 Link 50 Check 20 Swap 20 Other 10 (Reload)\n",
        ),
        (
            "a build that a newer save cancels",
            vec![
                (1000, edit("a.rs")),
                (1010, building(BuildTarget::Group)),
                (1050, edit("b.rs")),
                (1055, edit("a.rs")),
                (1070, building(BuildTarget::Group)),
                (1450, live()),
            ],
            "950 [a.rs b.rs] Live { generation: 1 } Detect 40 Earlier 60 Compile 300 Link 50 Check 20 Swap 20 \
             Other 10\n",
        ),
        (
            "a save during the last build, which has an outcome of its own",
            vec![
                (1000, edit("a.rs")),
                (1010, building(BuildTarget::Group)),
                (1050, edit("b.rs")),
                (1450, live()),
                (1460, verdict(Reload)),
                (1470, building(BuildTarget::Group)),
                (1600, compile_error()),
            ],
            "950 [a.rs] Live { generation: 1 } Detect 100 Compile 300 Link 50 Check 20 Swap 20 Other 10\n\
             1050 [b.rs] Failed Detect 420 Compile 130 (error[E0308]: mismatched types)\n",
        ),
        (
            "a save during the last build, which has none",
            vec![
                (1000, edit("a.rs")),
                (1010, building(BuildTarget::Group)),
                (1050, edit("a.rs")),
                (1450, live()),
                (9000, edit("b.rs")),
                (9010, building(BuildTarget::Group)),
                (9020, compile_error()),
            ],
            "950 [a.rs] Live { generation: 1 } Detect 100 Compile 300 Link 50 Check 20 Swap 20 Other 10\n\
             9000 [b.rs] Failed Detect 10 Compile 10 (error[E0308]: mismatched types)\n",
        ),
        (
            "the first host, from the beginning, and the end of the session in a build",
            vec![
                (
                    0,
                    Event::SessionStarted {
                        host: "app".to_owned(),
                        reloadable: vec![],
                        listen: vec![],
                    },
                ),
                (5, building(BuildTarget::Host)),
                (205, Event::HostBuilt),
                (255, Event::HostStarted { pid: 1 }),
                (300, edit("a.rs")),
                (310, building(BuildTarget::Group)),
                (330, Event::SessionEnded),
            ],
            "0 [] Started Detect 5 Build 200 Start 50\n300 [a.rs] Interrupted Detect 10 Compile 20\n",
        ),
        (
            "a restart, after a generation that did not fit",
            vec![
                (0, edit("a.rs")),
                (5, verdict(Reload)),
                (10, building(BuildTarget::Group)),
                (20, refused(because(), true)),
                (25, verdict(Restart)),
                (30, building(BuildTarget::Host)),
                (70, Event::HostBuilt),
                (90, restarted()),
            ],
            "0 [a.rs] Restarted Detect 10 Earlier 20 Build 40 Start 20 (because)\n",
        ),
        (
            "refusals that no restart follows",
            vec![
                (0, edit("a.rs")),
                (10, building(BuildTarget::Group)),
                (30, refused(stays(), true)),
                (50, edit("a.rs")),
                (60, building(BuildTarget::Group)),
                (80, refused(because(), false)),
            ],
            "0 [a.rs] Refused Detect 10 Compile 20 (because; the old code keeps running until the program is restarted)\n\
             50 [a.rs] Refused Detect 10 Compile 20 (because)\n",
        ),
        (
            "an edit without an effect, and a build that fails for another reason",
            vec![
                (0, edit("a.rs")),
                (5, verdict(Nothing)),
                (6, verdict(Nothing)),
                (20, edit("b.rs")),
                (30, building(BuildTarget::Host)),
                (
                    40,
                    Event::Error {
                        message: "disk full".to_owned(),
                        help: None,
                    },
                ),
                (
                    50,
                    Event::Error {
                        message: "of nothing".to_owned(),
                        help: None,
                    },
                ),
            ],
            "0 [a.rs] Nothing Detect 5 (Nothing)\n20 [b.rs] Failed Detect 10 Build 10 (disk full)\n",
        ),
        (
            "a host that another process starts",
            vec![
                (0, building(BuildTarget::Host)),
                (9, Event::HostBuilt),
                (
                    10,
                    Event::WaitingForHost {
                        program: PathBuf::new(),
                        reason: None,
                    },
                ),
                (
                    90,
                    Event::HostJoined {
                        pid: 1,
                        stopped: None,
                    },
                ),
            ],
            "0 [] Built Build 9 Start 1\n",
        ),
        (
            "work in the background",
            vec![
                (9, delta_compared(Comparison::Same)),
                (500, live()),
                (600, delta_compared(Comparison::Same)),
                (700, compared(Comparison::Skipped)),
                (800, compared(Comparison::Failed)),
                (801, compile_error()),
                (1500, live()),
                (1600, compile_error()),
            ],
            "0 [] Live { generation: 1 } Detect 100 Compile 300 Link 50 Check 20 Swap 20 Other 10 + Compilation Same \
             570..30 + Comparison Failed 760..40\n\
             1000 [] Live { generation: 1 } Detect 100 Compile 300 Link 50 Check 20 Swap 20 Other 10 + Compilation \
             Failed 1600..0\n",
        ),
    ];
    for (case, events, expected) in cases {
        assert_eq!(shown(events), expected, "{case}");
    }
}

#[test]
fn a_reload_has_its_crates() {
    let rounds = rounds(vec![(500, live())]);
    let round = &rounds.rounds[0];
    assert_eq!(
        (&*round.crates, &*round.deltas),
        (
            &["pages".to_owned(), "widgets".to_owned()][..],
            &["pages".to_owned()][..]
        )
    );
    assert_eq!(round.total(), 500.0);
    assert_eq!(round.time(Stage::Compile), Some(300.0));
    assert_eq!(round.time(Stage::Build), None);
}

#[test]
fn the_last_rounds_are_kept() {
    let mut rounds = Rounds::default();
    for at in 0..u32::try_from(MOST).unwrap() + 3 {
        rounds.take(&live(), 1000.0 * f64::from(at), Path::new("/work"));
    }
    assert!(rounds.has_forgotten && rounds.rounds.len() == MOST);
    assert_eq!(rounds.rounds[0].begin, 2500.0);
}

#[test]
fn the_page_is_written_again_only_after_outcomes() {
    let mut rounds = Rounds::default();
    let mut take = |event| rounds.take(&event, 0.0, Path::new("/work"));
    for event in [
        edit("a.rs"),
        verdict(Outcome::Reload),
        building(BuildTarget::Group),
        Event::HostBuilt,
    ] {
        assert!(!take(event));
    }
    assert!(take(live()));
    assert!(!take(verdict(Outcome::Nothing)), "an outcome of nothing");
    assert!(!take(Event::Retired { generation: 0 }));
    assert!(take(compared(Comparison::Same)));
    assert!(take(Event::SessionEnded));
}
