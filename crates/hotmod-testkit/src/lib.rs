//! The harness of the end-to-end tests and of the benches.
//!
//! A test copies a fixture ([`Workspace`]), runs the tool in the copy ([`Run`], [`Session`], or
//! [`Terminal`] for its screen), edits files as an editor would, and reads the tool's events and
//! the program's answers. [`Puppet`] plays the tool's part to a program.

#![cfg(target_os = "linux")]

mod browser;
mod fake_tool;
mod http;
mod places;
mod random;
pub mod registry;
mod sandbox;
mod session;
mod terminal;
mod toolchain;
mod warm;
mod workspace;

pub use browser::Browser;
pub use fake_tool::{Library, Puppet};
pub use http::{Client, free_port};
pub use places::{repository, temporary, tool};
pub use random::{Random, given};
pub use sandbox::without_close_range;
pub use session::{Run, Session};
pub use terminal::Terminal;
pub use toolchain::{is_installed, is_selected, let_rustup_choose, use_toolchain};
pub use warm::once_in_a_run;
pub use workspace::{Workspace, compiled, files, target_directory, write_script};
