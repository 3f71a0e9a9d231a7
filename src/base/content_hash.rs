//! The hash for everything that is compared: file contents, commands, inputs of links.
//!
//! It is XXH3 (by Yann Collet), which is fast and reliable for ordinary inputs. It does not protect
//! against an attacker who creates collisions, but such an attacker could also edit the sources.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// The hash of a file's content. Equal hashes mean equal contents.
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

// As text, because not all JSON parsers support 128-bit numbers.
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

/// Tests use numbers as contents.
#[cfg(test)]
impl From<u64> for ContentHash {
    fn from(number: u64) -> Self {
        ContentHash(number.into())
    }
}

/// The hash of several parts, for names and comparisons.
#[derive(Clone)]
pub(crate) struct Digest(Xxh3);

impl Digest {
    pub(crate) fn new() -> Self {
        Digest(Xxh3::new())
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds a text and an end marker, so that `ab`, `c` differs from `a`, `bc`.
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[0xff]);
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    /// Adds the stamp of a file, without reading the file.
    pub(crate) fn written(&mut self, path: &Path) -> io::Result<()> {
        let metadata = std::fs::metadata(path)?;
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH);
        self.number(modified.unwrap_or_default().as_nanos() as u64);
        self.number(metadata.len());
        Ok(())
    }

    /// The hash of a file's stamp.
    pub(crate) fn of_written(path: &Path) -> io::Result<u64> {
        let mut digest = Digest::new();
        digest.written(path)?;
        Ok(digest.finish())
    }

    pub(crate) fn finish(self) -> u64 {
        self.0.digest()
    }

    /// For many values that must differ.
    pub(crate) fn finish_wide(self) -> u128 {
        self.0.digest128()
    }

    /// The hash of a text.
    pub(crate) fn of_text(text: &str) -> u64 {
        let mut digest = Digest::new();
        digest.text(text);
        digest.finish()
    }
}
