//! The foundation: files, hashes, child processes, parsing. It depends on no other module.

pub(crate) mod atomic_file;
pub(crate) mod child_process;
pub(crate) mod closure;
pub(crate) mod content_hash;
pub(crate) mod contents;
pub(crate) mod elf;
pub(crate) mod file_stamp;
pub(crate) mod library;
pub(crate) mod locked_dir;
pub(crate) mod mmap;
pub(crate) mod nearest;
pub(crate) mod own_id;
pub(crate) mod parse;
pub(crate) mod process_end;
pub(crate) mod process_ids;
pub(crate) mod stamp;
pub(crate) mod termination;
pub(crate) mod walk;
pub(crate) mod words;
