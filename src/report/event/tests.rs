//! The events are documented.

use super::*;
use crate::compat::items::{EntryPoint, Unreachable};
use crate::compat::symbols::{HostUse, Use};
use crate::compile::CheckReport;
use std::collections::BTreeSet;

/// A reason with a help.
fn helpful() -> Reason {
    Reason::Direct {
        path: String::new(),
        found: Box::new(Unreachable::Used {
            used: HostUse {
                item: String::new(),
                its: Use {
                    is_data: false,
                    user: String::new(),
                    is_program: false,
                    by_way_of: None,
                },
            },
            entry_point: EntryPoint::HandsOutCode,
        }),
    }
}

/// One of each event, with all of its fields.
fn one_of_each() -> Vec<Event> {
    let text = || "text".to_owned();
    let (crates, outcome) = (vec![], Comparison::Same);
    let all = vec![
        Event::SessionStarted {
            host: text(),
            reloadable: vec![text()],
            listen: vec![],
        },
        Event::Building {
            what: BuildTarget::Group,
        },
        Event::HostBuilt,
        Event::HostStarted { pid: 1 },
        Event::HostJoined {
            pid: 1,
            stopped: Some(2),
        },
        Event::WaitingForHost {
            program: PathBuf::new(),
            reason: Some(helpful()),
        },
        Event::Edit { paths: vec![] },
        Event::Verdict {
            verdict: Outcome::Reload,
            reason: helpful(),
        },
        Event::CompileError {
            rendered: text(),
            messages: vec![],
        },
        Event::Live {
            generation: 1,
            crates: vec![],
            deltas: vec![],
            build_id: text(),
            ms: Phases::default(),
            pid: 1,
            kept_generations: 0,
            kept_bytes: 0,
            restart_due: vec![],
        },
        Event::NotCalled {
            generation: 1,
            entry_points: vec![text()],
            is_usual: false,
        },
        Event::Called {
            generation: 1,
            entry_points: vec![text()],
            is_usual: false,
        },
        Event::Refused {
            generation: 1,
            reason: helpful(),
            restart: true,
        },
        Event::Restarted {
            reason: helpful(),
            pid: 1,
            carried: Carried {
                not_read: vec!["other".to_owned()],
                lost_seconds: Some(1),
                ..Carried::default()
            },
        },
        Event::RolledBack {
            generation: 3,
            earlier: 1,
            build_id: text(),
            pid: 1,
        },
        Event::Retired { generation: 0 },
        Event::HostExited {
            code: Some(1),
            signal: Some(6),
            generation: 0,
            next: NextHost::WithNextEdit,
        },
        Event::SessionEnded,
        Event::HostCompared { outcome, ms: 1.0 },
        Event::DeltaCompared {
            crates,
            outcome,
            ms: 1.0,
        },
        Event::Checked {
            checked: CheckReport::default(),
            ms: 1.0,
        },
        Event::Note(Note::Paused),
        Event::Error {
            message: text(),
            help: Some(text()),
        },
    ];
    for event in &all {
        // A new event has no arm here: add it to the list above and to the reference.
        match event {
            Event::SessionStarted { .. }
            | Event::Building { .. }
            | Event::HostBuilt
            | Event::HostStarted { .. }
            | Event::HostJoined { .. }
            | Event::WaitingForHost { .. }
            | Event::Edit { .. }
            | Event::Verdict { .. }
            | Event::CompileError { .. }
            | Event::Live { .. }
            | Event::NotCalled { .. }
            | Event::Called { .. }
            | Event::Refused { .. }
            | Event::Restarted { .. }
            | Event::RolledBack { .. }
            | Event::Retired { .. }
            | Event::HostExited { .. }
            | Event::SessionEnded
            | Event::HostCompared { .. }
            | Event::DeltaCompared { .. }
            | Event::Checked { .. }
            | Event::Note(_)
            | Event::Error { .. } => {}
        }
    }
    all
}

/// The words in backticks in a table's cell.
fn words(cell: &str) -> BTreeSet<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_reference_has_every_event_and_field() {
    let reference = include_str!("../../../docs/reference.md");
    let (_, table) = reference
        .split_once("| event | fields |")
        .expect("no table of events");
    let documented: Vec<(String, BTreeSet<String>)> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            (
                cells[1].trim().trim_matches('`').to_owned(),
                words(cells[2]),
            )
        })
        .collect();
    let written: Vec<(String, BTreeSet<String>)> = one_of_each()
        .iter()
        .map(|event| {
            let json = serde_json::to_value(event).expect("an event is JSON");
            let object = json.as_object().expect("an event is an object");
            let name = json["event"].as_str().unwrap_or_default().to_owned();
            let fields = object.keys().filter(|key| *key != "event").cloned();
            (name, fields.collect())
        })
        .collect();
    assert_eq!(documented, written);
}
