//! The layer in a session.
//!
//! Each module uses only modules above it in this list:
//! - [`host_name`]: the hosts and origins to which the layer shows anything
//! - [`policy`]: what a `Content-Security-Policy` allows
//! - [`visit`]: the properties of a request that matter
//! - [`source`]: the state of the saved code; [`limits`]: how long to wait for it
//! - [`events`]: each state of the saved code as an event
//! - [`body`]: bodies that are pinned to a generation, and text after a body
//! - [`locations`]: links into the editor; [`problem`]: the page with rustc's errors
//! - [`session`]: all of these
//! - [`script`]: the script at the end of a page
//! - [`endpoint`]: the layer's own paths
//! - [`layered`]: the service

mod body;
mod endpoint;
mod events;
mod host_name;
mod layered;
mod limits;
mod locations;
mod policy;
mod problem;
mod script;
mod session;
mod source;
#[cfg(test)]
mod tests;
mod visit;

/// A service in a session.
pub type Wrapped<S> = layered::Layered<S>;

pub(crate) use layered::wrap;
