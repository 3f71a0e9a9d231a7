//! Encodes messages as frames, and decodes them. The crate's documentation describes the format.

mod carry;
mod fields;

use std::fmt;
use std::io::{self, Read, Write};

use crate::{
    Back, BuildId, Carry, Cause, MAX_FRAME, Message, Offer, Outcome, PROTOCOL_VERSION, Trace,
};

use fields::{Fields, put_distances, put_string, put_strings};

/// Why a frame could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum FrameError {
    /// The stream failed, or ended inside a frame.
    Io(io::Error),
    /// The length of the frame is more than [`MAX_FRAME`].
    TooLong(u32),
    /// The other side uses another protocol version.
    Version(u16),
    /// The bytes are not a valid message.
    Malformed(&'static str),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::Io(error) => write!(f, "the channel failed: {error}"),
            FrameError::TooLong(length) => {
                write!(
                    f,
                    "a frame of {length} bytes exceeds the limit of {MAX_FRAME}"
                )
            }
            FrameError::Version(theirs) => write!(
                f,
                "the other side uses protocol version {theirs}, this side uses {PROTOCOL_VERSION}: use the same version \
                 of `hotmod` and `cargo-hotmod`"
            ),
            FrameError::Malformed(what) => write!(f, "malformed frame: {what}"),
        }
    }
}

impl std::error::Error for FrameError {}

impl From<io::Error> for FrameError {
    fn from(error: io::Error) -> Self {
        FrameError::Io(error)
    }
}

/// Reads one message; `None` if the stream ended before a frame.
///
/// # Errors
/// Fails for a frame that is too long, malformed or of another version, and for a stream that fails
/// or ends early. After an error, the position of the stream is undefined: close it.
pub fn read_message(stream: &mut impl Read) -> Result<Option<Message>, FrameError> {
    let mut length = [0; 4];
    loop {
        match stream.read(&mut length[..1]) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    stream.read_exact(&mut length[1..])?;
    let length = u32::from_le_bytes(length);
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(length));
    }
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload)?;
    Message::decode(&payload).map(Some)
}

/// Writes one message.
///
/// # Errors
/// Errors of the stream, and [`io::ErrorKind::InvalidInput`] for a message longer than
/// [`MAX_FRAME`].
pub fn write_message(stream: &mut impl Write, message: &Message) -> io::Result<()> {
    let payload = message.encode();
    let length = u32::try_from(payload.len())
        .ok()
        .filter(|length| *length <= MAX_FRAME)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the message is too long"))?;
    let mut frame = length.to_le_bytes().to_vec();
    frame.extend(payload);
    stream.write_all(&frame)?;
    stream.flush()
}

const HELLO: u8 = 1;
const OFFER: u8 = 2;
const LIVE: u8 = 3;
const REFUSED: u8 = 4;
const TURNED_AWAY: u8 = 5;
const WELCOME: u8 = 6;
const NOT_HOST: u8 = 7;
const TRACE: u8 = 8;
const RENDERED: u8 = 9;
const ASK: u8 = 10;
const SETTLED: u8 = 11;
const OUTCOME: u8 = 12;
const WATCH: u8 = 13;
const WATCHING: u8 = 14;
const CALLED: u8 = 15;
const CARRY: u8 = 16;
const HOLD: u8 = 17;
const BACK: u8 = 18;
const WAITS: u8 = 19;
const TAKE_BACK: u8 = 20;

impl Message {
    /// The payload of this message's frame, without the length.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = PROTOCOL_VERSION.to_le_bytes().to_vec();
        match self {
            Message::Hello { pid, identity } => {
                out.push(HELLO);
                out.extend(pid.to_le_bytes());
                out.extend(identity.to_le_bytes());
            }
            Message::Offer(offer) => {
                out.push(OFFER);
                out.extend(offer.generation.to_le_bytes());
                out.extend(offer.build.0.to_le_bytes());
                out.extend(offer.identity.to_le_bytes());
                out.extend(offer.length.to_le_bytes());
                out.extend(offer.digest.to_le_bytes());
                put_string(&mut out, &offer.path);
                out.push(offer.has_compared_types.into());
                put_strings(&mut out, &offer.changed_statics);
                out.extend(offer.redirects_digest.to_le_bytes());
                put_distances(&mut out, &offer.redirects);
            }
            Message::Back(back) => {
                out.push(BACK);
                out.extend(back.generation.to_le_bytes());
                out.extend(back.earlier.to_le_bytes());
                out.extend(back.build.0.to_le_bytes());
                out.push(back.has_compared_types.into());
            }
            Message::Waits { generation } => {
                out.push(WAITS);
                out.extend(generation.to_le_bytes());
            }
            Message::TakeBack { generation } => {
                out.push(TAKE_BACK);
                out.extend(generation.to_le_bytes());
            }
            Message::Live {
                generation,
                build,
                micros,
                kept_generations,
                kept_bytes,
            } => {
                out.push(LIVE);
                out.extend(generation.to_le_bytes());
                out.extend(build.0.to_le_bytes());
                out.extend(micros.to_le_bytes());
                out.extend(kept_generations.to_le_bytes());
                out.extend(kept_bytes.to_le_bytes());
            }
            Message::Refused {
                generation,
                build,
                cause,
                reason,
            } => {
                out.push(REFUSED);
                out.extend(generation.to_le_bytes());
                out.extend(build.0.to_le_bytes());
                out.push(cause.code());
                put_string(&mut out, reason);
            }
            Message::Trace(trace) => {
                out.push(TRACE);
                out.push(trace.is_full.into());
                put_string(&mut out, &trace.directory);
                put_strings(&mut out, &trace.modules);
                for frame in &trace.frames {
                    out.extend(frame.address.to_le_bytes());
                    out.extend(frame.module.to_le_bytes());
                    out.extend(frame.offset.to_le_bytes());
                }
            }
            Message::Rendered { text, is_last } => {
                out.push(RENDERED);
                put_string(&mut out, text);
                out.push((*is_last).into());
            }
            Message::Called {
                generation,
                entry_points,
            } => {
                out.push(CALLED);
                out.extend(generation.to_le_bytes());
                put_strings(&mut out, entry_points);
            }
            Message::Welcome => out.push(WELCOME),
            Message::Hold { runs } => {
                out.push(HOLD);
                out.push((*runs).into());
            }
            Message::NotHost => out.push(NOT_HOST),
            Message::TurnedAway { reason } => {
                out.push(TURNED_AWAY);
                put_string(&mut out, reason);
            }
            Message::Ask { question } => {
                out.push(ASK);
                out.extend(question.to_le_bytes());
            }
            Message::Settled { question } => {
                out.push(SETTLED);
                out.extend(question.to_le_bytes());
            }
            Message::Watch => out.push(WATCH),
            Message::Watching => out.push(WATCHING),
            Message::Outcome(outcome) => {
                out.push(OUTCOME);
                outcome.encode(&mut out);
            }
            Message::Carry(carry) => {
                out.push(CARRY);
                carry.encode(&mut out);
            }
        }
        out
    }

    /// Decodes the payload of a frame.
    ///
    /// # Errors
    /// [`FrameError::Version`] or [`FrameError::Malformed`], the latter also for trailing bytes.
    pub fn decode(payload: &[u8]) -> Result<Message, FrameError> {
        let mut rest = Fields::of(payload);
        let version = u16::from_le_bytes(rest.take()?);
        if version != PROTOCOL_VERSION {
            return Err(FrameError::Version(version));
        }
        let [kind] = rest.take()?;
        let message = match kind {
            HELLO => Message::Hello {
                pid: rest.u32()?,
                identity: rest.u64()?,
            },
            OFFER => Message::Offer(Offer {
                generation: rest.u32()?,
                build: BuildId(rest.u64()?),
                identity: rest.u64()?,
                length: rest.u64()?,
                digest: rest.u64()?,
                path: rest.string()?,
                has_compared_types: rest.bool()?,
                changed_statics: rest.strings()?,
                redirects_digest: rest.u64()?,
                redirects: rest.distances()?,
            }),
            BACK => Message::Back(Back {
                generation: rest.u32()?,
                earlier: rest.u32()?,
                build: BuildId(rest.u64()?),
                has_compared_types: rest.bool()?,
            }),
            WAITS => Message::Waits {
                generation: rest.u32()?,
            },
            TAKE_BACK => Message::TakeBack {
                generation: rest.u32()?,
            },
            LIVE => Message::Live {
                generation: rest.u32()?,
                build: BuildId(rest.u64()?),
                micros: rest.u64()?,
                kept_generations: rest.u32()?,
                kept_bytes: rest.u64()?,
            },
            REFUSED => Message::Refused {
                generation: rest.u32()?,
                build: BuildId(rest.u64()?),
                cause: Cause::of_code(rest.take()?)?,
                reason: rest.string()?,
            },
            TRACE => Message::Trace(Trace {
                is_full: rest.bool()?,
                directory: rest.string()?,
                modules: rest.strings()?,
                // To the end of the message.
                frames: rest.frames()?,
            }),
            RENDERED => Message::Rendered {
                text: rest.string()?,
                is_last: rest.bool()?,
            },
            CALLED => Message::Called {
                generation: rest.u32()?,
                entry_points: rest.strings()?,
            },
            WELCOME => Message::Welcome,
            HOLD => Message::Hold { runs: rest.bool()? },
            NOT_HOST => Message::NotHost,
            TURNED_AWAY => Message::TurnedAway {
                reason: rest.string()?,
            },
            ASK => Message::Ask {
                question: rest.u64()?,
            },
            SETTLED => Message::Settled {
                question: rest.u64()?,
            },
            WATCH => Message::Watch,
            WATCHING => Message::Watching,
            OUTCOME => Message::Outcome(Outcome::decode(&mut rest)?),
            CARRY => Message::Carry(Carry::decode(&mut rest)?),
            _ => return Err(FrameError::Malformed("unknown kind of message")),
        };
        if !rest.is_empty() {
            return Err(FrameError::Malformed("trailing bytes"));
        }
        Ok(message)
    }
}

impl Outcome {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Outcome::Live { generation } => {
                out.push(1);
                out.extend(generation.to_le_bytes());
            }
            Outcome::Failed { diagnostics } => {
                out.push(2);
                put_string(out, diagnostics);
            }
            Outcome::Refused { reasons } => {
                out.push(3);
                put_strings(out, reasons);
            }
            Outcome::Restarting => out.push(4),
        }
    }

    fn decode(rest: &mut Fields<'_>) -> Result<Self, FrameError> {
        Ok(match rest.take()? {
            [1] => Outcome::Live {
                generation: rest.u32()?,
            },
            [2] => Outcome::Failed {
                diagnostics: rest.string()?,
            },
            [3] => Outcome::Refused {
                reasons: rest.strings()?,
            },
            [4] => Outcome::Restarting,
            _ => return Err(FrameError::Malformed("unknown outcome")),
        })
    }
}

impl Cause {
    const ALL: [Cause; 3] = [Cause::Contract, Cause::Hook, Cause::Library];

    fn code(self) -> u8 {
        match self {
            Cause::Contract => 1,
            Cause::Hook => 2,
            Cause::Library => 3,
        }
    }

    fn of_code([code]: [u8; 1]) -> Result<Self, FrameError> {
        let mut all = Self::ALL.into_iter();
        all.find(|cause| cause.code() == code)
            .ok_or(FrameError::Malformed("unknown cause"))
    }
}

#[cfg(test)]
mod tests;
