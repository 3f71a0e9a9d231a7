//! Build scripts of reloadable crates. The tool runs a script itself when one of its inputs
//! changes, as cargo would. If the script's output stays the same, the edit can be a reload.
//!
//! A script runs as under cargo ([`shim`]), in a copy of its `OUT_DIR`, so that cargo's copy does
//! not change. [`outcome`] compares the results.

pub(crate) mod outcome;
pub(crate) mod shim;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, iter};

use command_fds::{CommandFdExt as _, FdMapping};

use crate::base::child_process::{Cancel, RunError};
use crate::base::content_hash::Digest;
use crate::base::contents::{Contents, Digested, FileState};
use crate::base::walk;
use crate::cargo::listing::Listing;
pub(crate) use outcome::ScriptChange;
use shim::Run;

/// A build script that the tool can run.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) package: String,
    pub(crate) reads: Reads,
    pub(crate) run: Run,
    pub(crate) out_dir: PathBuf,
    /// The folder for copies.
    pub(crate) scratch: PathBuf,
}

/// The files that a build script reads.
#[derive(Clone, Debug)]
pub(crate) enum Reads {
    /// The files that it names, and all files in the folders that it names.
    Named(Vec<PathBuf>),
    /// All files of its package, because it names none.
    Package(PathBuf, Box<Listing>),
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Rerun {
    pub(crate) package: String,
    /// The contents of its inputs, as far as they are known.
    pub(crate) read: Contents,
    /// The first difference, or its new inputs.
    pub(crate) outcome: Result<Result<Reads, ScriptChange>, ScriptError>,
}

/// Why a script could not be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    /// The script failed; the message is in cargo's format.
    #[error("{0}")]
    Failed(String),
    #[error("{0}")]
    Run(#[from] RunError),
    #[error("could not run the build script: {0}")]
    Io(#[from] io::Error),
}

impl Reads {
    /// The inputs of a script with this output.
    pub(crate) fn of(output: &str, directory: &Path, root: &Path) -> Self {
        let named = output.lines().filter_map(rerun_if_changed);
        let named: Vec<PathBuf> = named.map(|path| directory.join(path)).collect();
        let is_rerun = |line: &str| {
            let line = line.trim();
            line.starts_with("cargo::rerun-if-") || line.starts_with("cargo:rerun-if-")
        };
        if named.is_empty() && !output.lines().any(is_rerun) {
            let listing = Listing::of(directory, root);
            return Reads::Package(directory.to_owned(), Box::new(listing));
        }
        Reads::Named(named)
    }

    /// The files, whether they exist or not, and the existing files in the folders.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        match self {
            Reads::Package(_, listing) => listing.files(),
            Reads::Named(named) => {
                let files = named.iter().map(|path| match path.is_dir() {
                    true => walk::files(&walk::all(path)).collect(),
                    false => vec![path.clone()],
                });
                files.flatten().collect()
            }
        }
    }

    /// Whether an existing file is an input.
    pub(crate) fn has(&self, file: &Path) -> bool {
        match self {
            Reads::Package(_, listing) => listing.contains(file),
            Reads::Named(named) => named.iter().any(|path| file.starts_with(path)),
        }
    }

    /// The folders in which new inputs may appear.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        let named = match self {
            Reads::Package(..) => &[][..],
            Reads::Named(named) => named,
        };
        // A missing path may become a folder.
        let named = named.iter().filter(|path| !path.is_file());
        named.map(PathBuf::as_path)
    }

    /// The folder of the package, if all of its files are inputs.
    pub(crate) fn package(&self) -> Option<&Path> {
        match self {
            Reads::Package(directory, _) => Some(directory),
            Reads::Named(_) => None,
        }
    }
}

impl Script {
    /// Runs several scripts in parallel.
    pub(crate) fn rerun_all(scripts: &[Script], root: &Path, cancel: &Cancel) -> Vec<Rerun> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = scripts
                .iter()
                .map(|script| scope.spawn(move || script.rerun(root, cancel)))
                .collect();
            let ended = threads.into_iter().map(|thread| thread.join());
            ended
                .map(|rerun| rerun.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    }

    /// Runs the script, and compares its output with the current one. `root` is the workspace's
    /// folder.
    pub(crate) fn rerun(&self, root: &Path, cancel: &Cancel) -> Rerun {
        let files = self.reads.files();
        let states: BTreeMap<PathBuf, FileState> = files
            .into_iter()
            .map(|path| (path.clone(), FileState::at(&path)))
            .collect();
        let outcome = self.try_rerun(root, cancel);
        let read = states.into_iter().map(|(path, state)| {
            let content = match state.content_until_now(&path) {
                // The script may have written the same content again.
                Digested::Unknown if Digested::of(&path) == state.content => state.content,
                content => content,
            };
            (path, content)
        });
        Rerun {
            package: self.package.clone(),
            read: read.collect(),
            outcome,
        }
    }

    fn try_rerun(
        &self,
        root: &Path,
        cancel: &Cancel,
    ) -> Result<Result<Reads, ScriptChange>, ScriptError> {
        let copy = self.copy(cancel)?;
        let mut command = self.run.command()?;
        command.env("OUT_DIR", &copy);
        let jobserver = self.jobserver(&mut command)?;
        let output = cancel.output(&mut command);
        drop(jobserver);
        let output = output?;
        let text = outcome::with_path(&output.stdout, &copy, &self.out_dir);
        let text = String::from_utf8_lossy(&text).into_owned();
        let errors = text
            .lines()
            .filter_map(|it| it.trim().strip_prefix("cargo::error="));
        let errors: Vec<&str> = errors.collect();
        if !output.status.success() || !errors.is_empty() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(ScriptError::Failed(format!(
                "error: the build script of `{}` failed ({})\n{}\n--- stdout\n{text}\n--- stderr\n{said}",
                self.package,
                output.status,
                errors.join("\n"),
            )));
        }
        let other = outcome::other_directives(&outputs(&self.out_dir), &text)
            .or_else(|| outcome::other_files(&self.out_dir, &copy));
        fs::remove_dir_all(&copy)?;
        Ok(match other {
            Some(other) => Err(other),
            None => Ok(Reads::of(&text, &self.run.directory, root)),
        })
    }

    /// A copy of the script's folder. Its path is as long as the original, so that one path can
    /// replace the other in any file.
    fn copy(&self, cancel: &Cancel) -> Result<PathBuf, ScriptError> {
        let length = self.out_dir.as_os_str().len();
        let rest = length.saturating_sub(self.scratch.as_os_str().len() + 1);
        let digest = Digest::of_text(&self.out_dir.to_string_lossy());
        let digest = format!("{digest:016x}");
        let name: String = digest.chars().cycle().take(rest.clamp(16, 255)).collect();
        let copy = self.scratch.join(name);
        if copy.exists() {
            fs::remove_dir_all(&copy)?;
        }
        // Keep times and links, which scripts may check.
        let mut cp = Command::new("cp");
        let copied = cancel.output(cp.arg("-a").arg(&self.out_dir).arg(&copy))?;
        match copied.status.success() {
            true => Ok(copy),
            false => Err(ScriptError::from(io::Error::other(
                String::from_utf8_lossy(&copied.stderr).into_owned(),
            ))),
        }
    }

    /// A jobserver that replaces cargo's, which has ended. It uses the same descriptors, because
    /// the recorded environment contains their numbers.
    fn jobserver(&self, command: &mut Command) -> io::Result<Vec<OwnedFd>> {
        let Some(flags) = self.run.value("CARGO_MAKEFLAGS") else {
            return Ok(Vec::new());
        };
        let Some((read, write)) = descriptors(&flags) else {
            command.env_remove("CARGO_MAKEFLAGS");
            return Ok(Vec::new());
        };
        let jobs = self.run.value("NUM_JOBS");
        let jobs: usize = jobs.and_then(|it| it.parse().ok()).unwrap_or(1);
        let (reader, writer) = io::pipe()?;
        // Every process has one implicit token.
        let tokens: Vec<u8> = iter::repeat_n(b'|', jobs.saturating_sub(1)).collect();
        io::Write::write_all(&mut &writer, &tokens)?;
        let (reader, writer) = (OwnedFd::from(reader), OwnedFd::from(writer));
        let mappings = [(&reader, read), (&writer, write)].map(|(end, child_fd)| {
            Ok(FdMapping {
                parent_fd: end.try_clone()?,
                child_fd,
            })
        });
        let mappings: io::Result<Vec<FdMapping>> = mappings.into_iter().collect();
        let mapped = command.fd_mappings(mappings?);
        mapped.map_err(io::Error::other)?;
        Ok(vec![reader, writer])
    }
}

/// The descriptors of a jobserver's pipe.
fn descriptors(flags: &str) -> Option<(i32, i32)> {
    let mut words = flags.split_whitespace();
    let auth = words.find_map(|it| it.strip_prefix("--jobserver-auth="))?;
    let (read, write) = auth.split_once(',')?;
    Some((read.parse().ok()?, write.parse().ok()?))
}

/// A build script's output, which cargo stores in the parent folder of `OUT_DIR`. The name of the
/// file depends on cargo's version, so all files there are read, except the script's own.
pub(crate) fn outputs(out_dir: &Path) -> Vec<String> {
    let unit = out_dir.parent().unwrap_or(out_dir);
    let files = walk::whole(unit).filter(|file| !file.starts_with(out_dir));
    let texts = files.filter_map(|file| fs::read(file).ok());
    texts
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

/// The path in a line of a build script's output, in both of cargo's syntaxes.
pub(crate) fn rerun_if_changed(line: &str) -> Option<&str> {
    let line = line.trim();
    let instruction = line
        .strip_prefix("cargo::")
        .or_else(|| line.strip_prefix("cargo:"))?;
    instruction.strip_prefix("rerun-if-changed=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_a_script_is_found_in_each_layout_of_cargos() {
        for name in ["output", "run/stdout"] {
            let unit = tempfile::tempdir().unwrap();
            let out_dir = unit.path().join("out");
            let output_file = unit.path().join(name);
            fs::create_dir_all(&out_dir).unwrap();
            fs::create_dir_all(output_file.parent().unwrap()).unwrap();
            fs::write(out_dir.join("generated"), "cargo::rerun-if-changed=no").unwrap();
            fs::write(output_file, "cargo::rerun-if-changed=yes").unwrap();
            assert_eq!(outputs(&out_dir), ["cargo::rerun-if-changed=yes"], "{name}");
        }
    }

    #[test]
    fn the_pipe_of_a_jobserver_is_found_and_no_other_kind() {
        let flags = "-j --jobserver-fds=8,9 --jobserver-auth=8,9";
        assert_eq!(descriptors(flags), Some((8, 9)));
        for flags in ["", "-j4", "--jobserver-auth=fifo:/tmp/a"] {
            assert_eq!(descriptors(flags), None, "{flags}");
        }
    }

    #[test]
    fn a_script_reads_what_it_names_or_else_its_package() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        fs::create_dir_all(root.join("src")).unwrap();
        fs::write(root.join("src/lib.rs"), "").unwrap();
        let of = |output: &str| Reads::of(output, root, root);
        let named = of("cargo:rerun-if-changed=src\ncargo::rerun-if-changed=none");
        assert_eq!(named.files(), [root.join("src/lib.rs"), root.join("none")]);
        assert!(named.has(&root.join("src/new.rs")) && !named.has(&root.join("other")));
        let folders = ["src", "none"].map(|it| root.join(it));
        assert_eq!(named.folders().collect::<Vec<_>>(), folders);
        assert_eq!(
            of("cargo:rerun-if-env-changed=A").files(),
            [] as [PathBuf; 0]
        );
        let package = of("hello");
        assert_eq!(package.files(), [root.join("src/lib.rs")]);
        assert_eq!(package.package(), Some(root));
    }

    #[test]
    fn build_scripts_name_their_inputs_in_two_spellings() {
        assert_eq!(rerun_if_changed("cargo::rerun-if-changed=a b"), Some("a b"));
        assert_eq!(rerun_if_changed("cargo:rerun-if-changed=c"), Some("c"));
        assert_eq!(rerun_if_changed("cargo:rustc-env=X=1"), None);
    }
}
