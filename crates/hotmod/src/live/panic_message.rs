//! The message of a panic.

use std::any::Any;

/// The message of a panic that was caught.
pub(super) fn panic_message(payload: &(dyn Any + Send)) -> &str {
    message_of(payload).unwrap_or("(no panic message)")
}

/// The message, unless the payload is not text.
pub(super) fn message_of(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
}
