//! The text of each event, and how it is shortened for a narrow terminal.

use crate::report::lines::*;
use crate::report::{self, NotCarried, Phases};

fn painted(event: &Event, width: Option<usize>) -> String {
    let lines = Lines::of_event(event, width);
    lines.iter().map(|it| it.paint(false)).collect()
}

fn live(crates: &[&str]) -> Event {
    Event::Live {
        generation: 7,
        crates: crates.iter().map(|it| (*it).to_owned()).collect(),
        deltas: vec![],
        build_id: String::new(),
        ms: Phases {
            detect: 0.0,
            compile: 240.2,
            link: 41.0,
            check: 1.6,
            swap: 3.0,
            total: 311.7,
        },
        pid: 1,
        kept_generations: 6,
        kept_bytes: 1_250_000,
        restart_due: vec![],
    }
}

#[test]
fn each_event_has_its_lines() {
    use Level::{Detail, Note, Outcome as Shown, Wrong};
    let text = || "some words".to_owned();
    let verdict = |verdict| Event::Verdict {
        verdict,
        reason: text().into(),
    };
    let refused = |restart| Event::Refused {
        generation: 2,
        reason: text().into(),
        restart,
    };
    let exited = |code, signal| Event::HostExited {
        next: NextHost::WithNextEdit,
        code,
        signal,
        generation: 3,
    };
    let error = |help: Option<&str>| Event::Error {
        message: text(),
        help: help.map(str::to_owned),
    };
    let table = [
        (
            Event::SessionStarted {
                listen: vec![],
                host: "app".to_owned(),
                reloadable: vec!["widgets".to_owned(), "pages".to_owned()],
            },
            Shown,
            "     Session `app` · reloadable: widgets, pages\n",
        ),
        (
            Event::Building {
                what: BuildTarget::Host,
            },
            Detail,
            "    Building the host\n",
        ),
        (
            Event::HostStarted { pid: 5 },
            Shown,
            "     Started gen 0 · pid 5\n",
        ),
        (
            Event::Edit {
                paths: vec!["/a/b.rs".into(), "/c.rs".into()],
            },
            Detail,
            "      Edited /a/b.rs, /c.rs\n",
        ),
        (
            verdict(Outcome::Nothing),
            Shown,
            "   Unchanged some words\n",
        ),
        (
            verdict(Outcome::Reload),
            Detail,
            "   Reloading some words\n",
        ),
        (
            verdict(Outcome::Restart),
            Shown,
            "  Restarting some words\n",
        ),
        (
            Event::CompileError {
                messages: vec![],
                rendered: "\x1b[1merror\x1b[0m: no".to_owned(),
            },
            Wrong,
            "error: no\n",
        ),
        (
            live(&["screens", "widgets"]),
            Shown,
            "    Reloaded gen 7 · screens, widgets · 312 ms \
             (compile 240, link 41, check 2, swap 3)\n        \
             Kept 6 older generations · 1.2 MB\n",
        ),
        (
            live(&[]),
            Shown,
            "    Reloaded gen 7 · relinked · 312 ms (compile 240, link 41, check 2, swap \
             3)\n        \
             Kept 6 older generations · 1.2 MB\n",
        ),
        (refused(true), Wrong, "     Refused gen 2 · some words\n"),
        (
            refused(false),
            Wrong,
            "     Refused gen 2 · some words; the old code keeps running until the next edit\n",
        ),
        (
            Event::Restarted {
                reason: text().into(),
                pid: 5,
                carried: Carried::default(),
            },
            Shown,
            "   Restarted gen 0 · pid 5 · some words; state in the process was lost\n",
        ),
        (
            Event::Restarted {
                reason: text().into(),
                pid: 5,
                carried: Carried {
                    carried: vec!["world".to_owned(), "sessions".to_owned()],
                    reset: vec![NotCarried {
                        name: "cache".to_owned(),
                        reason: "missing field `size`".to_owned(),
                    }],
                    dropped: vec!["world.speed".to_owned()],
                    not_read: vec!["late".to_owned()],
                    lost_seconds: None,
                },
            },
            Shown,
            "   Restarted gen 0 · pid 5 · some words · carried: world, sessions · \
             dropped: world.speed · reset: cache (missing field `size`) · not read yet: late\n",
        ),
        (
            Event::Restarted {
                reason: text().into(),
                pid: 5,
                carried: Carried {
                    carried: vec!["world".to_owned()],
                    lost_seconds: Some(12),
                    ..Carried::default()
                },
            },
            Shown,
            "   Restarted gen 0 · pid 5 · some words · \
             carried, as saved 12 s before the program ended: world\n",
        ),
        (
            Event::Retired { generation: 1 },
            Detail,
            "     Retired gen 1\n",
        ),
        (
            exited(Some(3), None),
            Wrong,
            "       Ended the host exited with code 3 in gen 3; the next edit starts it again\n",
        ),
        (
            exited(None, Some(6)),
            Wrong,
            "       Ended the host was killed by SIGABRT in gen 3; the next edit starts it again\n",
        ),
        (
            exited(None, Some(63)),
            Wrong,
            "       Ended the host was killed by signal 63 in gen 3; the next edit starts it \
             again\n",
        ),
        (
            Event::HostExited {
                next: NextHost::Started,
                code: Some(0),
                signal: None,
                generation: 3,
            },
            Wrong,
            "       Ended the host exited with code 0 in gen 3; the new process takes over\n",
        ),
        (
            Event::HostCompared {
                outcome: Comparison::Same,
                ms: 1.0,
            },
            Detail,
            "    Compared a clean build has the code that runs\n",
        ),
        (
            Event::DeltaCompared {
                crates: vec!["pages".to_owned()],
                outcome: Comparison::Same,
                ms: 1.0,
            },
            Detail,
            "    Compared the code of pages is that of the full compilation\n",
        ),
        (Event::SessionEnded, Detail, "     Session ended\n"),
        (Event::Note(report::Note::Resumed), Note, "note: resumed\n"),
        (error(None), Wrong, "error: some words\n"),
        (
            error(Some("write\n[lib]")),
            Wrong,
            "error: some words\nhelp: write\n      [lib]\n",
        ),
    ];
    for (event, level, expected) in table {
        let lines = Lines::of_event(&event, None);
        assert_eq!(lines[0].level, level, "{event:?}");
        assert_eq!(painted(&event, None), expected, "{event:?}");
        let coloured: String = lines.iter().map(|it| it.paint(true)).collect();
        assert!(coloured.contains('\x1b'), "{event:?}: {coloured:?}");
        assert_eq!(console::strip_ansi_codes(&coloured), expected);
    }
}

#[test]
fn a_reload_fits_into_the_line() {
    let many: Vec<String> = (0..20).map(|it| format!("crate-{it}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (crates, width, expected) in [
        (
            &["screens", "widgets"][..],
            86,
            "gen 7 · screens, widgets · 312 ms (compile 240, link 41, check 2, swap 3)",
        ),
        (
            &["screens", "widgets"],
            80,
            "gen 7 · screens, widgets · 312 ms (compile 240, link 41, swap 3)",
        ),
        (
            &["screens", "widgets"],
            70,
            "gen 7 · screens, widgets · 312 ms (compile 240, link 41)",
        ),
        (
            &["screens", "widgets"],
            50,
            "gen 7 · screens, widgets · 312 ms",
        ),
        (
            &many,
            80,
            "gen 7 · crate-0, crate-1 and 18 more · 312 ms (compile 240)",
        ),
        (
            &many,
            200,
            "gen 7 · crate-0, crate-1, crate-2, crate-3, crate-4, crate-5, crate-6 and 13 more \
             · 312 ms (compile 240, link 41, check 2, swap 3)",
        ),
        (&many, 10, "gen 7 · crate-0 and 19 more · 312 ms"),
    ] {
        let text = painted(&live(crates), Some(width));
        let line = text.lines().next().unwrap();
        assert_eq!(line, format!("    Reloaded {expected}"), "{width}");
    }
}

#[test]
fn no_name_is_no_text() {
    assert_eq!(names(&[], Some(10)), "");
}

#[test]
fn a_long_time_before_the_build_is_shown() {
    for (ms, expected) in [(49.0, "compile 240"), (1604.0, "earlier 1604, compile 240")] {
        let mut event = live(&[]);
        if let Event::Live { ms: phases, .. } = &mut event {
            phases.detect = ms;
        }
        let text = painted(&event, None);
        assert!(text.contains(&format!("({expected}")), "{text}");
    }
}
