//! What the toolchain says of itself: version, and where libstd is.

use std::io;
use std::path::PathBuf;
use std::process::Command;

/// The rustc that cargo will run, and what a session must know of it.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    /// What `rustc -vV` says.
    pub(crate) version: String,
    /// The directory of libstd's dylib for the target.
    pub(crate) target_libdir: PathBuf,
    /// That dylib.
    pub(crate) libstd: PathBuf,
}

/// Why a toolchain can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolchainError {
    #[error("`{program}` could not be run: {error}")]
    NotRun { program: String, error: io::Error },
    #[error("`{program} {arguments}` failed:\n{stderr}")]
    Failed {
        program: String,
        arguments: String,
        stderr: String,
    },
    #[error("there is no dynamic libstd for `{0}`")]
    NoDynamicStd(String),
    #[error("the target `{0}` links its libraries statically")]
    Static(String),
    #[error("`{flag}` of `{variable}` does not work in a session")]
    Flag {
        flag: &'static str,
        variable: String,
    },
}

impl ToolchainError {
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            ToolchainError::NotRun { .. } => {
                Some("install Rust, or set `RUSTC` to the compiler to use".to_owned())
            }
            ToolchainError::Failed { .. } => None,
            ToolchainError::NoDynamicStd(target) => Some(format!(
                "a session needs it: install it by `rustup target add {target}`, or choose \
                 another target"
            )),
            ToolchainError::Flag { .. } => Some(
                "a session loads its code while the program runs: take the flag out for it"
                    .to_owned(),
            ),
            ToolchainError::Static(_) => Some(
                "a session loads libraries while it runs: use a target with a dynamic C library, \
                 such as `x86_64-unknown-linux-gnu`"
                    .to_owned(),
            ),
        }
    }
}

impl Toolchain {
    /// Asks rustc.
    pub(crate) fn of(target: Option<&str>) -> Result<Self, ToolchainError> {
        refuse_flags()?;
        let version = ask(&["-vV"])?;
        let triple = target.unwrap_or(host_of(&version));
        if triple.contains("musl") {
            return Err(ToolchainError::Static(triple.to_owned()));
        }
        let libdir = PathBuf::from(ask(&["--print", "target-libdir", "--target", triple])?.trim());
        let is_std = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".so")
        };
        let entries = std::fs::read_dir(&libdir).into_iter().flatten().flatten();
        let libstd = entries.map(|entry| entry.path()).find(is_std);
        let Some(libstd) = libstd else {
            return Err(ToolchainError::NoDynamicStd(triple.to_owned()));
        };
        Ok(Toolchain {
            version,
            libstd,
            target_libdir: libdir,
        })
    }

    /// The target, which is the compiler's own if none is asked for.
    pub(crate) fn triple<'a>(&'a self, target: Option<&'a str>) -> &'a str {
        target.unwrap_or(host_of(&self.version))
    }
}

fn host_of(version: &str) -> &str {
    let mut lines = version.lines();
    let host = lines.find_map(|line| line.strip_prefix("host: "));
    host.unwrap_or_default()
}

/// Some flags keep cargo from building procedural macros, and its words name neither flag nor
/// way out. What stands in a configuration file is refused when the host is compiled.
fn refuse_flags() -> Result<(), ToolchainError> {
    for variable in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
    ] {
        let Ok(flags) = std::env::var(variable) else {
            continue;
        };
        for (text, flag) in [
            ("+crt-static", "crt-static"),
            ("panic=abort", "panic=abort"),
        ] {
            if flags.contains(text) {
                let variable = variable.to_owned();
                return Err(ToolchainError::Flag { flag, variable });
            }
        }
    }
    Ok(())
}

fn ask(arguments: &[&str]) -> Result<String, ToolchainError> {
    let program = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(&program)
        .args(arguments)
        .output()
        .map_err(|error| ToolchainError::NotRun {
            program: program.clone(),
            error,
        })?;
    if !output.status.success() {
        return Err(ToolchainError::Failed {
            program,
            arguments: arguments.join(" "),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
