//! The environment variables by which the tool tells a host where its session is.

/// Path of the session's Unix socket. Without it a host runs as if there were no session.
pub const SOCKET_VARIABLE: &str = "HOTMOD_SOCKET";

/// The directory that holds the session's generations; a library elsewhere is never loaded.
pub const DIRECTORY_VARIABLE: &str = "HOTMOD_DIR";
