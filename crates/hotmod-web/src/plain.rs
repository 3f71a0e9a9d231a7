//! A plain build: the service is not wrapped.

/// The service itself.
pub type Wrapped<S> = S;

#[inline]
pub(crate) fn wrap<S>(service: S) -> S {
    service
}
