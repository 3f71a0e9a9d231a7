//! End-to-end tests: whole workspaces built by real cargo, real hosts, real signals.
//!
//! One binary, one builder: a test copies a fixture ([`hotmod_testkit::Workspace`]), runs the tool in
//! the copy ([`hotmod_testkit::Session`]), edits files as an editor would, and reads the tool's events
//! and the host's answers. Nothing sleeps: tests wait for events, and say what they have seen
//! when one does not come.
//!
//! All copies of a fixture share one warm target directory, and each copy has a path of its own that stays
//! the same from run to run, so that what was built once is not built again.

mod architecture;
mod arm64;
mod bad_inputs;
mod browser;
mod build_directory;
mod calls;
mod carry;
mod channel;
mod check;
mod command_line;
mod containers;
mod control;
mod debugger;
mod delta;
mod detached;
mod difference;
mod direct;
mod disk;
mod doctor;
mod editor;
mod errors;
mod examples;
mod faults;
mod frames;
mod hooks;
mod init;
mod join;
mod kept;
mod keys;
mod kinds;
mod layouts;
mod libraries;
mod linkers;
mod linking;
mod list;
mod listen;
mod manifests;
mod misuse;
mod moved;
mod page_loads;
mod picture;
mod plain;
mod poll;
mod process;
mod random_edits;
mod reasons;
mod rebound;
mod refused;
mod reload;
mod replay;
mod rollback;
mod same_code;
mod saves;
mod screen;
mod scripts;
mod secrets;
mod settled;
mod shadow;
mod shells;
mod startup;
mod state;
mod status;
mod swap;
mod target_directory;
mod tidy;
mod timings;
mod toolchain;
mod twin_workspaces;
mod twins;
mod unmarked;
mod unmarked_kinds;
mod watching;
mod web;
