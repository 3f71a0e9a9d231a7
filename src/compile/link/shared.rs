//! The shared dylib: it contains each unmarked crate that the group depends on, so that the crate
//! exists once in the process.
//!
//! Each linked copy of a crate has its own statics. If tokio were linked into the host and into the
//! group, the group's copy would have no runtime. So the rlibs that cargo built for the host are
//! linked into one dylib, which both the host and the group use.
//!
//! It contains the closure of the *group's* unmarked dependencies, and hotmod's runtime. Crates
//! that only the host uses stay in the host.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use object::{Object as _, ObjectSymbol as _};

use crate::base::atomic_file::{link_or_copy, remove_if_there};
use crate::base::content_hash::Digest;
use crate::base::mmap::map;
use crate::cargo::invocation::Invocation;
use crate::compile::link::job::{LinkJob, Purpose};
use crate::compile::link::native;
use crate::compile::link::slices;
use crate::compile::record::{Record, Role, TOOL};
use crate::compile::wrapper_plan::{WrapperPlan, is_runtime};

/// Why the dylib could not be built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SharedError {
    #[error("could not build the shared dylib:\n{0}")]
    Failed(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Builds the dylib for this host, if it doesn't exist, and returns its path.
///
/// The name contains a digest of all inputs, because a running process may map an older version.
pub(crate) fn build(plan: &WrapperPlan, host: &Invocation) -> Result<PathBuf, SharedError> {
    let rlibs = rlibs(plan, host);
    let mut digest = Digest::new();
    digest.text(TOOL);
    digest.text(&host.program.to_string_lossy());
    for option in codegen_options(host) {
        digest.text(&option);
    }
    for rlib in &rlibs {
        digest.text(&rlib.to_string_lossy());
    }
    // Names of generic instances contain it. If it changed with the content of the rlibs, rustc
    // would compile every crate that calls such an instance from scratch.
    let metadata = digest.clone().finish();
    for rlib in &rlibs {
        digest.written(rlib)?;
    }
    let digest = digest.finish();
    let library = plan
        .shared
        .join(format!("libhotmod_shared-{digest:016x}.so"));
    if library.exists() {
        return Ok(library);
    }

    fs::create_dir_all(&plan.shared)?;
    // Created under another name and renamed, so that a partial library is never used.
    let scratch = tempfile::Builder::new()
        .prefix("building-")
        .tempdir_in(&plan.shared)?;
    let mut source = String::new();
    for index in 0..rlibs.len() {
        let _ = writeln!(source, "pub extern crate hm{index};");
    }
    let root = scratch.path().join("hotmod_shared.rs");
    fs::write(&root, source)?;

    let mut invocation = command(host, &root, scratch.path(), metadata);
    invocation.push(["-C".to_owned(), format!("extra-filename=-{digest:016x}")]);
    for (index, rlib) in rlibs.iter().enumerate() {
        invocation.push([
            "--extern".to_owned(),
            format!("hm{index}={}", rlib.display()),
        ]);
    }
    let built = scratch.path().join(library.file_name().unwrap_or_default());
    let purpose = Purpose::Shared {
        keeps_names: native::exports_all(host),
    };
    LinkJob::take_over(&mut invocation, purpose, &plan.shared)?;
    let output = invocation.command().output()?;
    if !output.status.success() {
        return Err(SharedError::Failed(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    for file in [native::wrap_file, slices::file] {
        fs::rename(file(&built), file(&library))?;
    }
    fs::rename(built, &library)?;
    Ok(library)
}

/// A name of the dylib for the host's rustc: the same after each change. rustc would not use the
/// host's incremental state if the path of a dependency changed. The program still loads the dylib by
/// its own name, which rustc wrote into it.
pub(crate) fn steady_name(plan: &WrapperPlan, host: &str, dylib: &Path) -> io::Result<PathBuf> {
    let folder = plan.shared.join(host);
    fs::create_dir_all(&folder)?;
    let scratch = tempfile::tempdir_in(&folder)?;
    let other = scratch.path().join("libhotmod_shared.so");
    link_or_copy(dylib, &other)?;
    let name = folder.join("libhotmod_shared.so");
    fs::rename(other, &name)?;
    Ok(name)
}

/// The direct dependencies of the group's crates outside of the group: rlibs and dylibs.
pub(crate) fn rlibs(plan: &WrapperPlan, host: &Invocation) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let records = Record::of_dependencies(&plan.units, host);
    let commands = records.values().map(|it| &it.invocation);
    for command in commands.chain([host]) {
        let runtime = command.externs().find(|it| is_runtime(it.path));
        found.extend(runtime.map(|it| it.path.with_extension("rlib")));
    }
    let is_of_group = |it: &Record| it.role == Role::Baseline;
    for record in records.values().filter(|it| is_of_group(it)) {
        let dependencies = record.invocation.externs().map(|it| it.path);
        let others = dependencies.filter(|it| !records.get(*it).is_some_and(is_of_group));
        found.extend(others.filter_map(library_of));
    }
    // If a crate is both, use the dylib, which is in the process anyway.
    let is_dylib = |it: &PathBuf| it.extension().is_some_and(|it| it == "so");
    let (dylibs, rlibs): (BTreeSet<_>, BTreeSet<_>) = found.into_iter().partition(is_dylib);
    let rlibs = rlibs
        .into_iter()
        .filter(|it| !dylibs.contains(&it.with_extension("so")));
    rlibs.chain(dylibs.iter().cloned()).collect()
}

/// The file to link for an `--extern` path: an rlib, or a dylib such as Bevy's. `None` for a proc
/// macro.
fn library_of(path: &Path) -> Option<PathBuf> {
    match path.extension()?.to_str()? {
        // With pipelining, the path is that of the metadata.
        "rlib" | "rmeta" => Some(path.with_extension("rlib")),
        "so" if !is_proc_macro(path).unwrap_or(true) => Some(path.to_owned()),
        _ => None,
    }
}

fn is_proc_macro(library: &Path) -> Result<bool, Box<dyn std::error::Error>> {
    let bytes = map(library)?;
    let library = object::File::parse(&*bytes)?;
    let mut names = library.dynamic_symbols().filter_map(|it| it.name().ok());
    Ok(names.any(|it| it.starts_with("__rustc_proc_macro_decls_")))
}

/// Settings that must be the same in everything that is linked together.
pub(crate) fn codegen_options(host: &Invocation) -> Vec<String> {
    const KEPT: [&str; 7] = [
        "linker",
        "link-arg",
        "link-args",
        "target-cpu",
        "target-feature",
        "relocation-model",
        "embed-bitcode",
    ];
    let key = |option: &str| option.split_once('=').map_or(option, |it| it.0).to_owned();
    host.codegen_options()
        .filter(|option| KEPT.contains(&key(option).as_str()))
        .map(str::to_owned)
        .collect()
}

/// A rustc command for a generated crate, with the host's settings.
fn command(host: &Invocation, root: &Path, out_dir: &Path, metadata: u64) -> Invocation {
    let mut invocation = host.clone();
    invocation.arguments = vec![root.to_string_lossy().into_owned()];
    invocation.push(["--crate-name", "hotmod_shared", "--edition", "2021"]);
    invocation.push(["--crate-type", "dylib", "-C", "prefer-dynamic"]);
    invocation.push(["-C".to_owned(), format!("metadata={metadata:016x}")]);
    invocation.push([
        "--out-dir".to_owned(),
        out_dir.to_string_lossy().into_owned(),
    ]);
    for option in codegen_options(host) {
        invocation.push(["-C".to_owned(), option]);
    }
    for option in ["--target", "-L", "--sysroot"] {
        for value in host.values(option) {
            invocation.push([option, value]);
        }
    }
    invocation
}

/// A rustc command for a generated crate that is linked with the shared dylib.
pub(crate) fn anchor_command(host: &Invocation, root: &Path, out_dir: &Path) -> Invocation {
    let mut invocation = command(host, root, out_dir, 0);
    invocation.change_values("--crate-name", |_| Some("hotmod_group".to_owned()));
    invocation.change_values("--crate-type", |_| Some("cdylib".to_owned()));
    invocation
}

/// How long to keep a dylib that no record refers to: another session may be about to record it.
const KEPT: Duration = Duration::from_secs(3600);

/// Removes dylibs that no record refers to. A process that maps such a dylib can still use it.
pub(crate) fn remove_unused(plan: &WrapperPlan) -> io::Result<()> {
    let records = Record::all(&plan.units).into_iter();
    let used: BTreeSet<PathBuf> = records.filter_map(|record| record.shared).collect();
    let Ok(entries) = fs::read_dir(&plan.shared) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let is_old = |modified: SystemTime| modified.elapsed().is_ok_and(|age| age > KEPT);
        if path.extension().is_some_and(|it| it == "so")
            && !used.contains(&path)
            && entry.metadata()?.modified().is_ok_and(is_old)
        {
            for file in [native::wrap_file(&path), slices::file(&path), path] {
                // Earlier versions of the tool wrote fewer files.
                remove_if_there(&file)?;
            }
        }
    }
    Ok(())
}
