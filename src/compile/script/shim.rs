//! A shim between cargo and a build script, which records how cargo runs the script.
//!
//! The script's program is replaced by a file with two lines: this tool as the interpreter, and the
//! path of the program. The tool records its environment, and replaces itself with the program.

use std::env;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::Artifact;
use serde::{Deserialize, Serialize};

use crate::base::atomic_file::write_whole;
use crate::base::content_hash::Digest;
use crate::cargo::artifact::links_beside;
use crate::cargo::changed_environment::{
    ChangedEnvironment, Variables, of_this_run, tell_wrappers,
};
use crate::cargo::invocation::Invocation;

/// The extension of the renamed program.
const PROGRAM: &str = "program";

/// The kernel's limit for the length of an interpreter line.
const LONGEST_LINE: usize = 250;

/// How cargo ran a build script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) program: PathBuf,
    /// The name with which cargo called it.
    pub(crate) name: PathBuf,
    pub(crate) directory: PathBuf,
    environment: ChangedEnvironment,
    /// The variables of that run of cargo.
    of_run: Variables,
}

impl Run {
    /// The file of this record. There is one per `OUT_DIR`.
    fn file(records: &Path, out_dir: &Path) -> PathBuf {
        let digest = Digest::of_text(&out_dir.to_string_lossy());
        records.join(format!("{digest:016x}.script"))
    }

    /// Records how cargo runs this process as the script `name`.
    pub(crate) fn record(
        records: &Path,
        name: &Path,
        program: &Path,
        out_dir: &Path,
        environment: ChangedEnvironment,
    ) -> io::Result<()> {
        let run = Run {
            program: program.to_owned(),
            name: name.to_owned(),
            directory: env::current_dir()?,
            environment,
            of_run: of_this_run(),
        };
        write_whole(&Self::file(records, out_dir), &serde_json::to_vec(&run)?)
    }

    /// Reads how the script with this `OUT_DIR` was run.
    pub(crate) fn load(records: &Path, out_dir: &Path) -> Option<Self> {
        let text = fs::read(Self::file(records, out_dir)).ok()?;
        let run: Run = serde_json::from_slice(&text).ok()?;
        run.program.exists().then_some(run)
    }

    /// The value of a variable of that run of cargo, or one that cargo set.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let all = self.environment.applied();
        self.of_run.get(name).or(all.get(name)).cloned()
    }

    /// The command that runs the script as cargo did, in this environment.
    pub(crate) fn command(&self) -> io::Result<Command> {
        let mut command = Command::new(&self.program);
        command
            .arg0(&self.name)
            .env_clear()
            .envs(self.environment.applied())
            .envs(&self.of_run)
            .current_dir(&self.directory);
        tell_wrappers(&mut command)?;
        Ok(command)
    }
}

/// The first line of a shim, if the kernel can read it.
fn first_line() -> io::Result<Option<String>> {
    let line = format!("#!{}", env::current_exe()?.display());
    let can_be_read = line.len() <= LONGEST_LINE && !line.contains(char::is_whitespace);
    Ok(can_be_read.then_some(line))
}

/// The files of a build script's program that can have a shim but has none.
pub(crate) fn lacking(program: &Artifact) -> Vec<PathBuf> {
    if !matches!(first_line(), Ok(Some(_))) {
        return Vec::new();
    }
    let files = program.filenames.iter().map(|it| it.as_std_path());
    let files = files.filter(|it| it.exists() && program_behind(it).is_none());
    files
        .flat_map(|it| [links_beside(it), vec![it.to_owned()]].concat())
        .collect()
}

/// Replaces the program that rustc just created with this command by the shim.
pub(crate) fn install(rustc: &Invocation) -> io::Result<()> {
    let (Some(folder), Some(stem), Some(line)) = (rustc.out_dir(), rustc.stem(), first_line()?)
    else {
        return Ok(());
    };
    let script = folder.join(stem);
    if !script.exists() {
        return Ok(());
    }
    let program = script.with_extension(PROGRAM);
    fs::rename(&script, &program)?;
    fs::write(&script, format!("{line}\n{}\n", program.display()))?;
    fs::set_permissions(&script, Permissions::from_mode(0o755))
}

/// The program behind a shim, if the file is a shim.
pub(crate) fn program_behind(file: &Path) -> Option<PathBuf> {
    // The argument can be any path, and opening a named pipe would block.
    if !fs::metadata(file).is_ok_and(|it| it.is_file()) {
        return None;
    }
    let mut begin = [0; 2];
    io::Read::read_exact(&mut fs::File::open(file).ok()?, &mut begin).ok()?;
    if begin != *b"#!" {
        return None;
    }
    let text = fs::read_to_string(file).ok()?;
    let program = Path::new(text.lines().nth(1)?);
    let is_program = program.extension().is_some_and(|it| it == PROGRAM);
    (is_program && program.exists()).then(|| program.to_owned())
}
