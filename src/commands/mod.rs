//! The commands that need no session of their own, each in a file or a folder.

pub(crate) mod ask;
pub(crate) mod doctor;
pub(crate) mod env;
pub(crate) mod init;
pub(crate) mod list;
