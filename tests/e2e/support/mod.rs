//! What tests are made of.

mod fake_tool;
mod http;
mod random;
mod sandbox;
mod session;
mod terminal;
mod toolchain;
mod workspace;

pub(crate) use fake_tool::{Library, Puppet};
pub(crate) use http::{Client, free_port};
pub(crate) use random::{Random, given};
pub(crate) use sandbox::without_close_range;
pub(crate) use session::{Run, Session};
pub(crate) use terminal::Terminal;
pub(crate) use toolchain::{is_installed, is_selected, let_rustup_choose, use_toolchain};
pub(crate) use workspace::{Workspace, compiled, files, target_directory, tool};
