//! What tests are made of.

mod session;
mod workspace;

pub(crate) use session::{Run, Session};
pub(crate) use workspace::{Workspace, target_directory, tool};
