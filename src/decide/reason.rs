//! Why something is rebuilt, restarted or refused, as data. `report` makes the sentences.

use serde::Serialize;

use crate::compat::code;
use crate::compat::items::{ChangedImpl, Field, Item, Unreachable, Unseen};
use crate::compat::layout::Difference;
use crate::compile::ScriptChange;
use crate::discover::Concern;

/// Why. Serialised, it is a cause in an event; [`Reason::causes`] lists those of one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Reason {
    /// The program was never built.
    NotBuilt,
    NotRunning,
    /// The host closed its connection, and takes no more generations.
    HostLeft,
    /// The host runs code from before the last build.
    Behind,
    /// The user asked for it.
    Requested,
    Paused,
    /// The last build failed, and nothing changed since.
    FailedBefore,
    Unchanged,
    /// The tokens of the saved sources are those of the running program, outside tests.
    SameTokens,
    /// A file that cargo reads changed, and nothing of it concerns the program.
    UnusedSetting {
        path: String,
        program: String,
    },
    /// A build script gives its crate what it gave before.
    SameScriptOutput,
    /// The program would have the code that runs.
    SameCode,
    /// Cargo found nothing to build.
    NothingBuilt,
    /// A file changed.
    File {
        path: String,
    },
    /// A file that cargo reads changed, or what it led to.
    Cargo(Concern),
    /// A file of a package that is not reloadable.
    Package {
        path: String,
        package: String,
        /// The program, if the library of the package is reloadable.
        #[serde(skip_serializing_if = "Option::is_none")]
        program: Option<String>,
    },
    /// A file that a build script reads.
    Script {
        path: String,
        package: String,
    },
    /// A build script gives its crate something else.
    ScriptOutput {
        package: String,
        change: ScriptChange,
    },
    /// Nobody knows which types of this source the host was built with.
    UnknownBaseline {
        path: String,
    },
    /// An item that determines memory layouts. If it is not a type itself, also the source that is
    /// computed with it; if it is one, the fields that changed.
    Item {
        item: Item,
        path: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        user: Option<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Field>,
    },
    /// A changed item that the host has without an entry point.
    Direct {
        path: String,
        #[serde(flatten)]
        found: Box<Unreachable>,
    },
    /// A function that the host calls is gone, or its signature is another one.
    Gone {
        item: String,
    },
    /// A crate is no longer the one that the host was built with.
    OtherCrate {
        #[serde(rename = "crate")]
        name: String,
    },
    /// A source that can't be parsed.
    Unparsable {
        path: String,
    },
    /// A type changed, and the debug information that would tell how can't be read.
    UnreadableLayouts {
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<Item>,
        why: String,
    },
    /// No type changed, as far as tokens tell.
    SameTypes,
    SameLayouts,
    Layout(Difference),
    /// A changed item that no layout shows.
    Unseen(Unseen),
    /// The code of a clean build is not what runs.
    Code {
        #[serde(flatten)]
        difference: code::Difference,
        /// How many others there are.
        others: usize,
    },
    /// What a type gives to a trait of another crate.
    Trait(ChangedImpl),
    /// A type that something keeps by its `TypeId` has another name.
    Renamed {
        old: String,
        new: String,
    },
    /// The group can't be linked with what the host was linked with.
    NotLinked {
        message: String,
    },
    ArtifactsGone,
    /// The host took too long to answer.
    NoAnswer {
        seconds: u64,
    },
    /// The host has not connected to the session.
    NotJoined,
    HostUnreachable {
        message: String,
    },
    /// The host closed its connection before a generation was live.
    LeftBeforeLive,
    /// The host ended before a generation was live.
    EndedBeforeLive,
    /// The host says that another build is live than the one it was offered.
    OtherBuild,
    /// In the words of the host, or of the system.
    Message {
        message: String,
    },
    /// The new code runs after a restart, and the session may not restart the program.
    #[serde(skip)]
    StaysOld(Box<Reason>),
    /// Several, the most telling one first; never empty.
    #[serde(skip)]
    Several(Vec<Reason>),
}

impl Reason {
    /// What a clean build would have other code for, most telling first, if there is anything.
    pub(crate) fn of_code(differences: Vec<code::Difference>) -> Option<Self> {
        let others = differences.len().saturating_sub(1);
        let difference = differences.into_iter().next()?;
        Some(Reason::Code { difference, others })
    }

    /// Several reasons as one, each once, if there are any.
    pub(crate) fn of_all(all: Vec<Reason>) -> Option<Self> {
        let mut reasons: Vec<Reason> = Vec::new();
        for reason in all {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        match reasons.len() {
            0 | 1 => reasons.pop(),
            _ => Some(Reason::Several(reasons)),
        }
    }

    /// What it consists of, the most telling one first.
    pub(crate) fn causes(&self) -> Vec<&Reason> {
        match self {
            Reason::StaysOld(reason) => reason.causes(),
            Reason::Several(reasons) => reasons.iter().flat_map(Reason::causes).collect(),
            reason => vec![reason],
        }
    }
}

impl From<String> for Reason {
    fn from(message: String) -> Self {
        Reason::Message { message }
    }
}

#[cfg(test)]
mod tests;
