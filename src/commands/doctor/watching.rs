//! Whether the system reports edits: its limits, and file systems that send no events.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use rustix::fs::statfs;

use crate::stale::{Depth, Watcher, folders_of_plan};

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
    Finding::ok(
        CHECK,
        format!("the system reports edits in {count} folders{limit}"),
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
    let kind = statfs(folder).ok()?.f_type;
    // The type's sign depends on the platform; the numbers have 32 bits.
    let name = name_of_silent(kind as u64 & 0xffff_ffff)?;
    let folder = folder.display();
    let what = format!(
        "`{folder}` is on {name}, where edits made on another machine send no \
                        events"
    );
    let help = "if edits are not noticed, start the session with `cargo hotmod run --poll`";
    Some(Finding::warning(CHECK, what).help(help.to_owned()))
}

/// By the numbers of `statfs(2)`. All of these send events for writes by this machine.
fn name_of_silent(kind: u64) -> Option<&'static str> {
    Some(match kind {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "a Windows share",
        0x0102_1997 => "9P, like the drives of Windows in WSL",
        0x5346_4846 => "a drive of Windows in WSL",
        0x786f_4256 => "a shared folder of VirtualBox",
        0xbacb_acbc => "a shared folder of VMware",
        0x7c7c_6673 => "a shared folder of Parallels",
        0x6573_5546 => "FUSE, like sshfs and the shared folders of Docker Desktop",
        0x5346_414f => "AFS",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_file_systems_are_known_by_their_numbers() {
        for (kind, name) in [
            (0x6969, Some("NFS")),
            (0xff53_4d42, Some("a Windows share")),
            (0x0102_1997, Some("9P, like the drives of Windows in WSL")),
            (0x786f_4256, Some("a shared folder of VirtualBox")),
            // ext4, btrfs, xfs, tmpfs, overlayfs, ZFS
            (0xef53, None),
            (0x9123_683e, None),
            (0x5846_5342, None),
            (0x0102_1994, None),
            (0x794c_7630, None),
            (0x2fc1_2fc1, None),
        ] {
            assert_eq!(name_of_silent(kind), name, "{kind:x}");
        }
        assert_eq!(silent(&std::env::temp_dir()), None);
    }

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
