//! The macros that are recognised by their names.

/// Macros of the standard library that expand to nothing that is visible outside a body.
pub(crate) const STANDARD: [&str; 30] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "line",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "print",
    "println",
    "stringify",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Such macros of `log` and `tracing`.
pub(crate) const LOGGING: [&str; 13] = [
    "debug",
    "debug_span",
    "error",
    "error_span",
    "event",
    "info",
    "info_span",
    "log",
    "span",
    "trace",
    "trace_span",
    "warn",
    "warn_span",
];

/// The crates that define these.
pub(crate) const KNOWN: [&str; 5] = ["alloc", "core", "log", "std", "tracing"];
