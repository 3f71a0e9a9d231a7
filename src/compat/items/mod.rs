//! The effect of a changed source, by item.
//!
//! - [`sources`]: the items from which the host and its generations were built
//! - [`reach`]: the items of a file that code outside the group may use ([`direct`]), or may have been
//!   compiled against ([`shape`], by their [`layout_tokens`]); [`unseen`]: those that type layouts don't show; [`associated`]:
//!   associated items in impls of other crates' traits; [`fields`]: the changed fields of types
//! - [`scopes`]: the items that a name in a source ([`scope`]) may mean, by the [`references`] in
//!   tokens; [`cfg_test`]: items that no session has
//! - [`rebound`]: edits that change what a name in the host means
//! - [`mark`]: which functions can be marked `#[hot]`, and where; [`hot_modules`]: `#[hot]` on whole modules
//! - [`skeleton`]: whether more than bodies changed; [`entry_point`]: whether a function could be one
//! - [`tokens`]: whether two versions of a source are the same code; [`syntax`]: questions to syntax
//! - [`outside`]: edits of items that code outside the group uses, by its symbols or by names ([`named`])

mod associated;
mod cfg_test;
mod direct;
mod entry_point;
mod fields;
mod host_text;
mod hot_modules;
mod interface;
mod item;
mod known;
mod layout_tokens;
mod mark;
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
mod syntax;
mod tokens;
mod unseen;

#[cfg(test)]
pub(crate) use associated::TraitImpl;
pub(crate) use associated::{AssociatedItem, ChangedImpl};
pub(crate) use entry_point::EntryPoint;
pub(crate) use fields::{Field, FieldChange};
pub(crate) use interface::Part;
pub(crate) use item::{Item, ItemKind};
pub(crate) use known::{Source, User};
pub(crate) use mark::{MarkPlace, NoMark, async_functions, first_line as first_line_of_function};
pub(crate) use outside::{Outside, Texts, Unreachable};
#[cfg(test)]
pub(crate) use reach::Reach;
pub(crate) use rebound::{Change, HostCode, Rebound, first as first_rebound};
pub(crate) use scope::Crates;
pub(crate) use sources::Sources;
pub(crate) use unseen::Unseen;
