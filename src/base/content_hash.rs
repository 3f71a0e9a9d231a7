//! One hash for everything that is compared: file contents, commands, what goes into a link.
//!
//! XXH3 (Yann Collet). It is quick and has no weak inputs among those that people write. It is no
//! defence against somebody who makes two contents collide, and who could edit the sources anyway.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// The hash of a file's content: equal hashes are taken for equal contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct ContentHash(u128);

impl ContentHash {
    pub(crate) fn new(content: &[u8]) -> Self {
        ContentHash(xxh3_128(content))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

// As text: not every reader of JSON knows numbers of 128 bits.
impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for ContentHash {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        u128::from_str_radix(&text, 16).map(ContentHash)
    }
}

/// Tests tell contents apart by number.
#[cfg(test)]
impl From<u64> for ContentHash {
    fn from(number: u64) -> Self {
        ContentHash(number.into())
    }
}

/// The hash of several parts, for names and for what is compared with one other.
pub(crate) struct Digest(Xxh3);

impl Digest {
    pub(crate) fn new() -> Self {
        Digest(Xxh3::new())
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// A text and its end, so that `ab`, `c` is not `a`, `bc`.
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[0xff]);
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    /// A file as it was written last, without reading it.
    pub(crate) fn written(&mut self, path: &Path) -> io::Result<()> {
        let metadata = std::fs::metadata(path)?;
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH);
        self.number(modified.unwrap_or_default().as_nanos() as u64);
        self.number(metadata.len());
        Ok(())
    }

    /// The hash of a file as it was written last.
    pub(crate) fn of_written(path: &Path) -> io::Result<u64> {
        let mut digest = Digest::new();
        digest.written(path)?;
        Ok(digest.finish())
    }

    pub(crate) fn finish(self) -> u64 {
        self.0.digest()
    }

    /// The hash of one text.
    pub(crate) fn of_text(text: &str) -> u64 {
        let mut digest = Digest::new();
        digest.text(text);
        digest.finish()
    }
}
