//! Flags that choose a program and its build, as for cargo, and flags that choose a session.

use std::path::PathBuf;

use clap::Args;

use crate::control::Chosen;
use crate::discover::Selection;

#[derive(Debug, Args)]
pub(super) struct SelectionArgs {
    /// Package that contains the program
    #[arg(short, long, value_name = "SPEC")]
    package: Option<String>,
    /// Name of the binary
    #[arg(long, value_name = "NAME", conflicts_with = "example")]
    bin: Option<String>,
    /// Name of the example
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
    /// Space or comma separated list of features to activate
    #[arg(short = 'F', long, value_name = "FEATURES")]
    features: Vec<String>,
    /// Activate all features
    #[arg(long)]
    all_features: bool,
    /// Do not activate the `default` feature
    #[arg(long)]
    no_default_features: bool,
    /// Build with the release profile
    #[arg(short, long, conflicts_with = "profile")]
    release: bool,
    /// Build with this profile
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Build for this target triple
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Your target directory; the session builds in its subfolder `hotmod`
    #[arg(long, value_name = "DIRECTORY")]
    target_dir: Option<PathBuf>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Require that Cargo.lock stays unchanged
    #[arg(long)]
    locked: bool,
    /// Run without accessing the network
    #[arg(long)]
    offline: bool,
    /// Equivalent to --locked and --offline
    #[arg(long)]
    frozen: bool,
}

impl From<SelectionArgs> for Selection {
    fn from(typed: SelectionArgs) -> Self {
        Selection {
            manifest_path: typed.manifest_path,
            package: typed.package,
            bin: typed.bin,
            example: typed.example,
            features: typed.features,
            all_features: typed.all_features,
            no_default_features: typed.no_default_features,
            profile: typed.profile,
            release: typed.release,
            target: typed.target,
            target_dir: typed.target_dir,
            locked: typed.locked,
            offline: typed.offline,
            frozen: typed.frozen,
        }
    }
}

/// Chooses one of several running sessions.
#[derive(Debug, Args)]
pub(super) struct SessionArgs {
    /// Package of the program
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,
    /// Name of the binary
    #[arg(long, value_name = "NAME", conflicts_with = "example")]
    bin: Option<String>,
    /// Name of the example
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
}

impl From<SessionArgs> for Chosen {
    fn from(typed: SessionArgs) -> Self {
        Chosen {
            manifest_path: typed.manifest_path,
            package: typed.package,
            bin: typed.bin,
            example: typed.example,
        }
    }
}
