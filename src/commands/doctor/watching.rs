//! Whether the system reports edits: its limits, and file systems that send no events.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use crate::stale::{Depth, Watcher, folders_of_plan, silent_file_system};

use super::Subject;
use super::finding::Finding;

const CHECK: &str = "watching";

pub(crate) fn check(subject: &Subject) -> Vec<Finding> {
    let mut folders: BTreeMap<PathBuf, Depth> = BTreeMap::new();
    if let Some(survey) = subject.survey() {
        folders.insert(survey.workspace_root.clone(), Depth::Folder);
    }
    if let Some(plan) = subject.plan() {
        folders.extend(folders_of_plan(plan));
    }
    let mut findings: Vec<Finding> = folders
        .keys()
        .find_map(|it| silent(it))
        .into_iter()
        .collect();
    findings.push(watched(&folders));
    findings
}

/// Watches all folders, as a session does.
fn watched(folders: &BTreeMap<PathBuf, Depth>) -> Finding {
    let (sender, _receiver) = channel();
    let mut watcher = match Watcher::new(Vec::new(), None, sender, |noticed| noticed) {
        Ok(watcher) => watcher,
        Err(error) => return refused(&error, Some("max_user_instances")),
    };
    let watched = folders
        .iter()
        .try_for_each(|(folder, depth)| watcher.want(folder, *depth));
    if let Err(error) = watched {
        return refused(&error, None);
    }
    let count = watcher.count();
    let limit = limit("max_user_watches");
    if watcher.is_limited() {
        let raised = raised(limit.unwrap_or(0));
        let what = format!(
            "the system can't watch {count} folders, so a session checks some of them every half \
             second"
        );
        let help = format!("raise the limit: `sudo sysctl fs.inotify.max_user_watches={raised}`");
        return Finding::warning(CHECK, what).help(help);
    }
    if count == 0 {
        return Finding::ok(CHECK, "the system reports edits");
    }
    let limit = limit.map_or_else(String::new, |it| format!(", of at most {it}"));
    let folders = match count {
        1 => "1 folder".to_owned(),
        count => format!("{count} folders"),
    };
    Finding::ok(
        CHECK,
        format!("the system reports edits in {folders}{limit}"),
    )
}

fn refused(error: &notify::Error, name: Option<&str>) -> Finding {
    let poll = "start the session with `cargo hotmod run --poll`";
    let help = match name {
        Some(name) => {
            let raised = raised(limit(name).unwrap_or(0));
            format!("raise the limit: `sudo sysctl fs.inotify.{name}={raised}`; or {poll}")
        }
        None => poll.to_owned(),
    };
    Finding::error(CHECK, format!("cannot watch files: {error}")).help(help)
}

fn limit(name: &str) -> Option<u64> {
    let text = fs::read_to_string(Path::new("/proc/sys/fs/inotify").join(name)).ok()?;
    text.trim().parse().ok()
}

/// Twice the current limit, and at least the value that most programs recommend.
fn raised(limit: u64) -> u64 {
    let least = if limit < 4096 { 1024 } else { 524_288 };
    least.max(limit.saturating_mul(2))
}

/// A file system on which some edits send no events.
fn silent(folder: &Path) -> Option<Finding> {
    let name = silent_file_system(folder)?;
    let folder = folder.display();
    let what = format!(
        "`{folder}` is on {name}, where edits made on another machine send no events, so a session checks \
         its files every half second"
    );
    let help = "for quicker reloads, keep the sources on a disk of this machine; `--poll SECONDS` sets \
                another interval";
    Some(Finding::warning(CHECK, what).help(help.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_raised() {
        for (limit, expected) in [
            (128, 1024),
            (1024, 2048),
            (8192, 524_288),
            (600_000, 1_200_000),
        ] {
            assert_eq!(raised(limit), expected);
        }
        assert!(limit("max_user_watches").is_some_and(|it| it > 0));
        assert_eq!(limit("max_user_wishes"), None);
    }
}
