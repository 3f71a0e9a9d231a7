//! Runs the real [`discover`](super::discover) on small workspaces in temporary folders.
//!
//! No network and no registry: all dependencies are paths, and a package named `hotmod` with an
//! empty library stands for the runtime. What a single file decides on its own is tested there.

mod errors;
mod fixture;
mod plans;
mod tables;
mod users;
