//! One link that the tool takes over from rustc: what it has to do as the linker.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::{Deserialize, Serialize};

use crate::cargo::artifact::OBJECT;
use crate::cargo::invocation::Invocation;
use crate::compat::symbols::SymbolsError;

/// The variable that makes this program a linker: a [`LinkJob`] as JSON.
pub(crate) const LINK_VARIABLE: &str = "HOTMOD_LINK";

/// What is linked, and so what is changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// The host: its own global allocator is set aside, and what it has of the group is written
    /// down.
    Host {
        crate_name: String,
        shared: PathBuf,
        libstd: PathBuf,
        opt_level: String,
        notes: PathBuf,
        /// Of the units that it is linked from.
        units: PathBuf,
        symbols: PathBuf,
    },
    /// The shared dylib: it has C names too, which others need.
    Shared {
        /// Whether they are exported as they are.
        keeps_names: bool,
    },
    /// The group's first link: nothing is linked, the arguments are kept here as [`Arguments`].
    Group { arguments: PathBuf },
    /// A leaf crate: nothing is linked, its objects are kept in this folder.
    Leaf { objects: PathBuf },
}

/// One link to take over.
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
    /// The file of exported names among the arguments.
    pub(crate) version_script: PathBuf,
}

/// Stands for the output in [`Arguments`].
pub(crate) const OUTPUT: &str = "{output}";

impl LinkJob {
    /// Makes this tool the linker of a rustc command, in place of the user's.
    ///
    /// rustc infers the linker's kind from its file name, so the tool goes by the same name.
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

    /// What the real linker says.
    pub(crate) fn output(&self, arguments: &[String], scratch: &Path) -> Result<Output, LinkError> {
        let output = self.command(arguments, scratch)?.output();
        output.map_err(|error| LinkError::Linker(self.linker.clone(), error))
    }
}

/// A linker's command. Longer lists of arguments than the system takes go by a file in `folder`,
/// as rustc itself does it; the `first` ones do not.
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

/// A line of a response file, as GCC and LLVM read it.
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

/// Why a link failed before the linker could say so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("the linker `{0}` could not be run: {1}")]
    Linker(PathBuf, io::Error),
    #[error(
        "the host's `#[global_allocator]` cannot be set aside at opt-level {0}, where calls to \
         it may have been inlined\n\
         help: run the session without `--release`, or put the allocator behind a feature"
    )]
    AllocatorInlined(String),
    #[error(
        "this toolchain's libstd, `{0}`, exports no allocator that this tool knows, so nobody can \
         tell whether the host has a `#[global_allocator]` of its own\n\
         help: use another version of Rust, or of this tool"
    )]
    UnknownAllocator(PathBuf),
    #[error(
        "rustc linked no object whose name ends with `{OBJECT}`, so it is not known what is the crate's own\n\
         help: cargo-hotmod does not know this Rust version yet: use an older toolchain, or a newer cargo-hotmod"
    )]
    NoObjects,
    #[error("`{0}` could not be read: {1}")]
    Object(String, object::read::Error),
    #[error(transparent)]
    Symbols(#[from] SymbolsError),
    #[error(transparent)]
    Io(#[from] io::Error),
}
