//! Environment variables with which a host finds its session.

/// The path of the session's Unix socket. Without it, a host runs as if there were no session.
pub const SOCKET_VARIABLE: &str = "HOTMOD_SOCKET";

/// The directory of the session's generations. A host loads no library from elsewhere.
pub const DIRECTORY_VARIABLE: &str = "HOTMOD_DIR";

/// The root of the workspace. Paths in diagnostics are relative to it.
pub const WORKSPACE_VARIABLE: &str = "HOTMOD_WORKSPACE_ROOT";

/// The id of the tool's process, for a process that is started while another one is the host. It waits
/// until the tool answers. A child process of such a process has another parent, and does not.
pub const FOLLOWS_VARIABLE: &str = "HOTMOD_FOLLOWS";

/// The file with carried values, beside the session's socket.
pub const CARRIED_FILE: &str = "carried";
