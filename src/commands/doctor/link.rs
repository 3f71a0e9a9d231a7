//! Tries to link a library with the linker and the flags of a session.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Output;

use crate::cargo::rustup;
use crate::cargo::settings::CargoSettings;
use crate::cargo::toolchain::Toolchain;

use super::finding::Finding;

const CHECK: &str = "link";

/// A library that calls libstd.
const SOURCE: &str = "#[unsafe(no_mangle)]\npub fn hotmod_doctor() -> String {\n    \
                      std::env::args().collect()\n}\n";

pub(crate) fn check(
    toolchain: &Toolchain,
    target: Option<&str>,
    cargo: &CargoSettings,
) -> Option<Finding> {
    let triple = toolchain.triple(target);
    let linker = cargo.linker(triple);
    let flags = cargo.flags(triple);
    // A refused flag has its own finding. With conditional settings, the linker and the flags of a
    // session are not known.
    if flags.refused().is_some() || cargo.has_conditions() {
        return None;
    }
    let shown = flags.codegen("linker");
    let shown = shown.unwrap_or_else(|| {
        let linker = linker.as_deref().unwrap_or(Path::new("cc"));
        linker.display().to_string()
    });
    Some(match link(target, linker.as_deref(), &flags.all) {
        Ok(output) if output.status.success() => {
            Finding::ok(CHECK, format!("`{shown}` links a library"))
        }
        Ok(output) => {
            let words = words(&String::from_utf8_lossy(&output.stderr));
            Finding::error(
                CHECK,
                format!("`{shown}` cannot link a library\n{words}"),
            )
            .help(help(linker.is_some()))
        }
        Err(error) => Finding::error(CHECK, format!("cannot create a library: {error}")).help(
            "check for free space in the folder for temporary files, or set `TMPDIR` to another one"
                .to_owned(),
        ),
    })
}

fn link(target: Option<&str>, linker: Option<&Path>, flags: &[String]) -> io::Result<Output> {
    let scratch = tempfile::tempdir()?;
    let source = scratch.path().join("hotmod_doctor.rs");
    fs::write(&source, SOURCE)?;
    let mut command = rustup::command(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args([
        "--edition",
        "2024",
        "--crate-type",
        "cdylib",
        "-C",
        "prefer-dynamic",
    ]);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    if let Some(linker) = linker {
        command.arg("-C");
        command.arg(format!("linker={}", linker.display()));
    }
    command.args(flags).arg("--out-dir").arg(scratch.path());
    command.arg(source).output()
}

/// rustc's message, without the linker's command line.
fn words(stderr: &str) -> String {
    let is_told = |line: &&str| {
        let is_command = line.contains("\"-m64\"") || line.contains("\"-Wl,");
        line.starts_with("error") && !line.starts_with("error: aborting")
            || line.trim_start().starts_with("= note:") && !is_command
    };
    stderr
        .lines()
        .filter(is_told)
        .collect::<Vec<_>>()
        .join("\n")
}

fn help(is_configured: bool) -> String {
    match is_configured {
        true => "install that linker, or remove `linker` from cargo's configuration".to_owned(),
        false => {
            "install a C compiler, for example with `sudo apt install gcc`; if there is one, check \
                  that it works with the flags in `RUSTFLAGS`"
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linkers_message_is_shown_if_a_link_fails() {
        let stderr = "error: linking with `cc` failed: exit status: 1\n  |\n  = note:  \"cc\" \
                      \"-m64\" \"x.o\"\n  = note: collect2: fatal error: cannot find 'ld'\n\n\
                      error: aborting due to 1 previous error\n";
        assert_eq!(
            words(stderr),
            "error: linking with `cc` failed: exit status: 1\n  \
             = note: collect2: fatal error: cannot find 'ld'"
        );
    }
}
