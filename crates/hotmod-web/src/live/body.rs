//! The bodies of responses, and those of requests that are not passed on.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_timer::Delay;
use hotmod::__private::{InProgress, PinTo};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::events::Events;

/// How many bytes of a request's body are read, and for how long, if its response is made without it.
const UNUSED: (usize, Duration) = (16 << 20, Duration::from_secs(5));

pin_project! {
    /// The body of any response.
    #[project = Kind]
    pub enum AnyBody<B> {
        /// A text of the layer.
        Text { text: Option<Bytes> },
        /// The states of the saved code.
        Events { events: Events },
        /// The body that the service made.
        Service { #[pin] body: ServiceBody<B> },
    }
}

/// A body that is a text.
pub(super) fn text<B>(text: impl Into<Bytes>) -> AnyBody<B> {
    let text = Some(text.into());
    AnyBody::Text {
        text: text.filter(|it| !it.is_empty()),
    }
}

/// Reads a request's body to its end. A server that answers before that closes the connection, and
/// the client then may lose the response.
pub(super) async fn read_to_end(body: impl Body) {
    let (mut left, mut time) = (UNUSED.0, Delay::new(UNUSED.1));
    let mut body = pin!(body);
    poll_fn(|context| {
        loop {
            match body.as_mut().poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    let length = frame.data_ref().map_or(0, Buf::remaining);
                    let Some(rest) = left.checked_sub(length) else {
                        return Poll::Ready(());
                    };
                    left = rest;
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Pin::new(&mut time).poll(context),
            }
        }
    })
    .await;
}

pin_project! {
    /// The body that a service made, and a text after it.
    pub struct ServiceBody<B> {
        // `None` after its end, and while it is dropped.
        #[pin]
        body: Option<B>,
        pin: Option<PinTo>,
        in_progress: Option<InProgress>,
        end: Option<Bytes>,
        // Trailers that came before the end was sent.
        trailers: Option<Frame<Bytes>>,
    }

    impl<B> PinnedDrop for ServiceBody<B> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _pin = this.pin.unwrap_or_else(PinTo::current).poll();
            this.body.set(None);
        }
    }
}

impl<B> ServiceBody<B> {
    /// A body, each poll of which is pinned to the generation that is live then.
    pub(super) fn new(body: B) -> Self {
        ServiceBody {
            body: Some(body),
            pin: None,
            in_progress: None,
            end: None,
            trailers: None,
        }
    }

    /// Pins it to the generation that answers here. Until it has been sent, the request is in progress.
    pub(super) fn pinned(mut self, in_progress: InProgress) -> Self {
        self.pin = Some(PinTo::current());
        self.in_progress = Some(in_progress);
        self
    }

    /// Adds a text after its last byte.
    pub(super) fn with_end(mut self, end: Bytes) -> Self {
        self.end = Some(end);
        self
    }
}

type Next<E> = Poll<Option<Result<Frame<Bytes>, E>>>;

impl<B: Body> Body for ServiceBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Next<B::Error> {
        let mut this = self.project();
        if let Some(trailers) = this.trailers.take() {
            return Poll::Ready(Some(Ok(trailers)));
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let _pin = this.pin.unwrap_or_else(PinTo::current).poll();
        let next = ready!(body.poll_frame(context));
        let next = next.map(|it| it.map(with_bytes));
        let is_last = match &next {
            None => true,
            Some(frame) => frame.as_ref().is_ok_and(Frame::is_trailers),
        };
        if !is_last {
            return Poll::Ready(next);
        }
        // Many bodies must not be polled again.
        this.body.set(None);
        Poll::Ready(match this.end.take() {
            Some(end) => {
                *this.trailers = next.and_then(Result::ok);
                Some(Ok(Frame::data(end)))
            }
            None => next,
        })
    }

    fn is_end_stream(&self) -> bool {
        let is_end = self.body.as_ref().is_none_or(Body::is_end_stream);
        is_end && self.end.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self
            .body
            .as_ref()
            .map_or(SizeHint::with_exact(0), Body::size_hint);
        let end = self.end.as_ref().map_or(0, |end| end.len() as u64);
        longer(&hint, end)
    }
}

/// A frame whose data is in one piece.
fn with_bytes<D: Buf>(frame: Frame<D>) -> Frame<Bytes> {
    frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))
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

impl<B: Body> Body for AnyBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Next<B::Error> {
        match self.project() {
            Kind::Text { text } => Poll::Ready(text.take().map(|it| Ok(Frame::data(it)))),
            Kind::Events { events } => {
                let next = events.poll_next(context);
                next.map(|event| event.map(|it| Ok(Frame::data(it))))
            }
            Kind::Service { body } => body.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            AnyBody::Text { text } => text.is_none(),
            AnyBody::Events { .. } => false,
            AnyBody::Service { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            AnyBody::Text { text } => {
                SizeHint::with_exact(text.as_ref().map_or(0, |it| it.len() as u64))
            }
            AnyBody::Events { .. } => SizeHint::default(),
            AnyBody::Service { body } => body.size_hint(),
        }
    }
}
