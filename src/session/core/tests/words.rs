//! The words for builds and events in tables and logs.

use crate::report::{Comparison, Event};

use super::Task;

pub(super) fn word_of(task: &Task) -> &'static str {
    match task {
        Task::FirstHost | Task::Host | Task::ChangedHost => "host",
        Task::HostCode => "host's code",
        Task::Shadow => "shadow",
        Task::AskCargo => "cargo's answer",
        Task::Scripts { .. } => "scripts",
        Task::Reload => "reload",
        Task::Ahead => "ahead",
        Task::Follow => "follow",
        Task::Merge => "merge",
        Task::Check => "check",
    }
}

pub(super) fn told(event: Event) -> Option<String> {
    Some(match event {
        Event::HostStarted { .. } => "host started".to_owned(),
        Event::HostJoined { stopped, .. } => format!("host joined {}", stopped.is_some()),
        Event::Edit { .. } => "edit".to_owned(),
        Event::Verdict { verdict, reason } => format!("{verdict:?}: {reason}").to_lowercase(),
        Event::CompileError { .. } => "compile error".to_owned(),
        Event::Refused {
            generation,
            reason,
            restart,
        } => {
            let by = if restart { " until a restart" } else { "" };
            format!("refused {generation}{by}: {reason}")
        }
        // After most reloads.
        Event::HostCompared {
            outcome: Comparison::Skipped,
            ..
        } => return None,
        Event::HostCompared { outcome, ms } => timed("compared", outcome, ms),
        Event::DeltaCompared { outcome, ms, .. } => timed("delta", outcome, ms),
        Event::NotCalled { entry_points, .. } => format!("not called: {}", entry_points.join(" ")),
        Event::Restarted {
            reason, carried, ..
        } => {
            let mut text = format!("restarted: {reason}");
            if !carried.carried.is_empty() {
                text += &format!(" with {}", carried.carried.join(" "));
            }
            for value in carried.reset {
                text += &format!(" without {}", value.name);
            }
            if !carried.not_read.is_empty() {
                text += &format!(" not yet {}", carried.not_read.join(" "));
            }
            if let Some(seconds) = carried.lost_seconds {
                text += &format!(" lost {seconds} s");
            }
            text
        }
        Event::Called { .. } => "called".to_owned(),
        Event::Checked { checked, .. } => format!("checked: {} errors", checked.errors),
        Event::HostExited { generation, .. } => format!("exited in {generation}"),
        Event::Note(note) => {
            format!(
                "note: {}",
                note.to_string().split([':', ',']).next().unwrap()
            )
        }
        Event::Error { message, .. } => format!("error: {message}"),
        _ => return None,
    })
}

/// How a comparison ended, and how long it took if that is not nothing.
fn timed(what: &str, outcome: Comparison, ms: f64) -> String {
    let outcome = format!("{outcome:?}").to_lowercase();
    match ms {
        0.0 => format!("{what}: {outcome}"),
        ms => format!("{what}: {outcome} after {ms} ms"),
    }
}
