//! What host and group must have in common: the compiler, the target, and each unmarked crate that the
//! group names.
//!
//! The host and each generation contain the [digest](Identity::digest) of what they were compiled and linked
//! with. The tool compares crate by crate before it offers a generation, and the host compares the two
//! digests before it loads one.

use std::io;
use std::path::{Path, PathBuf};

use hotmod_protocol::PROTOCOL_VERSION;
use serde::{Deserialize, Serialize};

use crate::base::content_hash::Digest;
use crate::compat::crate_hash as svh;

/// The compiler, the settings and the crates that a host was compiled with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Settings that all code in a process must share, such as the target and the panic strategy.
    settings: Vec<String>,
    /// libstd and the unmarked crates that the group names.
    crates: Vec<Linked>,
}

/// A compiled crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Linked {
    path: PathBuf,
    /// A stamp of the file, to detect quickly that it was not written again.
    written: u64,
    /// See [`svh`]. For libstd, the file name is enough.
    hash: String,
}

impl Identity {
    /// The identity of a host that is about to be compiled.
    pub(crate) fn of(
        settings: Vec<String>,
        std: &Path,
        rlibs: impl IntoIterator<Item = PathBuf>,
    ) -> io::Result<Self> {
        let std = Linked {
            path: std.to_owned(),
            written: Digest::of_written(std)?,
            hash: String::new(),
        };
        let linked = rlibs.into_iter().map(|path| {
            Ok(Linked {
                written: Digest::of_written(&path)?,
                hash: svh::of(&path)?,
                path,
            })
        });
        let linked: io::Result<Vec<Linked>> = linked.collect();
        Ok(Identity {
            settings,
            crates: std::iter::once(std).chain(linked?).collect(),
        })
    }

    /// The digest of everything. It is never 0, which stands for a host without an identity.
    pub(crate) fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        digest.number(u64::from(PROTOCOL_VERSION));
        for setting in &self.settings {
            digest.text(setting);
        }
        for linked in &self.crates {
            digest.text(&linked.name());
            digest.text(&linked.hash);
        }
        digest.finish().max(1)
    }

    /// The name of a crate that has changed since the host was compiled, if any.
    pub(crate) fn foreign(&self) -> Option<String> {
        let other = self.crates.iter().find(|it| !it.is_there())?;
        let name = other.name();
        let name = name.rsplit_once('-').map_or(&*name, |(name, _)| name);
        let name = name.strip_prefix("lib").unwrap_or(name);
        Some(name.to_owned())
    }
}

impl Linked {
    /// `libmodel-1f2e3d4c`.
    fn name(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    fn is_there(&self) -> bool {
        let is_same = |written: u64| written == self.written;
        if Digest::of_written(&self.path).is_ok_and(is_same) {
            return true;
        }
        // It was written again, but may have the same content.
        !self.hash.is_empty() && svh::of(&self.path).is_ok_and(|hash| hash == self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_recompiled_crate_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let std = folder.path().join("libstd-1.so");
        let rlib = folder.path().join("libmodel-2.rlib");
        let rmeta = rlib.with_extension("rmeta");
        fs::write(&std, "std").unwrap();
        fs::write(&rlib, "one").unwrap();
        fs::write(&rmeta, "one").unwrap();
        let settings = || vec!["unwind".to_owned()];
        let of = |settings| Identity::of(settings, &std, [rlib.clone()]).unwrap();
        let identity = of(settings());
        assert_eq!(identity.foreign(), None);
        assert_eq!(identity.digest(), of(settings()).digest());
        assert_ne!(identity.digest(), of(vec!["abort".to_owned()]).digest());

        // Written again, with the same content.
        fs::write(&rlib, "three").unwrap();
        assert_eq!(identity.foreign(), None);
        fs::write(&rmeta, "two").unwrap();
        assert_eq!(identity.foreign().as_deref(), Some("model"));
        assert_ne!(identity.digest(), of(settings()).digest());

        fs::write(&rmeta, "one").unwrap();
        fs::write(&std, "another std").unwrap();
        assert_eq!(identity.foreign().as_deref(), Some("std"));
    }
}
