//! Bodies that are pinned to a generation, and text after a body.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use hotmod::__private::InProgress;
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use pin_project_lite::pin_project;

/// The body of any response.
pub(super) type AnyBody<E> = UnsyncBoxBody<Bytes, E>;

/// A body that is a text.
pub(super) fn text<E: 'static>(text: impl Into<Bytes>) -> AnyBody<E> {
    Full::new(text.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// A body that is left as it is.
pub(super) fn unchanged<B>(body: B) -> AnyBody<B::Error>
where
    B: Body + Send + 'static,
{
    AnyBody::new(Unchanged { body })
}

/// Reads a request's body to its end. A server that answers before that closes the connection, and
/// the client then may lose the response.
pub(super) async fn read_to_end(body: impl Body) {
    let mut body = pin!(body);
    while let Some(Ok(_)) = poll_fn(|context| body.as_mut().poll_frame(context)).await {}
}

/// Pins a body to the generation that answers here, from its first poll to its end. Until then, the
/// request is in progress.
pub(super) fn pinned<E: 'static>(body: AnyBody<E>, in_progress: InProgress) -> AnyBody<E> {
    let (hint, is_end) = (body.size_hint(), body.is_end_stream());
    AnyBody::new(PinnedBody {
        frames: hotmod::pinned(Frames(body)),
        hint,
        is_end,
        in_progress,
    })
}

/// Pins each poll of a body to the generation that is live then.
pub(super) fn pinned_per_poll<E: 'static>(body: AnyBody<E>) -> AnyBody<E> {
    AnyBody::new(PinnedPolls(body))
}

/// Adds a text after the last byte of a body.
pub(super) fn with_end<E: 'static>(body: AnyBody<E>, end: Bytes) -> AnyBody<E> {
    AnyBody::new(WithEnd {
        body,
        end: Some(end),
        trailers: None,
    })
}

type Next<E> = Poll<Option<Result<Frame<Bytes>, E>>>;

/// The frames of a body as a future, which can be polled again for the next one.
struct Frames<E>(AnyBody<E>);

/// The next frame, and the state of the body after it.
type NextFrame<E> = (Option<Result<Frame<Bytes>, E>>, SizeHint, bool);

impl<E> Future for Frames<E> {
    type Output = NextFrame<E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<NextFrame<E>> {
        let next = Pin::new(&mut self.0).poll_frame(context);
        next.map(|next| (next, self.0.size_hint(), self.0.is_end_stream()))
    }
}

pin_project! {
    struct Unchanged<B> {
        #[pin]
        body: B,
    }
}

impl<B: Body> Body for Unchanged<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Next<B::Error> {
        let to_bytes = |mut data: B::Data| data.copy_to_bytes(data.remaining());
        let next = self.project().body.poll_frame(context);
        next.map_ok(|frame| frame.map_data(to_bytes))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    // `map_frame` of `http-body-util` does not know it.
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

pin_project! {
    struct PinnedBody<E> {
        #[pin]
        frames: hotmod::Pinned<Frames<E>>,
        hint: SizeHint,
        is_end: bool,
        in_progress: InProgress,
    }
}

impl<E> Body for PinnedBody<E> {
    type Data = Bytes;
    type Error = E;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Next<E> {
        let this = self.project();
        // A pinned future passes each poll on to the future inside, after the first result too.
        this.frames.poll(context).map(|(next, hint, is_end)| {
            (*this.hint, *this.is_end) = (hint, is_end);
            next
        })
    }

    fn is_end_stream(&self) -> bool {
        self.is_end
    }

    fn size_hint(&self) -> SizeHint {
        longer(&self.hint, 0)
    }
}

struct PinnedPolls<E>(AnyBody<E>);

impl<E> Body for PinnedPolls<E> {
    type Data = Bytes;
    type Error = E;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Next<E> {
        let _one_version = hotmod::enter();
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

struct WithEnd<E> {
    body: AnyBody<E>,
    end: Option<Bytes>,
    /// Trailers that came before the end was sent.
    trailers: Option<Frame<Bytes>>,
}

impl<E> Body for WithEnd<E> {
    type Data = Bytes;
    type Error = E;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Next<E> {
        if self.end.is_none() {
            return Poll::Ready(self.trailers.take().map(Ok));
        }
        match std::task::ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) if frame.is_trailers() => self.trailers = Some(frame),
            None => {}
            other => return Poll::Ready(other),
        }
        let end = self.end.take();
        Poll::Ready(end.map(|end| Ok(Frame::data(end))))
    }

    fn is_end_stream(&self) -> bool {
        self.end.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let end = self.end.as_ref().map_or(0, |end| end.len() as u64);
        longer(&self.body.size_hint(), end)
    }
}

/// The size of a body with more bytes.
fn longer(hint: &SizeHint, more: u64) -> SizeHint {
    let mut longer = SizeHint::new();
    longer.set_lower(hint.lower() + more);
    if let Some(upper) = hint.upper() {
        longer.set_upper(upper + more);
    }
    longer
}
