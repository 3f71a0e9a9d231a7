//! One digest for everything that is compared: file contents, commands, what goes into a link.
//!
//! FNV-1a of 64 bits (Fowler, Noll, Vo). It tells edits apart; it is no defence against
//! somebody who makes two contents collide, and who could edit the sources anyway.

use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// A digest in the making.
pub(crate) struct Digest(u64);

impl Digest {
    pub(crate) fn new() -> Self {
        Digest(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
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

    /// The digest of a file as it was written last.
    pub(crate) fn of_written(path: &Path) -> io::Result<u64> {
        let mut digest = Digest::new();
        digest.written(path)?;
        Ok(digest.finish())
    }

    pub(crate) fn finish(self) -> u64 {
        self.0
    }

    /// The digest of one text.
    pub(crate) fn of_text(text: &str) -> u64 {
        let mut digest = Digest::new();
        digest.text(text);
        digest.finish()
    }

    /// The digest of a file's content.
    pub(crate) fn of_file(path: &Path) -> io::Result<u64> {
        Ok(Self::of_content(&std::fs::read(path)?))
    }

    /// The digest of what was read from a file.
    pub(crate) fn of_content(content: &[u8]) -> u64 {
        let mut digest = Digest::new();
        digest.bytes(content);
        digest.finish()
    }
}
