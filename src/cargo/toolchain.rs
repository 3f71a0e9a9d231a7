//! The toolchain: its version, and the location of libstd.

use std::io;
use std::path::PathBuf;

use crate::cargo::rustup;

/// The rustc that cargo will run.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    /// The output of `rustc -vV`.
    pub(crate) version: String,
    /// The directory of libstd's dylib for the target.
    pub(crate) target_libdir: PathBuf,
    /// The path of that dylib.
    pub(crate) libstd: PathBuf,
}

/// Why a toolchain can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolchainError {
    #[error("could not run `{program}`: {error}")]
    NotRun { program: String, error: io::Error },
    #[error("`{program} {arguments}` failed\n{stderr}")]
    Failed {
        program: String,
        arguments: String,
        stderr: String,
    },
    #[error("the toolchain `{0}` is not installed")]
    NotInstalled(String),
    #[error("`{0}` is not a Rust compiler: `{0} -vV` prints no host")]
    NoCompiler(String),
    #[error("the compiler does not support the target `{0}`")]
    UnknownTarget(String),
    #[error("there is no dynamic libstd for `{target}`")]
    NoDynamicStd {
        target: String,
        /// Whether the compiler itself runs on that target.
        is_own: bool,
    },
    #[error("the target `{0}` links its libraries statically")]
    Static(String),
    #[error("`{flag}` in `{variable}` does not work in a session")]
    Flag {
        flag: &'static str,
        variable: String,
    },
}

impl ToolchainError {
    pub(crate) fn help(&self) -> String {
        let text = match self {
            ToolchainError::NotRun { .. } | ToolchainError::NoCompiler(_) => {
                "install Rust, or set `RUSTC` to the compiler to use"
            }
            ToolchainError::Failed { .. } => {
                "fix the error that the compiler reports: a session needs this to work here"
            }
            ToolchainError::UnknownTarget(_) => {
                "`rustc --print target-list` lists the supported targets"
            }
            ToolchainError::NotInstalled(name) => return rustup::install(name),
            ToolchainError::NoDynamicStd { is_own: true, .. } => {
                "a session needs `libstd-*.so`, which this compiler does not have, like those of \
                 Debian and Ubuntu: use a toolchain from https://rustup.rs"
            }
            ToolchainError::NoDynamicStd { target, .. } => {
                return format!(
                    "a session needs it: run `rustup target add {target}`, or choose another target"
                );
            }
            ToolchainError::Flag { .. } => {
                "a session loads code while the program is running: remove the flag for sessions"
            }
            ToolchainError::Static(_) => {
                "a session loads libraries while it runs: use a target with a dynamic C library, \
                 such as `x86_64-unknown-linux-gnu`"
            }
        };
        text.to_owned()
    }
}

impl Toolchain {
    /// Asks rustc for a target, by default its own.
    pub(crate) fn of(target: Option<&str>) -> Result<Self, ToolchainError> {
        refuse_flags()?;
        let version = ask(&["-vV"])?;
        let triple = target.unwrap_or(host_of(&version));
        if host_of(&version).is_empty() {
            return Err(ToolchainError::NoCompiler(program()));
        }
        if triple.contains("musl") {
            return Err(ToolchainError::Static(triple.to_owned()));
        }
        let libdir = ask(&["--print", "target-libdir", "--target", triple]);
        let libdir = PathBuf::from(libdir.map_err(|error| of_target(error, triple))?.trim());
        let is_std = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".so")
        };
        let entries = std::fs::read_dir(&libdir).into_iter().flatten().flatten();
        let libstd = entries.map(|entry| entry.path()).find(is_std);
        let Some(libstd) = libstd else {
            return Err(ToolchainError::NoDynamicStd {
                target: triple.to_owned(),
                is_own: triple == host_of(&version),
            });
        };
        Ok(Toolchain {
            version,
            libstd,
            target_libdir: libdir,
        })
    }

    /// The compiler and its version.
    pub(crate) fn name(&self) -> &str {
        self.version.lines().next().unwrap_or_default()
    }

    /// The target, by default the compiler's own.
    pub(crate) fn triple<'a>(&'a self, target: Option<&'a str>) -> &'a str {
        target.unwrap_or(host_of(&self.version))
    }
}

fn host_of(version: &str) -> &str {
    let mut lines = version.lines();
    let host = lines.find_map(|line| line.strip_prefix("host: "));
    host.unwrap_or_default()
}

/// Rejects flags that prevent cargo from building procedural macros, because cargo's error does not
/// name the flag. Flags in a configuration file are rejected when the host is compiled.
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

/// Turns rustc's error about an unknown target into its own error.
fn of_target(error: ToolchainError, triple: &str) -> ToolchainError {
    match error {
        ToolchainError::Failed { stderr, .. }
            if stderr.contains("could not find specification for target") =>
        {
            ToolchainError::UnknownTarget(triple.to_owned())
        }
        other => other,
    }
}

fn program() -> String {
    std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned())
}

fn ask(arguments: &[&str]) -> Result<String, ToolchainError> {
    let program = program();
    let output = rustup::command(&program)
        .args(arguments)
        .output()
        .map_err(|error| ToolchainError::NotRun {
            program: program.clone(),
            error,
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        if let Some(name) = rustup::missing_toolchain(&said) {
            return Err(ToolchainError::NotInstalled(name.to_owned()));
        }
        return Err(ToolchainError::Failed {
            program,
            arguments: arguments.join(" "),
            stderr: match rustup::without_backtrace(&said) {
                "" => output.status.to_string(),
                said => said.to_owned(),
            },
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
