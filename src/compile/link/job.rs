//! A link that the tool takes over from rustc, as its linker.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use object::{Architecture, Object as _};
use serde::{Deserialize, Serialize};

use crate::cargo::artifact::OBJECT;
use crate::cargo::invocation::Invocation;
use crate::compat::symbols::SymbolsError;
use crate::compile::wrapper_plan::Comparison;

/// The variable that makes this program act as a linker: a [`LinkJob`] as JSON.
pub(crate) const LINK_VARIABLE: &str = "HOTMOD_LINK";

/// What is linked, which determines the changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// The host: its global allocator is disabled, and its uses of the group are recorded.
    Host(Box<HostLink>),
    /// The shared dylib, which must also export C names.
    Shared {
        /// Whether C names are exported unchanged.
        keeps_names: bool,
    },
    /// The group's first link: nothing is linked, and the arguments are saved here as
    /// [`Arguments`].
    Group { arguments: PathBuf },
    /// A leaf crate: nothing is linked, and its objects are saved in this folder.
    Leaf { objects: PathBuf },
}

/// The link of a host.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HostLink {
    pub(crate) crate_name: String,
    pub(crate) shared: PathBuf,
    pub(crate) libstd: PathBuf,
    pub(crate) opt_level: String,
    pub(crate) notes: PathBuf,
    /// The records of the units that it is linked from.
    pub(crate) units: PathBuf,
    pub(crate) symbols: PathBuf,
    /// The file for its code.
    pub(crate) code: PathBuf,
    /// The rlibs of the workspace that the host depends on, linked into it or not: those that
    /// generations are linked with, too, are `libraries`.
    pub(crate) rlibs: Vec<PathBuf>,
    pub(crate) libraries: Vec<PathBuf>,
    /// The folders of the rlibs of all crates.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) comparison: Option<Comparison>,
}

/// A link to take over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LinkJob {
    pub(crate) linker: PathBuf,
    pub(crate) purpose: Purpose,
}

/// How rustc links the group; see [`Purpose::Group`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Arguments {
    pub(crate) linker: PathBuf,
    /// The output is [`OUTPUT`].
    pub(crate) arguments: Vec<String>,
    /// The file with the exported names among the arguments.
    pub(crate) version_script: PathBuf,
}

/// Placeholder for the output in [`Arguments`].
pub(crate) const OUTPUT: &str = "{output}";

impl LinkJob {
    /// Makes this tool the linker of a rustc command, instead of the user's.
    ///
    /// rustc infers the kind of linker from its file name, so the tool is linked under the same
    /// name.
    pub(crate) fn take_over(
        invocation: &mut Invocation,
        purpose: Purpose,
        scratch: &Path,
    ) -> io::Result<()> {
        let linker = PathBuf::from(invocation.codegen("linker").unwrap_or("cc"));
        let directory = scratch.join("linker");
        fs::create_dir_all(&directory)?;
        let alias = directory.join(linker.file_name().unwrap_or(linker.as_os_str()));
        let tool = env::current_exe()?;
        if fs::read_link(&alias).ok().as_ref() != Some(&tool) {
            let fresh = tempfile::tempdir_in(&directory)?;
            symlink(&tool, fresh.path().join("tool"))?;
            fs::rename(fresh.path().join("tool"), &alias)?;
        }
        let job = serde_json::to_string(&LinkJob { linker, purpose })?;
        invocation.push(["-C".to_owned(), format!("linker={}", alias.display())]);
        let environment = &mut invocation.environment;
        environment.insert(LINK_VARIABLE.to_owned(), job);
        Ok(())
    }

    /// The real linker.
    pub(crate) fn command(&self, arguments: &[String], scratch: &Path) -> io::Result<Command> {
        let mut command = command_by_file(&self.linker, &[], arguments, scratch)?;
        command.env_remove(LINK_VARIABLE);
        Ok(command)
    }

    /// The output of the real linker.
    pub(crate) fn output(&self, arguments: &[String], scratch: &Path) -> Result<Output, LinkError> {
        let output = self.command(arguments, scratch)?.output();
        output.map_err(|error| LinkError::Linker(self.linker.clone(), error))
    }
}

/// A linker's command. If there are too many arguments for the system, they are passed in a file in
/// `folder`, as by rustc, except the `first` ones.
pub(crate) fn command_by_file(
    linker: &Path,
    first: &[String],
    arguments: &[String],
    folder: &Path,
) -> io::Result<Command> {
    let response = folder.join("arguments");
    let lines: String = arguments.iter().map(|it| escaped(it) + "\n").collect();
    fs::write(&response, lines)?;
    let mut command = Command::new(linker);
    command.args(first).arg(format!("@{}", response.display()));
    Ok(command)
}

pub(crate) fn version_script(arguments: &[String]) -> Option<PathBuf> {
    let prefixes = ["-Wl,--version-script=", "--version-script="];
    arguments
        .iter()
        .find_map(|argument| prefixes.iter().find_map(|it| argument.strip_prefix(it)))
        .map(PathBuf::from)
}

/// The processor of a link: that of its first object. It may be another one than this program's.
pub(crate) fn architecture(arguments: &[String]) -> Option<Architecture> {
    let object = arguments.iter().find(|it| it.ends_with(".o"))?;
    let bytes = fs::read(object).ok()?;
    Some(object::File::parse(&*bytes).ok()?.architecture())
}

/// A line of a response file, in the syntax of GCC and LLVM.
pub(crate) fn escaped(argument: &str) -> String {
    let mut out = String::new();
    for character in argument.chars() {
        if matches!(character, '\\' | ' ' | '"' | '\'' | '\t') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// Why a link failed before the linker ran.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("could not run the linker `{0}`: {1}")]
    Linker(PathBuf, io::Error),
    #[error(
        "the host's `#[global_allocator]` can't be disabled at opt-level {0}, because calls to it \
         may have been inlined\n\
         help: run the session without `--release`, or put the allocator behind a feature"
    )]
    AllocatorInlined(String),
    #[error(
        "this toolchain's libstd, `{0}`, exports no allocator that cargo-hotmod knows, so a \
         `#[global_allocator]` in the host can't be recognised\n\
         help: use an older toolchain or a newer cargo-hotmod"
    )]
    UnknownAllocator(PathBuf),
    #[error(
        "rustc linked no object whose name ends with `{OBJECT}`, so the crate's own objects are unknown\n\
         help: this version of cargo-hotmod does not support this Rust version: use an older toolchain or \
         a newer cargo-hotmod"
    )]
    NoObjects,
    #[error("could not read `{0}`: {1}")]
    Object(String, object::read::Error),
    /// Symbols or code.
    #[error(transparent)]
    Symbols(#[from] SymbolsError),
    #[error(transparent)]
    Io(#[from] io::Error),
}
