//! What an edit can reach, and whether what was built agrees with what is in memory.
//!
//! - [`code`]: whether two builds of a program run the same machine code
//! - [`keepers`]: code outside the group that may hold values without their types
//! - [`identity`]: what host and group must have in common, by their [`crate_hash`]es
//! - [`items`]: what changed in sources, item by item
//! - [`layout`]: the types that cross an entry point, as the compiler laid them out
//! - [`loaded`]: the layouts of all that the host has loaded
//! - [`redirects`]: the host's calls of functions that are not marked
//! - [`symbols`]: what code outside the group has of the group, and what state the group has
//!
//! What follows from that is [`decide`](crate::decide)'s to say.

pub(crate) mod code;
mod crate_hash;
mod identity;
pub(crate) mod items;
mod keepers;
pub(crate) mod layout;
mod loaded;
pub(crate) mod redirects;
pub(crate) mod symbols;

pub(crate) use identity::Identity;
pub(crate) use items::Outside;
pub(crate) use keepers::{Keepers, Unmarked, can_recover_values};
pub(crate) use layout::Crate;
pub(crate) use loaded::{Checked, Loaded};
