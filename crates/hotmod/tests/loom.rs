//! The protocols of the runtime under loom, which runs every interleaving of their threads.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test -p hotmod --test loom --release`.
#![cfg(loom)]

/// The runtime's own files, as far as the protocols need them.
#[path = "../src/live"]
#[allow(dead_code, missing_docs, unreachable_pub, unused_imports)]
mod live {
    mod called;
    mod contract;
    mod entry;
    mod frames;
    mod function;
    mod gate;
    mod generation;
    mod hook;
    mod kept_static;
    mod published;
    mod record;
    mod redirects;
    mod signatures;
    mod slot;
    mod sync;
    mod versions;

    #[path = "../../tests/loom/called.rs"]
    mod called_model;
    #[path = "../../tests/loom/contract.rs"]
    mod contract_model;
    #[path = "../../tests/loom/frames.rs"]
    mod frames_model;
    #[path = "../../tests/loom/gate.rs"]
    mod gate_model;
    #[path = "../../tests/loom/published.rs"]
    mod published_model;
    #[path = "../../tests/loom/versions.rs"]
    mod versions_model;
}
