//! The selection on the command line: the values of cargo's own flags.
//!
//! It is plain data. It has only values for which cargo has a flag.

use std::path::PathBuf;

/// Which program to run, and how to build it. Each field is the cargo flag of the same name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// `--manifest-path`; without it cargo looks upwards from the current directory.
    pub(crate) manifest_path: Option<PathBuf>,
    /// `--package`: a name, `name@version` or a package id.
    pub(crate) package: Option<String>,
    /// `--bin`. Takes precedence over `example`; the command line rejects both together.
    pub(crate) bin: Option<String>,
    /// `--example`.
    pub(crate) example: Option<String>,
    /// `--features`. Each entry may contain several, separated by commas or spaces.
    pub(crate) features: Vec<String>,
    /// `--all-features`.
    pub(crate) all_features: bool,
    /// `--no-default-features`.
    pub(crate) no_default_features: bool,
    /// `--profile`; `None` is `dev`.
    pub(crate) profile: Option<String>,
    /// `--release`.
    pub(crate) release: bool,
    /// `--target`; `None` is the host's triple.
    pub(crate) target: Option<String>,
    /// `--target-dir`.
    pub(crate) target_dir: Option<PathBuf>,
    /// `--locked`.
    pub(crate) locked: bool,
    /// `--offline`.
    pub(crate) offline: bool,
    /// `--frozen`.
    pub(crate) frozen: bool,
}

impl Selection {
    /// The profile's name.
    pub(crate) fn profile(&self) -> &str {
        match &self.profile {
            Some(profile) => profile,
            None if self.release => "release",
            None => "dev",
        }
    }

    /// Cargo's flags for what a build depends on. `--offline` is not among them: cargo is first run offline in any case.
    pub(crate) fn build_flags(&self) -> Vec<&str> {
        let features = self.features.iter().flat_map(|it| ["--features", it]);
        let target = self.target.iter().flat_map(|it| ["--target", it]);
        let switches = [
            (self.all_features, "--all-features"),
            (self.no_default_features, "--no-default-features"),
            (self.locked, "--locked"),
            (self.frozen, "--frozen"),
        ];
        let switches = switches.into_iter().filter(|(on, _)| *on);
        let switches = switches.map(|(_, flag)| flag);
        features.chain(switches).chain(target).collect()
    }

    /// Whether cargo may not use the network.
    pub(crate) fn is_offline(&self) -> bool {
        self.offline || self.frozen
    }
}
