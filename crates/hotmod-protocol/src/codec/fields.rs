//! The fields of a payload, one after the other.

use crate::Frame;

use super::FrameError;

pub(super) fn put_string(out: &mut Vec<u8>, text: &str) {
    // A text that is too long for its length field makes a frame that is too long, which
    // `write_message` refuses.
    out.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(text.as_bytes());
}

pub(super) fn put_strings(out: &mut Vec<u8>, texts: &[String]) {
    // As above: so many texts would be too long as well.
    out.extend(u32::try_from(texts.len()).unwrap_or(u32::MAX).to_le_bytes());
    texts.iter().for_each(|text| put_string(out, text));
}

pub(super) fn put_distances(out: &mut Vec<u8>, all: &[i32]) {
    // As above.
    out.extend(u32::try_from(all.len()).unwrap_or(u32::MAX).to_le_bytes());
    all.iter().for_each(|it| out.extend(it.to_le_bytes()));
}

/// The remaining bytes of a payload.
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn of(payload: &'a [u8]) -> Self {
        Fields(payload)
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let (head, rest) = self
            .0
            .split_first_chunk()
            .ok_or(FrameError::Malformed("it ends inside a field"))?;
        self.0 = rest;
        Ok(*head)
    }

    pub(super) fn bool(&mut self) -> Result<bool, FrameError> {
        match self.take()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(FrameError::Malformed("invalid boolean")),
        }
    }

    pub(super) fn u32(&mut self) -> Result<u32, FrameError> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, FrameError> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn frames(&mut self) -> Result<Vec<Frame>, FrameError> {
        let mut frames = Vec::new();
        while !self.0.is_empty() {
            frames.push(Frame {
                address: self.u64()?,
                module: self.u32()?,
                offset: self.u64()?,
            });
        }
        Ok(frames)
    }

    pub(super) fn distances(&mut self) -> Result<Vec<i32>, FrameError> {
        let count = self.u32()?;
        (0..count)
            .map(|_| self.take().map(i32::from_le_bytes))
            .collect()
    }

    pub(super) fn strings(&mut self) -> Result<Vec<String>, FrameError> {
        let count = self.u32()?;
        (0..count).map(|_| self.string()).collect()
    }

    pub(super) fn string(&mut self) -> Result<String, FrameError> {
        let length = self.u32()? as usize;
        let (head, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(FrameError::Malformed("it ends inside a string"))?;
        self.0 = rest;
        String::from_utf8(head.to_vec()).map_err(|_| FrameError::Malformed("a string is not UTF-8"))
    }
}
