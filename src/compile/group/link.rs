//! The link of the group's library, with a recipe that is recorded once from rustc.
//!
//! To record the recipe, rustc compiles a small crate, the anchor, which depends on all crates of
//! the group. The tool acts as its linker and saves the arguments. From then on, each link is one
//! run of the user's linker. The anchor also contains the function with which the runtime finds the
//! records of the entry points.

mod driver;
mod fault;

use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use hotmod_protocol::{BUILD_SYMBOL, BuildId, ENTRIES_SYMBOL, IDENTITY_SYMBOL};
use serde::{Deserialize, Serialize};

use super::BuildError;
use crate::base::atomic_file::write_whole;
use crate::base::child_process::Cancel;
use crate::base::content_hash::Digest;
use crate::base::library::Library;
use crate::base::stamp::Stamp;
use crate::cargo::invocation::Invocation;
use crate::compile::link::job::{Arguments, LinkJob, OUTPUT, Purpose, command_by_file};
use crate::compile::link::{native, rlib, shared};
use driver::linker_command;
use fault::{of_system, remove_leftovers};

pub(crate) use fault::explaining_line;

/// The objects of a crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Objects {
    /// An rlib, which the next compilation replaces, or a folder of objects.
    pub(crate) path: PathBuf,
    /// All objects merged into one. A crate can have a hundred objects, and each link would merge
    /// their identical parts again.
    pub(crate) merged: PathBuf,
}

/// How the group is linked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Recipe {
    /// rustc's command, which usually runs a C compiler.
    driver: Step,
    /// The linker's own command, if it is known.
    direct: Option<Step>,
    /// The file of this recipe.
    pub(crate) file: PathBuf,
}

/// A linker's command; the output is [`OUTPUT`], and the crates are the baseline's rlibs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) program: PathBuf,
    /// Arguments that must come first.
    pub(crate) first: Vec<String>,
    pub(crate) arguments: Vec<String>,
}

/// The recipe for crates with these baseline rlibs. Records it if there is none.
pub(crate) fn recipe(
    host: &Invocation,
    shared_dylib: &Path,
    rlibs: &[PathBuf],
    directory: &Path,
    cancel: &Cancel,
) -> Result<Recipe, BuildError> {
    let mut digest = Digest::new();
    digest.text(&shared_dylib.to_string_lossy());
    for rlib in rlibs {
        digest.text(&rlib.to_string_lossy());
        // An rlib lists the native libraries that it needs.
        digest.written(rlib)?;
    }
    for argument in &host.arguments {
        digest.text(argument);
    }
    let all = directory;
    let directory = all.join(format!("{:016x}", digest.finish()));
    let file = directory.join("recipe.json");
    if let Some(recipe) = Recipe::read(&file) {
        return Ok(recipe);
    }

    // Recipes of earlier hosts are obsolete.
    match fs::remove_dir_all(all) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut recorded = record(host, shared_dylib, rlibs, &directory, cancel)?;
    recorded.arguments.push(native::wrap_argument(shared_dylib));
    add_native(&mut recorded.arguments, rlibs, &directory)?;
    let exports =
        format!("{{ global: {ENTRIES_SYMBOL}; {BUILD_SYMBOL}; {IDENTITY_SYMBOL}; local: *; }};\n");
    fs::write(&recorded.version_script, exports)?;
    let driver = Step {
        program: recorded.linker,
        first: Vec::new(),
        arguments: recorded.arguments,
    };
    let recipe = Recipe {
        direct: linker_command(&driver, cancel)?,
        driver,
        file,
    };
    recipe.store()?;
    Ok(recipe)
}

/// Records how rustc links the anchor.
fn record(
    host: &Invocation,
    shared_dylib: &Path,
    rlibs: &[PathBuf],
    directory: &Path,
    cancel: &Cancel,
) -> Result<Arguments, BuildError> {
    // rustc removes its objects after the link. The tool, as the linker, saves those that it needs.
    let scratch = tempfile::tempdir()?;
    let root = scratch.path().join("hotmod_group.rs");
    fs::write(&root, anchor(rlibs.len()))?;
    let mut invocation = shared::anchor_command(host, &root, scratch.path());
    invocation.push(["--extern".to_owned()]);
    invocation.push([format!("hotmod_shared={}", shared_dylib.display())]);
    for (index, rlib) in rlibs.iter().enumerate() {
        invocation.push([
            "--extern".to_owned(),
            format!("hm{index}={}", rlib.display()),
        ]);
    }
    let file = directory.join("arguments.json");
    let purpose = Purpose::Group {
        arguments: file.clone(),
    };
    LinkJob::take_over(&mut invocation, purpose, scratch.path())?;
    let output = cancel.output(&mut invocation.command())?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(BuildError::Link(words));
    }
    Ok(serde_json::from_slice(&fs::read(&file)?).map_err(io::Error::from)?)
}

/// Adds the native code that an rlib bundles after the rlib. A reload replaces the rlib by the
/// crate's Rust code alone.
fn add_native(arguments: &mut Vec<String>, rlibs: &[PathBuf], directory: &Path) -> io::Result<()> {
    for rlib in rlibs {
        let name = rlib.file_name().unwrap_or_default();
        let mut all = arguments.iter();
        let Some(position) = all.position(|it| Path::new(it).file_name() == Some(name)) else {
            continue;
        };
        // If rustc has to remove members from a library, it links a copy.
        arguments[position] = rlib.to_string_lossy().into_owned();
        let library = directory.join(name).with_extension("native.a");
        if rlib::write_native(rlib, &library)? {
            arguments.insert(position + 1, library.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

/// The source of the anchor: names each crate, so that rustc passes what they need to the
/// linker, and returns the bounds of the section that `hotmod`'s `register!` fills.
fn anchor(crates: usize) -> String {
    let names: String = (0..crates)
        .map(|index| format!("extern crate hm{index} as _;\n"))
        .collect();
    format!(
        r#"extern crate hotmod_shared as _;
{names}
#[repr(C)]
pub struct Bounds {{
    start: *const u8,
    stop: *const u8,
}}

unsafe extern "C" {{
    static __start_hotmod_entries: u8;
    static __stop_hotmod_entries: u8;
}}

#[unsafe(no_mangle)]
pub extern "C" fn {ENTRIES_SYMBOL}() -> Bounds {{
    unsafe {{
        core::arch::asm!(
            ".pushsection hotmod_entries,\"awR\",@progbits",
            ".balign 8",
            ".quad 0",
            ".quad 0",
            ".popsection",
        );
    }}
    Bounds {{ start: &raw const __start_hotmod_entries, stop: &raw const __stop_hotmod_entries }}
}}
"#
    )
}

impl Recipe {
    /// Reads a recorded recipe; `None` if there is none.
    pub(crate) fn read(file: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(file).ok()?).ok()
    }

    fn store(&self) -> io::Result<()> {
        write_whole(&self.file, &serde_json::to_vec_pretty(self)?)
    }

    /// Merges a crate's objects, to make later links faster.
    pub(crate) fn merge(&self, objects: &Objects, cancel: &Cancel) -> Result<(), BuildError> {
        let (Some(direct), false) = (&self.direct, objects.merged.exists()) else {
            return Ok(());
        };
        let scratch = tempfile::tempdir()?;
        // Created under another name and renamed, so that a link never sees a partial file.
        let unfinished = objects.merged.with_extension("unfinished");
        let mut arguments = vec!["-r".to_owned(), "-o".to_owned()];
        arguments.push(unfinished.to_string_lossy().into_owned());
        arguments.push("--whole-archive".to_owned());
        arguments.extend(objects.files(scratch.path())?);
        let program = &direct.program;
        let mut command = command_by_file(program, &direct.first, &arguments, scratch.path())?;
        // Objects that can't be merged are linked separately.
        if cancel.output(&mut command)?.status.success() {
            fs::rename(unfinished, &objects.merged)?;
        }
        Ok(())
    }

    /// Links the group into a library in the folder `output`. `crates` are the baseline's rlibs,
    /// each with the objects that replace it. `identity` is recorded in the library, and `kept` are symbols of
    /// functions to keep.
    pub(crate) fn link(
        &self,
        crates: &[(PathBuf, Objects)],
        identity: u64,
        kept: &[String],
        output: &Path,
        cancel: &Cancel,
    ) -> Result<Library, BuildError> {
        let build = next_build_id();
        let library = Library {
            build,
            identity,
            path: output.join(format!("libhotmod_group-{build}.so")),
        };
        fs::create_dir_all(output)?;
        let linked = self.link_to(&library, crates, kept, cancel);
        if linked.is_err() {
            // The error of the link is more important.
            let _ = remove_leftovers(&library.path);
        }
        linked.map(|()| library)
    }

    fn link_to(
        &self,
        library: &Library,
        crates: &[(PathBuf, Objects)],
        kept: &[String],
        cancel: &Cancel,
    ) -> Result<(), BuildError> {
        if let Some(direct) = &self.direct
            && direct.run(crates, library, kept, cancel)?.is_ok()
        {
            return Ok(());
        }
        match self.driver.run(crates, library, kept, cancel)? {
            Ok(()) if self.direct.is_some() => {
                // The driver must do more than run this command, so use the driver from now on.
                let recipe = Recipe {
                    driver: self.driver.clone(),
                    direct: None,
                    file: self.file.clone(),
                };
                recipe.store()?;
                Ok(())
            }
            Ok(()) => Ok(()),
            Err(words) => Err(BuildError::Link(words)),
        }
    }
}

impl Step {
    /// Runs the command; returns the linker's output if it fails.
    fn run(
        &self,
        crates: &[(PathBuf, Objects)],
        library: &Library,
        kept: &[String],
        cancel: &Cancel,
    ) -> Result<Result<(), String>, BuildError> {
        // Through a C compiler, these arguments need `-Wl,`.
        let is_driver = self.arguments.iter().any(|it| it.starts_with("-Wl,"));
        let for_linker = |words: &[&str]| match is_driver {
            true => vec![format!("-Wl,{}", words.join(","))],
            false => words.iter().map(|it| (*it).to_owned()).collect(),
        };
        let scratch = tempfile::tempdir()?;
        let mut arguments = Vec::new();
        for argument in &self.arguments {
            let of_crate = |(rlib, _): &&(PathBuf, Objects)| rlib.as_os_str() == &**argument;
            if argument == OUTPUT {
                arguments.push(library.path.to_string_lossy().into_owned());
            } else if let Some((_, objects)) = crates.iter().find(of_crate) {
                // Nothing in the library calls the entry points, so keep unreferenced code.
                arguments.extend(for_linker(&["--whole-archive"]));
                arguments.extend(objects.files(scratch.path())?);
                arguments.extend(for_linker(&["--no-whole-archive"]));
            } else {
                arguments.push(argument.clone());
            }
        }
        let build = format!("--defsym={BUILD_SYMBOL}={:#x}", library.build.0);
        let identity = format!("--defsym={IDENTITY_SYMBOL}={:#x}", library.identity);
        arguments.extend(for_linker(&[&build, &identity]));
        for symbol in kept {
            arguments.extend(for_linker(&[&format!("--undefined={symbol}")]));
        }
        // Without it, lld accepts undefined symbols, and loading the library fails.
        arguments.extend(for_linker(&["-z", "defs"]));
        // The build id is in a symbol of our own, so the linker need not compute one.
        arguments.extend(for_linker(&["-O0", "--build-id=none"]));

        let mut command = command_by_file(&self.program, &self.first, &arguments, scratch.path())?;
        // The output is parsed, so it must be in English.
        command.env("LC_ALL", "C");
        let linked = cancel.output(&mut command)?;
        if linked.status.success() {
            return Ok(Ok(()));
        }
        let words = String::from_utf8_lossy(&linked.stderr).into_owned();
        if let Some(signal) = linked.status.signal() {
            return Err(BuildError::Linker(format!("signal {signal} ended it")));
        }
        match of_system(&words) {
            Some(line) => Err(BuildError::Linker(line.to_owned())),
            None => Ok(Err(words)),
        }
    }
}

impl Objects {
    /// The files to link completely, in the same order for each link. Unpacked files go to the
    /// folder `scratch`.
    fn files(&self, scratch: &Path) -> io::Result<Vec<String>> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        if self.merged.exists() {
            return Ok(vec![text(&self.merged)]);
        }
        if !self.path.is_dir() {
            // The native code that the rlib bundles is linked like any library: only what is
            // needed.
            let folder = tempfile::tempdir_in(scratch)?.keep();
            let unpacked = rlib::unpack_rust(&self.path, &folder)?;
            return Ok(match unpacked.is_empty() {
                true => vec![text(&self.path)],
                false => unpacked.iter().map(|it| text(it)).collect(),
            });
        }
        let entries = fs::read_dir(&self.path)?;
        let files: io::Result<Vec<String>> = entries.map(|it| Ok(text(&it?.path()))).collect();
        let mut files = files?;
        files.sort();
        Ok(files)
    }
}

/// A unique build id. It must be unique because the loader compares names before it opens files.
fn next_build_id() -> BuildId {
    let Stamp(time, count) = Stamp::next();
    let mut digest = Digest::new();
    for number in [time, count, u64::from(std::process::id())] {
        digest.number(number);
    }
    BuildId(digest.finish().max(1))
}
