//! Cargo and rustc: their commands, messages, settings and files. It depends only on `base`.

pub(crate) mod artifact;
pub(crate) mod changed_environment;
pub(crate) mod dep_info;
pub(crate) mod diagnostics;
pub(crate) mod directories;
pub(crate) mod environment;
pub(crate) mod invocation;
pub(crate) mod listing;
pub(crate) mod profile;
pub(crate) mod progress;
pub(crate) mod run;
pub(crate) mod rustup;
pub(crate) mod settings;
pub(crate) mod toolchain;
pub(crate) mod unsupported;
