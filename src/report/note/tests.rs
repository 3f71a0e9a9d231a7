//! The notes are documented.

use std::collections::BTreeSet;

use super::*;
use crate::cargo::profile::{Overridden, Wrapper};
use crate::compat::layout::Root;
use crate::report::Event;

/// One of each note, with all of its fields.
fn one_of_each() -> Vec<Note> {
    let text = || "text".to_owned();
    let not_carried = || NotCarried {
        name: text(),
        reason: text(),
    };
    let of_plan = [
        discover::Note::NotAMember { package: text() },
        discover::Note::NotLinked {
            package: text(),
            host: text(),
        },
        discover::Note::Sandwiched {
            package: text(),
            base: text(),
            top: text(),
        },
        discover::Note::NoWebDependency {
            package: text(),
            host: text(),
        },
    ];
    let of_build = [
        compile::Note::SettingOverridden(Overridden {
            key: text(),
            value: text(),
            replacement: text(),
            origin: PathBuf::new(),
        }),
        compile::Note::WrapperNotUsed(Wrapper {
            setting: text(),
            file: Some(PathBuf::new()),
        }),
        compile::Note::AllocatorOff,
        compile::Note::SectionIncomplete { section: text() },
        compile::Note::SectionOfGroup { section: text() },
        compile::Note::CargoWarning { warning: text() },
        compile::Note::ScriptNotWatched { package: text() },
    ];
    let others = vec![
        Note::Toolchain { name: text() },
        Note::WaitingForChange,
        Note::WaitsForAdvance { generation: 1 },
        Note::Paused,
        Note::Resumed,
        Note::NotRestarted,
        Note::LayoutFits {
            of: Subject::Type(text()),
            changes: vec![],
        },
        Note::LayoutFits {
            of: Subject::Root(Root::TypeId(text())),
            changes: vec![],
        },
        Note::StoredCode {
            generation: 1,
            of: text(),
        },
        Note::HeldCode {
            generation: 1,
            functions: vec![],
        },
        Note::StateReset { statics: vec![] },
        Note::RunsOnLoad { item: text() },
        Note::WaitsForRestart {
            path: text(),
            package: text(),
        },
        Note::WrittenByBuild {
            path: PathBuf::new(),
        },
        Note::WrittenByFailedBuilds {
            builds: 2,
            paths: vec![],
        },
        Note::OtherProcess,
        Note::ReplacedByExec,
        Note::HostLeft,
        Note::NotCreatedInTime,
        Note::NotJoinedInTime,
        Note::Killed {
            signal: text(),
            after: Duration::from_secs(1),
        },
        Note::NotEndedByItself {
            signal: text(),
            after: Duration::from_secs(1),
        },
        Note::ValueCarried {
            name: text(),
            dropped: vec![text()],
        },
        Note::ValueReset(not_carried()),
        Note::ValueNotSaved(not_carried()),
        Note::CodeNotKept { error: text() },
        Note::CodeNotCompared { why: text() },
        Note::DeltaNotCompared {
            package: text(),
            why: text(),
        },
        Note::LayoutsNotCompared { why: text() },
        Note::NotWritten {
            path: PathBuf::new(),
            error: text(),
        },
        Note::StatusNotWritten { error: text() },
        Note::NoWatchesLeft,
        Note::Polled {
            path: PathBuf::new(),
            file_system: "",
        },
        Note::DebugInfoStays {
            error: Some(text()),
        },
        Note::MuchMemory,
    ];
    let of_plan = of_plan.map(Note::Plan).into_iter();
    let of_build = of_build.map(Note::Build).into_iter();
    others.into_iter().chain(of_plan).chain(of_build).collect()
}

/// The words in backticks in a table's cell.
fn words(cell: &str) -> BTreeSet<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

#[test]
fn the_reference_has_every_kind_with_its_fields() {
    let reference = include_str!("../../../docs/reference.md");
    let (_, section) = reference.split_once("### Kinds of notes").unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let documented: Vec<_> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').collect();
            (words(cells[1]), words(cells[2]))
        })
        .collect();
    let mut written: Vec<(BTreeSet<String>, BTreeSet<String>)> =
        documented.iter().map(|_| Default::default()).collect();
    for note in one_of_each() {
        let json = serde_json::to_value(Event::Note(note)).unwrap();
        let kind = json["kind"].as_str().unwrap();
        let row = documented
            .iter()
            .position(|(kinds, _)| kinds.contains(kind));
        let (kinds, fields) = &mut written[row.expect(kind)];
        kinds.insert(kind.to_owned());
        let json = json.as_object().unwrap();
        let others = ["event", "message", "kind"];
        fields.extend(
            json.keys()
                .filter(|it| !others.contains(&it.as_str()))
                .cloned(),
        );
    }
    assert_eq!(written, documented);
}
