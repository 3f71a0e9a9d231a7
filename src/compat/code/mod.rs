//! Whether two builds of a program run the same machine code.
//!
//! Sources only let the tool guess what an edit changes for the code that is linked into the host:
//! method resolution, derives, drop glue and constants are the compiler's. So the objects of the
//! running program are compared with those of a clean build from the current sources.
//!
//! 1. [`object`] splits an object file into *pieces*: functions, statics and private constants, each
//!    with a digest of its own content and the pieces that it refers to ([`digests`]). A function
//!    counts by its [`instructions`], because direct and indirect calls are equal.
//! 2. [`Code::read`] joins the objects of a link into one graph, and keeps what the program reaches
//!    from its roots (`main`, exported functions, initialisers, and all of the unmarked crates that
//!    generations are linked with) without going through an entry point.
//!    The bodies of entry points don't count, because calls go to the live generation.
//! 3. [`compare`] walks two such graphs in step: from equal roots through equal references. The
//!    programs are the same if all pairs of pieces on the way have the same bytes. So the names of
//!    symbols don't matter, which contain numbers of impls and closures, nor does the object or the
//!    codegen unit that a piece is in.
//!    What only one of the programs has in a file that was read is looked for in all others ([`elsewhere`]).
//! 4. [`difference`] words the first differences on the way as symbols.
//!
//! [`group`] compares two generations in the same way, to find the entry points that lead to changed
//! code. [`kept`] says which of it the program may keep although it is called.
//!
//! [`format`](mod@format) is what the formats of objects express differently.
//!
//! Debug information, unwind tables and the positions in `core::panic::Location` don't count, nor do the
//! lines that `tracing` records ([`callsite`]).

mod callsite;
mod compare;
mod difference;
mod digests;
mod elsewhere;
mod format;
mod group;
mod instructions;
mod kept;
mod object;
mod program;
mod section;

pub(crate) use compare::compare;
pub(crate) use difference::Difference;
pub(crate) use elsewhere::Elsewhere;
pub(crate) use group::{ChangedCode, Changes};
pub(crate) use kept::stored_type;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The code of a program, as far as the comparison needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    /// Where execution can start, by name, in order.
    roots: Vec<(String, u32)>,
    /// What generations can call or use of it, by name, in order.
    libraries: Vec<(String, u32)>,
    pieces: Vec<Piece>,
}

/// The code of a generation.
#[derive(Debug)]
pub(crate) struct GroupCode {
    /// The entry points, by path.
    entry_points: BTreeMap<String, u32>,
    /// What else can start execution.
    others: Vec<u32>,
    code: Code,
}

/// A function, a static, or a private constant. The fields are `kind`, `name`, `digest`, `targets`,
/// without names because there are many of them in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Piece(Kind, Option<String>, u64, Vec<u32>);

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    /// A function, or data that is never written to.
    #[serde(rename = "c")]
    Constant,
    /// Data that can be written to: two pieces can't be one.
    #[serde(rename = "w")]
    Writable,
    /// An entry point, or something else that belongs to the runtime: its content doesn't count.
    #[serde(rename = "e")]
    EntryPoint,
    /// Not in the files that were read: code of other crates.
    #[serde(rename = "x")]
    External,
}

impl Piece {
    fn kind(&self) -> Kind {
        self.0
    }

    /// Its symbol, unless it is private to the object.
    fn name(&self) -> Option<&str> {
        self.1.as_deref()
    }

    fn digest(&self) -> u64 {
        self.2
    }

    /// What it refers to, in the order of the references.
    fn targets(&self) -> &[u32] {
        &self.3
    }
}

#[cfg(test)]
mod tests;
