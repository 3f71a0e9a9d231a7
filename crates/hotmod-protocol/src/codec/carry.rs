//! The messages about carried values.

use crate::{Carry, NotCarried, Saved};

use super::FrameError;
use super::fields::{Fields, put_string, put_strings};

const STOP: u8 = 1;
const READY: u8 = 2;
const SAVE: u8 = 3;
const SAVING: u8 = 4;
const SAVED: u8 = 5;
const VALUE_READ: u8 = 6;
const RESET: u8 = 7;
const READ_BEGAN: u8 = 8;
const FIRST_VALUE: u8 = 9;

impl Carry {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Carry::Stop { signal } => {
                out.push(STOP);
                out.extend(signal.to_le_bytes());
            }
            Carry::Ready { ends_itself } => {
                out.push(READY);
                out.push((*ends_itself).into());
            }
            Carry::Save => out.push(SAVE),
            Carry::Saving => out.push(SAVING),
            Carry::Saved(Saved { names, failed }) => {
                out.push(SAVED);
                put_strings(out, names);
                // To the end of the message.
                failed.iter().for_each(|it| it.encode(out));
            }
            Carry::FirstValue => out.push(FIRST_VALUE),
            Carry::ReadBegan => out.push(READ_BEGAN),
            Carry::ValueRead { name, dropped } => {
                out.push(VALUE_READ);
                put_string(out, name);
                put_strings(out, dropped);
            }
            Carry::Reset(reset) => {
                out.push(RESET);
                reset.encode(out);
            }
        }
    }

    pub(super) fn decode(rest: &mut Fields<'_>) -> Result<Self, FrameError> {
        let [kind] = rest.take()?;
        Ok(match kind {
            STOP => Carry::Stop {
                signal: i32::from_le_bytes(rest.take()?),
            },
            READY => Carry::Ready {
                ends_itself: rest.bool()?,
            },
            SAVE => Carry::Save,
            SAVING => Carry::Saving,
            SAVED => {
                let names = rest.strings()?;
                let mut failed = Vec::new();
                while !rest.is_empty() {
                    failed.push(NotCarried::decode(rest)?);
                }
                Carry::Saved(Saved { names, failed })
            }
            FIRST_VALUE => Carry::FirstValue,
            READ_BEGAN => Carry::ReadBegan,
            VALUE_READ => Carry::ValueRead {
                name: rest.string()?,
                dropped: rest.strings()?,
            },
            RESET => Carry::Reset(NotCarried::decode(rest)?),
            _ => {
                return Err(FrameError::Malformed(
                    "unknown message about carried values",
                ));
            }
        })
    }
}

impl NotCarried {
    fn encode(&self, out: &mut Vec<u8>) {
        put_string(out, &self.name);
        put_string(out, &self.reason);
    }

    fn decode(rest: &mut Fields<'_>) -> Result<Self, FrameError> {
        Ok(NotCarried {
            name: rest.string()?,
            reason: rest.string()?,
        })
    }
}
