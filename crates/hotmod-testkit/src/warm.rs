//! Builds that many tests start from, such as those of the fixtures. Each is made once per test
//! run.
//!
//! A run may be one process, as under `cargo test`, or one for each test, as under nextest: so a
//! locked file beside the folder says which run built it last.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// Names this run of the tests.
static RUN: LazyLock<String> = LazyLock::new(|| {
    std::env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        format!("{} {}", std::process::id(), now.as_nanos())
    })
});

/// Calls `build`, which writes a folder, unless this run did so before. Other tests wait meanwhile.
pub fn once_in_a_run(folder: &Path, build: impl FnOnce()) {
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(folder.with_extension("run")).unwrap();
    file.lock().unwrap();
    let mut last = String::new();
    file.read_to_string(&mut last).unwrap();
    if last == *RUN {
        return;
    }
    build();
    file.set_len(0).unwrap();
    file.rewind().unwrap();
    file.write_all(RUN.as_bytes()).unwrap();
}
