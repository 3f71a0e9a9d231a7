//! The commands other than `run`, and its flag `--detach`, each in a file or a folder.

pub(crate) mod ask;
pub(crate) mod detach;
pub(crate) mod doctor;
pub(crate) mod env;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod logs;
pub(crate) mod stop;
