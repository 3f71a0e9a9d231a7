//! What a build of the host tells the user, as data. `report` makes the sentences.

use serde::{Deserialize, Serialize};

use crate::cargo::profile::{Overridden, Wrapper};

/// How a build of the host differs from one without a session, or what it complained about.
///
/// The linker hands its notes to the session in a file, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Note {
    SettingOverridden(Overridden),
    WrapperNotUsed(Wrapper),
    /// The host's global allocator is not used.
    AllocatorOff,
    /// Shared crates add elements to a section that the program collects, and it does not get them.
    SectionIncomplete {
        section: String,
    },
    /// Reloadable crates add elements to a section that the program collects when it starts.
    SectionOfGroup {
        section: String,
    },
    CargoWarning {
        warning: String,
    },
    /// A build script names no file that it reads, and the session can't run it.
    ScriptNotWatched {
        package: String,
    },
}
