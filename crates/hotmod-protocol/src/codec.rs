//! Messages to frames and back. The format is described in the crate's documentation.

use std::fmt;
use std::io::{self, Read, Write};

use crate::{BuildId, MAX_FRAME, Message, PROTOCOL_VERSION};

/// Why a frame could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum FrameError {
    /// The stream failed, or ended inside a frame.
    Io(io::Error),
    /// The frame says that it is longer than [`MAX_FRAME`].
    TooLong(u32),
    /// The other end speaks another version.
    Version(u16),
    /// The bytes are no message.
    Malformed(&'static str),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::Io(error) => write!(f, "the channel failed: {error}"),
            FrameError::TooLong(length) => {
                write!(
                    f,
                    "a frame of {length} bytes is over the limit of {MAX_FRAME}"
                )
            }
            FrameError::Version(theirs) => write!(
                f,
                "the other end speaks protocol {theirs}, this one {PROTOCOL_VERSION}"
            ),
            FrameError::Malformed(what) => write!(f, "a frame is malformed: {what}"),
        }
    }
}

impl std::error::Error for FrameError {}

impl From<io::Error> for FrameError {
    fn from(error: io::Error) -> Self {
        FrameError::Io(error)
    }
}

/// Reads one message; `None` when the stream ended before a frame began.
///
/// # Errors
/// A frame that is too long, of another version or malformed; a stream that fails or ends early.
/// After an error the stream's position is undefined: close it.
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
/// The stream's own; [`io::ErrorKind::InvalidInput`] for a message longer than [`MAX_FRAME`].
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

impl Message {
    /// The payload of this message's frame, without the length.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = PROTOCOL_VERSION.to_le_bytes().to_vec();
        match self {
            Message::Hello { pid } => {
                out.push(HELLO);
                out.extend(pid.to_le_bytes());
            }
            Message::Offer {
                generation,
                build,
                path,
            } => {
                out.push(OFFER);
                out.extend(generation.to_le_bytes());
                out.extend(build.0.to_le_bytes());
                put_string(&mut out, path);
            }
            Message::Live {
                generation,
                build,
                micros,
            } => {
                out.push(LIVE);
                out.extend(generation.to_le_bytes());
                out.extend(build.0.to_le_bytes());
                out.extend(micros.to_le_bytes());
            }
            Message::Refused {
                generation,
                build,
                reason,
            } => {
                out.push(REFUSED);
                out.extend(generation.to_le_bytes());
                out.extend(build.0.to_le_bytes());
                put_string(&mut out, reason);
            }
        }
        out
    }

    /// The message of a frame's payload.
    ///
    /// # Errors
    /// [`FrameError::Version`] and [`FrameError::Malformed`], the latter also for bytes that are
    /// left over.
    pub fn decode(payload: &[u8]) -> Result<Message, FrameError> {
        let mut rest = Fields(payload);
        let version = u16::from_le_bytes(rest.take()?);
        if version != PROTOCOL_VERSION {
            return Err(FrameError::Version(version));
        }
        let [kind] = rest.take()?;
        let message = match kind {
            HELLO => Message::Hello {
                pid: u32::from_le_bytes(rest.take()?),
            },
            OFFER => Message::Offer {
                generation: u32::from_le_bytes(rest.take()?),
                build: BuildId(u64::from_le_bytes(rest.take()?)),
                path: rest.string()?,
            },
            LIVE => Message::Live {
                generation: u32::from_le_bytes(rest.take()?),
                build: BuildId(u64::from_le_bytes(rest.take()?)),
                micros: u64::from_le_bytes(rest.take()?),
            },
            REFUSED => Message::Refused {
                generation: u32::from_le_bytes(rest.take()?),
                build: BuildId(u64::from_le_bytes(rest.take()?)),
                reason: rest.string()?,
            },
            _ => return Err(FrameError::Malformed("an unknown kind of message")),
        };
        if !rest.0.is_empty() {
            return Err(FrameError::Malformed("bytes are left over"));
        }
        Ok(message)
    }
}

fn put_string(out: &mut Vec<u8>, text: &str) {
    // A text that is too long for its length field makes a frame that is too long, which
    // `write_message` refuses.
    out.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(text.as_bytes());
}

/// What is left of a payload.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let (head, rest) = self
            .0
            .split_first_chunk()
            .ok_or(FrameError::Malformed("it ends inside a field"))?;
        self.0 = rest;
        Ok(*head)
    }

    fn string(&mut self) -> Result<String, FrameError> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        let (head, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(FrameError::Malformed("it ends inside a string"))?;
        self.0 = rest;
        String::from_utf8(head.to_vec()).map_err(|_| FrameError::Malformed("a string is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message() -> impl Strategy<Value = Message> {
        let build = any::<u64>().prop_map(BuildId);
        prop_oneof![
            any::<u32>().prop_map(|pid| Message::Hello { pid }),
            (any::<u32>(), build.clone(), ".*").prop_map(|(generation, build, path)| {
                Message::Offer {
                    generation,
                    build,
                    path,
                }
            }),
            (any::<u32>(), build.clone(), any::<u64>()).prop_map(|(generation, build, micros)| {
                Message::Live {
                    generation,
                    build,
                    micros,
                }
            }),
            (any::<u32>(), build, ".*").prop_map(|(generation, build, reason)| {
                Message::Refused {
                    generation,
                    build,
                    reason,
                }
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(message in message()) {
            let mut frame = Vec::new();
            write_message(&mut frame, &message).unwrap();
            let mut stream = frame.as_slice();
            prop_assert_eq!(read_message(&mut stream).unwrap(), Some(message));
            prop_assert!(stream.is_empty());
            prop_assert!(read_message(&mut stream).unwrap().is_none());
        }

        #[test]
        fn any_bytes_are_a_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            // What is accepted is exactly what would have been written.
            if let Ok(message) = Message::decode(&bytes) {
                prop_assert_eq!(message.encode(), bytes);
            }
        }

        #[test]
        fn a_cut_frame_is_an_error(message in message(), cut in any::<prop::sample::Index>()) {
            let mut frame = Vec::new();
            write_message(&mut frame, &message).unwrap();
            let cut = 1 + cut.index(frame.len() - 1);
            prop_assert!(matches!(read_message(&mut &frame[..cut]), Err(FrameError::Io(_))));
        }
    }

    #[test]
    fn a_length_over_the_cap_is_refused_before_anything_is_allocated() {
        let frame = u32::MAX.to_le_bytes();
        assert!(matches!(
            read_message(&mut frame.as_slice()),
            Err(FrameError::TooLong(u32::MAX))
        ));
    }

    #[test]
    fn another_version_is_named() {
        let mut payload = Message::Hello { pid: 1 }.encode();
        payload[0] = 99;
        assert_eq!(
            Message::decode(&payload).unwrap_err().to_string(),
            "the other end speaks protocol 99, this one 1"
        );
    }

    #[test]
    fn a_message_too_long_for_a_frame_is_not_sent() {
        let mut sent = Vec::new();
        let error = write_message(
            &mut sent,
            &Message::Refused {
                generation: 1,
                build: BuildId(1),
                reason: "x".repeat(MAX_FRAME as usize),
            },
        )
        .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(sent.is_empty());
    }
}
