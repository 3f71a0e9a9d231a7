//! The arguments that a compiler driver adds to a link.
//!
//! rustc links through a C compiler, which knows where libc's files are and which linker to run. It
//! is asked once for the linker's command. From then on, the linker is run directly, which saves
//! two processes. GCC and clang print the command with `-###`, in shell syntax, on lines that start
//! with a space.
//!
//! A script that runs a compiler is always run itself: it may set variables for the linker, or work on
//! its output.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::base::child_process::{Cancel, RunError};
use crate::compile::group::link::Step;

/// The linker's command for a driver's command; `None` if the driver doesn't print it, or does more than to run it.
pub(crate) fn linker_command(driver: &Step, cancel: &Cancel) -> Result<Option<Step>, RunError> {
    let Step {
        program: driver,
        arguments,
        ..
    } = driver;
    if !in_path(driver).is_some_and(|it| is_compiler(&it)) {
        return Ok(None);
    }
    let mut command = Command::new(driver);
    command.env("LC_ALL", "C").arg("-###").args(arguments);
    let output = cancel.output(&mut command)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let Some((program, own)) = last_command(&said).filter(|_| output.status.success()) else {
        return Ok(None);
    };
    let program = match choice(&program, &own) {
        // GCC's helper, which searches for the linker in the driver's folders.
        Some(name) => match find(driver, arguments, &name, cancel)? {
            Some(found) => found,
            None => return Ok(None),
        },
        None => program,
    };
    let (program, first) = without_shim(program);
    Ok(Some(Step {
        program,
        first,
        arguments: for_linker(own).flat_map(without_file).collect(),
    }))
}

/// The options in a file of the session's, one a line. mold reads no such file that another one names.
fn without_file(argument: String) -> Vec<String> {
    let file = argument.strip_prefix('@').map(fs::read_to_string);
    match file {
        Some(Ok(text)) => text.lines().map(str::to_owned).collect(),
        _ => vec![argument],
    }
}

fn last_command(said: &str) -> Option<(PathBuf, Vec<String>)> {
    let line = said.lines().rfind(|line| line.starts_with(' '))?;
    let mut words = shlex::split(line)?.into_iter();
    Some((PathBuf::from(words.next()?), words.collect()))
}

/// The name of the linker that GCC's `collect2` runs.
fn choice(program: &Path, arguments: &[String]) -> Option<String> {
    if program.file_name()? != "collect2" {
        return None;
    }
    let chosen = arguments.iter().rfind(|it| it.starts_with("-fuse-ld="));
    Some(match chosen.and_then(|it| it.strip_prefix("-fuse-ld=")) {
        Some(name) => format!("ld.{name}"),
        None => "ld".to_owned(),
    })
}

/// The path where the driver finds a program.
fn find(
    driver: &Path,
    arguments: &[String],
    name: &str,
    cancel: &Cancel,
) -> Result<Option<PathBuf>, RunError> {
    let mut command = Command::new(driver);
    // The folders that the driver searches first.
    command.args(arguments.iter().filter(|it| it.starts_with("-B")));
    command.arg(format!("-print-prog-name={name}"));
    let output = cancel.output(&mut command)?;
    if !output.status.success() {
        return Ok(None);
    }
    let found = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    Ok(in_path(&found))
}

/// The file of a program, which is looked for in `PATH` if only its name is known.
fn in_path(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return Some(program.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join(program));
    programs.find(|it| it.is_file())
}

/// Whether a program is GCC or clang itself, and not a script or another program that runs it, such as ccache.
fn is_compiler(program: &Path) -> bool {
    // `cc` is usually a link.
    let is_named = |program: PathBuf| is_named_as_compiler(&program);
    program.canonicalize().is_ok_and(is_named) && !is_script(program).unwrap_or(true)
}

fn is_script(program: &Path) -> io::Result<bool> {
    let mut start = [0; 2];
    File::open(program)?.read_exact(&mut start)?;
    Ok(start == *b"#!")
}

/// Names such as `x86_64-linux-gnu-gcc-12` and `clang++`.
fn is_named_as_compiler(program: &Path) -> bool {
    const NAMES: [&str; 6] = ["cc", "c++", "gcc", "g++", "clang", "clang++"];
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    name.split('-').any(|part| NAMES.contains(&part))
}

/// rustc's `ld.lld` only runs the `rust-lld` next to its folder.
fn without_shim(program: PathBuf) -> (PathBuf, Vec<String>) {
    let folder = program.parent();
    if folder.is_some_and(|it| it.ends_with("gcc-ld"))
        && let Some(linker) = folder.and_then(Path::parent).map(|it| it.join("rust-lld"))
        && linker.exists()
    {
        return (linker, vec!["-flavor".to_owned(), "gnu".to_owned()]);
    }
    (program, Vec::new())
}

/// The arguments for the linker: without the choice of the linker, and without GCC's plugin for
/// link-time optimisation.
fn for_linker(arguments: Vec<String>) -> impl Iterator<Item = String> {
    let mut arguments = arguments.into_iter();
    std::iter::from_fn(move || {
        loop {
            let argument = arguments.next()?;
            if argument == "-plugin" {
                arguments.next();
            } else if !argument.starts_with("-plugin-opt=") && !argument.starts_with("-fuse-ld=") {
                return Some(argument);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_command_is_the_link() {
        let said = "gcc version 12\n COMPILER_PATH is no command\n \
                    /usr/lib/collect2 -plugin /lto.so \"-plugin-opt=-x\" \"-fuse-ld=lld\" -o \"a b\"\n\
                    COLLECT_GCC_OPTIONS='-m64'\n";
        let (program, arguments) = last_command(said).unwrap();
        assert_eq!(choice(&program, &arguments).as_deref(), Some("ld.lld"));
        assert_eq!(for_linker(arguments).collect::<Vec<_>>(), ["-o", "a b"]);
    }

    #[test]
    fn only_compilers_are_bypassed() {
        for (name, expected) in [
            ("/usr/bin/x86_64-linux-gnu-gcc-12", true),
            ("/usr/lib/llvm-14/bin/clang", true),
            ("/usr/bin/cc", true),
            ("/usr/bin/ccache", false),
            ("/opt/zig/zig", false),
            ("/opt/company/link", false),
        ] {
            assert_eq!(is_named_as_compiler(Path::new(name)), expected, "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        let (script, program) = (folder.path().join("gcc"), folder.path().join("clang"));
        fs::write(&script, "#!/bin/sh\nexec gcc").unwrap();
        fs::write(&program, "\u{7f}ELF").unwrap();
        assert!(!is_compiler(&script));
        assert!(is_compiler(&program));
        assert!(!is_compiler(&folder.path().join("cc")));
    }

    #[test]
    fn files_of_options_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("options");
        fs::write(&file, "--wrap=a\n--wrap=b\n").unwrap();
        let argument = format!("@{}", file.display());
        assert_eq!(without_file(argument), ["--wrap=a", "--wrap=b"]);
        assert_eq!(without_file("@gone".to_owned()), ["@gone"]);
        assert_eq!(without_file("-o".to_owned()), ["-o"]);
    }

    #[test]
    fn clang_names_the_linker_itself() {
        let (program, arguments) = last_command(" \"/usr/bin/ld.lld\" \"-shared\"\n").unwrap();
        assert_eq!(choice(&program, &arguments), None);
        assert_eq!(program, Path::new("/usr/bin/ld.lld"));
    }
}
