//! What a change of a source can reach, item by item.
//!
//! - [`sources`]: what the host and its generations were made of
//! - [`reach`]: the items of a file that code outside the group may have in it ([`direct`]), or may
//!   have been compiled against ([`shape`]); [`unseen`]: those that only a name leads to;
//!   [`given`]: what its types give to traits of other crates
//! - [`scopes`]: which items a name in a source ([`scope`]) may mean, by the [`references`] in
//!   tokens; [`cfg_test`]: items that no session has
//! - [`skeleton`]: whether more than bodies changed; [`entry_point`]: whether a function could be one
//! - [`tokens`]: whether two versions of a source are the same code
//! - [`outside`]: which edits can't reach the program, by its symbols or by names ([`named`])

mod cfg_test;
mod direct;
mod entry_point;
mod given;
mod host_text;
mod interface;
mod item;
mod known;
mod modules;
mod named;
mod outside;
mod reach;
mod rebound;
mod references;
mod scope;
mod scopes;
mod shape;
mod skeleton;
mod sources;
mod tokens;
mod unseen;

#[cfg(test)]
pub(crate) use direct::Direct;
pub(crate) use entry_point::EntryPoint;
#[cfg(test)]
pub(crate) use given::Place;
pub(crate) use given::{Gift, Regiven};
pub(crate) use interface::Part;
pub(crate) use item::{Item, ItemKind};
pub(crate) use known::{Source, User};
pub(crate) use outside::{Outside, Texts, Unreachable};
pub(crate) use rebound::{Change, HostCode, Rebound, first as first_rebound};
pub(crate) use scope::Crates;
pub(crate) use sources::Sources;
pub(crate) use unseen::Unseen;
