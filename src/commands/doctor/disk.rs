//! The file systems that a session builds on.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Access, StatVfs, StatVfsMountFlags, access, statvfs};

use super::Subject;
use super::finding::Finding;

const CHECK: &str = "disk";

/// The first build of a program with several hundred dependencies needs about this much.
const LEAST_FREE: u64 = 1 << 30;

pub(crate) fn check(subject: &Subject) -> Vec<Finding> {
    let Some(survey) = subject.survey() else {
        return Vec::new();
    };
    let target = &survey.target_directory;
    let there = existing(target);
    let mut findings = vec![match statvfs(there) {
        Ok(about) => of_target(target, there, &about),
        Err(error) => unusable(target, &error.to_string()),
    }];
    if let Some(build) = &survey.build_directory
        && device(existing(build)) != device(there)
    {
        let (build, target) = (build.display(), target.display());
        findings.push(
            Finding::warning(
                CHECK,
                format!(
                    "`{build}` and `{target}` are on different file systems, so artifacts of your \
                         own builds are copied instead of linked"
                ),
            )
            .help(
                "put both on the same file system with `build.build-dir` and \
                   `build.target-dir`"
                    .to_owned(),
            ),
        );
    }
    findings
}

fn of_target(target: &Path, there: &Path, about: &StatVfs) -> Finding {
    if !there.is_dir() {
        return unusable(target, &format!("`{}` is not a folder", there.display()));
    }
    if about.f_flag.contains(StatVfsMountFlags::RDONLY) || access(there, Access::WRITE_OK).is_err()
    {
        return unusable(
            target,
            &format!("`{}` can't be written to", there.display()),
        );
    }
    if about.f_flag.contains(StatVfsMountFlags::NOEXEC) {
        return unusable(target, "its file system is mounted with `noexec`");
    }
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    let megabytes = free / 1_000_000;
    let shown = target.display();
    match free < LEAST_FREE {
        true => Finding::warning(CHECK, format!("only {megabytes} MB are free for `{shown}`"))
            .help(
                "free some disk space, or use another target directory: \
                   `--target-dir`"
                    .to_owned(),
            ),
        false => Finding::ok(CHECK, format!("{megabytes} MB are free for `{shown}`")),
    }
}

fn unusable(target: &Path, why: &str) -> Finding {
    let target = target.display();
    Finding::error(CHECK, format!("cannot build in `{target}`: {why}"))
        .help("use another target directory: `--target-dir`".to_owned())
}

/// The path itself, or its nearest parent that exists.
fn existing(path: &Path) -> &Path {
    let mut all = path.ancestors();
    all.find(|it| it.exists()).unwrap_or(Path::new("/"))
}

fn device(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|it| it.dev())
}
