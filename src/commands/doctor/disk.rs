//! The file systems that a session builds on.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Access, StatVfs, StatVfsMountFlags, access, statvfs};

use super::Scene;
use super::finding::Finding;

const CHECK: &str = "disk";

/// A first build of a program with some hundred dependencies takes about that much.
const LEAST_FREE: u64 = 1 << 30;

pub(crate) fn check(scene: &Scene) -> Vec<Finding> {
    let Some(survey) = scene.survey() else {
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
                    "`{build}` is on another file system than `{target}`: what your own build has \
                         made is copied, not linked"
                ),
            )
            .help("put both on one: `build.build-dir` and `build.target-dir`".to_owned()),
        );
    }
    findings
}

fn of_target(target: &Path, there: &Path, about: &StatVfs) -> Finding {
    if !there.is_dir() {
        return unusable(target, &format!("`{}` is no folder", there.display()));
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
            .help("make room, or build elsewhere: `--target-dir`".to_owned()),
        false => Finding::ok(CHECK, format!("{megabytes} MB are free for `{shown}`")),
    }
}

fn unusable(target: &Path, why: &str) -> Finding {
    let target = target.display();
    Finding::error(
        CHECK,
        format!("no program can be built in `{target}`: {why}"),
    )
    .help("build elsewhere: `--target-dir`".to_owned())
}

/// The folder itself, or the one in which it would be made.
fn existing(path: &Path) -> &Path {
    let mut all = path.ancestors();
    all.find(|it| it.exists()).unwrap_or(Path::new("/"))
}

fn device(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|it| it.dev())
}
