//! The tool as rustc's `-C linker`: changes the link in ways for which rustc has no option, or
//! saves the arguments of a link for later, and then runs the real linker.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use crate::base::atomic_file::{link_or_copy, write_whole};
use crate::cargo::artifact::OBJECT;
use crate::cargo::artifact::rlib_stem;
use crate::cargo::dep_info as depinfo;
use crate::compat::code::Elsewhere;
use crate::compat::symbols::{HostSymbols, Linked};
use crate::compile::Note;
use crate::compile::link::allocator;
use crate::compile::link::job::{
    Arguments, HostLink, LinkError, LinkJob, OUTPUT, Purpose, version_script,
};
use crate::compile::link::native;
use crate::compile::link::redirects::Redirected;
use crate::compile::link::slices;
use crate::compile::record::{Record, Role};

use super::host_code::{self, Files, Next};

/// Runs as a linker and returns its exit code.
///
/// # Errors
/// Fails if the job or a file can't be read, or the linker can't be run. rustc shows the error.
pub(crate) fn run(job: &str, arguments: impl Iterator<Item = OsString>) -> Result<i32, LinkError> {
    let job: LinkJob = serde_json::from_str(job).map_err(io::Error::from)?;
    let mut arguments = expanded(arguments)?;
    add_rpaths(&mut arguments);
    // Dropped, and so removed, after the linker has read the files in it.
    let scratch = tempfile::tempdir()?;
    let (files, code) = match &job.purpose {
        Purpose::Host(host) => {
            let HostLink {
                crate_name,
                shared,
                libstd,
                opt_level,
                notes,
                units,
                symbols,
                code,
                rlibs,
                libraries,
                folders,
                comparison,
            } = &**host;
            let objects = own_objects(&arguments)?;
            let elsewhere = Elsewhere {
                folders: folders.clone(),
            };
            let records = Records {
                units,
                rlibs: rlibs.iter().chain(libraries).collect(),
            };
            let mut linked = linked(&arguments, crate_name, &records);
            let redirected = redirected(&linked, opt_level, &records, scratch.path())?;
            let redirect = |path: &Path| redirected.copy_of(path).to_owned();
            let argument = |rlib: &PathBuf| {
                let mut paths = linked.iter().map(|it| &it.path);
                let path = paths.find(|it| it.file_name() == rlib.file_name());
                redirect(path.unwrap_or(rlib))
            };
            let files = Files {
                objects: objects.iter().map(|it| redirect(Path::new(it))).collect(),
                rlibs: rlibs.iter().map(argument).collect(),
                libraries,
            };
            for file in &mut linked {
                file.path = redirect(&file.path);
            }
            for argument in &mut arguments {
                if let Some(copy) = redirected.copies.get(Path::new(argument)) {
                    *argument = copy.to_string_lossy().into_owned();
                }
            }
            let next = host_code::compare_with_running(&files, comparison.as_ref(), &elsewhere)?;
            if next == Next::Fail {
                return Ok(1);
            }
            let found = HostSymbols {
                redirects: redirected.redirects,
                ..HostSymbols::read(&linked)?
            };
            write_whole(
                symbols,
                &serde_json::to_vec(&found).map_err(io::Error::from)?,
            )?;
            let is_of_group = |path: &Path| {
                let mut all = linked.iter().filter(|it| it.is_reloadable);
                all.any(|it| it.path == path)
            };
            let mut noted = slices::of_host(&mut arguments, shared, is_of_group, scratch.path())?;
            arguments.push(native::wrap_argument(shared));
            let changed = allocator::set_aside(&mut arguments, libstd, scratch.path())?;
            if changed && opt_level != "0" {
                return Err(LinkError::AllocatorInlined(opt_level.clone()));
            }
            if changed {
                noted.push(Note::AllocatorOff);
            }
            write_whole(notes, &serde_json::to_vec(&noted).map_err(io::Error::from)?)?;
            if let Some(trampolines) = &redirected.trampolines {
                // GNU ld reads archives in order, and takes only members that something before them needs.
                let first = arguments.iter().position(|it| it.ends_with(".rlib"));
                let trampolines = trampolines.to_string_lossy().into_owned();
                arguments.insert(first.unwrap_or(arguments.len()), trampolines);
            }
            (files, code)
        }
        Purpose::Shared { keeps_names } => {
            let linked = native::link_shared(&job, &arguments, *keeps_names, scratch.path())?;
            io::stderr().write_all(&linked.stderr)?;
            return Ok(linked.status.code().unwrap_or(1));
        }
        Purpose::Group { arguments: kept } => {
            keep(&job.linker, arguments, kept)?;
            return Ok(0);
        }
        Purpose::Leaf { objects } => {
            keep_objects(&arguments, objects)?;
            return Ok(0);
        }
    };
    // rustc removes its objects after the link.
    thread::scope(|scope| {
        let recorded = scope.spawn(|| host_code::record(&files, code));
        let status = run_linker(&job, &arguments, scratch.path())?;
        recorded
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(status)
    })
}

/// Runs the real linker and returns its exit code.
fn run_linker(job: &LinkJob, arguments: &[String], scratch: &Path) -> Result<i32, LinkError> {
    let status = job
        .command(arguments, scratch)?
        .status()
        .map_err(|error| LinkError::Linker(job.linker.clone(), error))?;
    Ok(status.code().unwrap_or(1))
}

/// Adds an rpath for the folder of each linked dylib. Cargo uses `LD_LIBRARY_PATH` instead, which a
/// session does not set.
fn add_rpaths(arguments: &mut Vec<String>) {
    let is_dylib = |it: &&Path| it.is_absolute() && it.extension().is_some_and(|it| it == "so");
    let dylibs = arguments.iter().map(Path::new).filter(is_dylib);
    let directories: BTreeSet<&Path> = dylibs.filter_map(Path::parent).collect();
    let rpaths = directories
        .iter()
        .map(|it| format!("-Wl,-rpath,{}", it.display()));
    let rpaths: Vec<String> = rpaths.collect();
    arguments.extend(rpaths);
}

/// The records of the rlibs that a host is linked with.
struct Records<'a> {
    units: &'a Path,
    /// Their paths, as cargo gave them to rustc.
    rlibs: Vec<&'a PathBuf>,
}

impl Records<'_> {
    /// The record of an rlib among the linker's arguments. Its path is the real one, without symbolic links, or
    /// that of a copy that rustc made. Its name contains cargo's hash.
    fn of(&self, argument: &Path) -> Option<Record> {
        let mut rlibs = self.rlibs.iter();
        let rlib = rlibs.find(|it| it.file_name() == argument.file_name())?;
        Record::of_rlib(self.units, rlib)
    }
}

/// The files that are linked into the host, with their crates.
fn linked(arguments: &[String], host: &str, records: &Records<'_>) -> Vec<Linked> {
    let of_rlib = |path: &Path| {
        let stem = rlib_stem(path)?;
        let record = records.of(path);
        let recorded = record.as_ref().and_then(|it| it.invocation.crate_name());
        let crate_name = recorded.or_else(|| Some(stem.rsplit_once('-')?.0))?;
        let is_baseline = record.as_ref().is_some_and(|it| it.role == Role::Baseline);
        Some((crate_name.to_owned(), is_baseline))
    };
    let of_file = |argument: &String| {
        let path = PathBuf::from(argument);
        let (crate_name, is_reloadable) = if argument.ends_with(".rlib") {
            of_rlib(&path)?
        } else if is_own_object(argument) {
            (host.to_owned(), false)
        } else {
            return None;
        };
        Some(Linked {
            path,
            crate_name,
            is_reloadable,
        })
    };
    arguments.iter().filter_map(of_file).collect()
}

/// Redirects the host's calls of the group's functions. Where code is optimised, they may be inlined, so none is.
fn redirected(
    linked: &[Linked],
    opt_level: &str,
    records: &Records<'_>,
    scratch: &Path,
) -> Result<Redirected, LinkError> {
    let group = linked.iter().filter(|it| it.is_reloadable);
    let records: Option<Vec<Record>> = group.map(|it| records.of(&it.path)).collect();
    let can_redirect = |record: &Record| {
        let command = &record.invocation;
        command.is_unoptimised() && command.has_types()
    };
    let records = records.filter(|all| opt_level == "0" && all.iter().all(can_redirect));
    let mut sources = Vec::new();
    for record in records.iter().flatten() {
        let inputs = record
            .dep_info()
            .map(|it| depinfo::inputs(&it, &record.invocation.directory));
        match inputs {
            Some(Ok(inputs)) => sources.extend(inputs),
            _ => return Ok(Redirected::default()),
        }
    }
    match records {
        Some(_) => Redirected::of(linked, &sources, scratch),
        None => Ok(Redirected::default()),
    }
}

/// Saves the arguments, and those of the files that rustc removes after the link: the anchor's
/// objects, and files in rustc's temporary directory, such as an unpacked native library.
fn keep(linker: &Path, mut arguments: Vec<String>, kept: &Path) -> io::Result<()> {
    let directory = kept.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let script = version_script(&arguments).unwrap_or_default();
    let temporary = script.parent().unwrap_or(Path::new(""));
    if let Some(output) = take_output(&mut arguments) {
        fs::write(output, [])?;
    }
    for argument in &mut arguments {
        // An option can precede the path in the same argument.
        let start = argument.find('/').unwrap_or(0);
        let (word, path) = argument.split_at(start);
        let path = Path::new(path);
        let is_removed = argument.ends_with(".o") || path.parent() == Some(temporary);
        if is_removed && path.is_file() {
            let copy = directory.join(path.file_name().unwrap_or_default());
            fs::copy(path, &copy)?;
            *argument = format!("{word}{}", copy.display());
        }
    }
    let arguments = Arguments {
        linker: linker.to_owned(),
        version_script: directory.join(script.file_name().unwrap_or_default()),
        arguments,
    };
    write_whole(kept, &serde_json::to_vec_pretty(&arguments)?)
}

/// Saves the crate's own objects, which rustc removes after the link. All other files are linked
/// with the group.
fn keep_objects(arguments: &[String], objects: &Path) -> Result<(), LinkError> {
    fs::create_dir_all(objects)?;
    for object in own_objects(arguments)? {
        let object = Path::new(object);
        let kept = objects.join(object.file_name().unwrap_or_default());
        link_or_copy(object, &kept)?;
    }
    let mut arguments = arguments.to_vec();
    if let Some(output) = take_output(&mut arguments) {
        fs::write(output, [])?;
    }
    Ok(())
}

/// The objects of the linked crate. rustc creates at least one.
fn own_objects(arguments: &[String]) -> Result<Vec<&String>, LinkError> {
    let objects: Vec<&String> = arguments.iter().filter(|it| is_own_object(it)).collect();
    match objects.is_empty() {
        true => Err(LinkError::NoObjects),
        false => Ok(objects),
    }
}

fn is_own_object(argument: &str) -> bool {
    argument.ends_with(OBJECT)
}

/// Replaces the output's path by [`OUTPUT`]. rustc expects a file there, but does not read it.
fn take_output(arguments: &mut [String]) -> Option<String> {
    let flag = arguments.iter().position(|it| it == "-o")?;
    let output = arguments.get_mut(flag + 1)?;
    Some(std::mem::replace(output, OUTPUT.to_owned()))
}

fn expanded(arguments: impl Iterator<Item = OsString>) -> io::Result<Vec<String>> {
    let mut expanded = Vec::new();
    for argument in arguments {
        let argument = argument.to_string_lossy().into_owned();
        match argument.strip_prefix('@') {
            Some(file) => expanded.extend(fs::read_to_string(file)?.lines().map(unescaped)),
            None => expanded.push(argument),
        }
    }
    Ok(expanded)
}

fn unescaped(line: &str) -> String {
    let mut out = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.extend(characters.next()),
            '"' => {}
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::link::job::escaped;

    #[test]
    fn response_files_keep_arguments() {
        for argument in [r#"a b\c"d'e"#, "-Wl,-rpath,$ORIGIN", "/plain/path.o"] {
            assert_eq!(unescaped(&escaped(argument)), argument);
        }
    }

    #[test]
    fn a_link_without_objects_of_the_crate_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let none = words("a.cgu-0.o libb.rlib -lc");
        let error = keep_objects(&none, folder.path()).unwrap_err().to_string();
        assert!(
            error.starts_with("rustc linked no object whose name ends with `.rcgu.o`"),
            "{error}"
        );
        assert!(own_objects(&words("a.0.rcgu.o libb.rlib")).is_ok());
    }
}
