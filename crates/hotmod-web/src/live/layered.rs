//! The service in a session.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_timer::Delay;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, REFRESH, RETRY_AFTER,
};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, request};
use http_body::Body;
use tower_service::Service;

use hotmod::__private::InProgress;
use hotmod::Settled;

use super::body::{self, AnyBody, ServiceBody, text};
use super::endpoint;
use super::problem::{self, Place};
use super::script;
use super::session::Session;
use super::source::{name, version_of};
use super::visit::{self, LeftAlone};

/// The shortest and the longest delay before a redirect to the next process. This process accepts
/// connections until it is stopped, so it may redirect the same client several times, and browsers
/// follow only 20 redirects. So each delay is as long as the time since the first redirect. The
/// request is in progress meanwhile ([`InProgress`]), so a restart waits up to a second for it.
const BEFORE_REDIRECT: [Duration; 2] = [Duration::from_millis(40), Duration::from_secs(1)];

const STATE: HeaderName = HeaderName::from_static("hotmod-state");
const GENERATION: HeaderName = HeaderName::from_static("hotmod-generation");
const SCRIPT: HeaderName = HeaderName::from_static("hotmod-script");

/// A service whose requests wait for the saved code.
#[derive(Clone, Debug)]
pub struct Layered<S> {
    inner: S,
    session: &'static Session,
}

pub(crate) fn wrap<S>(inner: S) -> Layered<S> {
    Layered::new(inner, Session::of_this_process())
}

impl<S> Layered<S> {
    pub(super) fn new(inner: S, session: &'static Session) -> Self {
        Layered { inner, session }
    }
}

impl<S, A, B> Service<Request<A>> for Layered<S>
where
    S: Service<Request<A>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    A: Body + Send + 'static,
    B: Body + Send + 'static,
{
    type Response = Response<AnyBody<B>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        // Only this service is known to be ready, not its clone.
        let next = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, next);
        let session = self.session;
        Box::pin(async move {
            if session.source.is_live() || session.source.is_joining() {
                session.answer(inner, request).await
            } else {
                unchanged(inner, request).await
            }
        })
    }
}

/// The response of the service as it is.
async fn unchanged<S, A, B>(
    mut inner: S,
    request: Request<A>,
) -> Result<Response<AnyBody<B>>, S::Error>
where
    S: Service<Request<A>, Response = Response<B>>,
{
    let response = inner.call(request).await?;
    Ok(response.map(|body| AnyBody::Service {
        body: ServiceBody::new(body),
    }))
}

impl Session {
    async fn answer<S, A, B>(
        &self,
        mut inner: S,
        request: Request<A>,
    ) -> Result<Response<AnyBody<B>>, S::Error>
    where
        S: Service<Request<A>, Response = Response<B>>,
        A: Body,
        B: Body,
    {
        let (mut parts, content) = request.into_parts();
        if endpoint::is_for_layer(&parts) {
            return Ok(endpoint::respond(&parts, self).await);
        }
        let in_progress = InProgress::new();
        let is_joining = self.source.is_joining();
        let settled = self.source.settled(self.limits.wait).await;
        if is_joining && !self.source.is_joining() && !self.source.is_live() {
            return unchanged(inner, Request::from_parts(parts, content)).await;
        }
        let instead = match settled {
            Settled::Failed { .. } => self.problem(&parts, &settled),
            Settled::Restarting => self.again(&parts).await,
            _ => None,
        };
        if let Some(mut response) = instead {
            body::read_to_end(content).await;
            let state = HeaderValue::from_static(name(&settled));
            response.headers_mut().insert(STATE, state);
            return Ok(response);
        }
        if !in_progress.may_begin() {
            drop(in_progress);
            // The signal ends it. A response would tell of an effect that the next process does not have.
            return std::future::pending().await;
        }
        let may_have_script = visit::may_have_script(&parts);
        if may_have_script.is_ok() {
            visit::prepare(&mut parts.headers);
        }
        let answer = async {
            let request = Request::from_parts(parts, content);
            let response = inner.call(request).await?;
            let mut response = finish(response, may_have_script, in_progress);
            let state = HeaderValue::from_static(name(&settled));
            response.headers_mut().insert(STATE, state);
            Ok(response)
        };
        hotmod::pinned(answer).await
    }

    /// The page with the errors, if the client shows pages.
    fn problem<B>(
        &self,
        request: &request::Parts,
        settled: &Settled,
    ) -> Option<Response<AnyBody<B>>> {
        if !visit::accepts_html(request) {
            return None;
        }
        let place = match () {
            () if !visit::may_show_source(request) => Place::Elsewhere,
            () if request.method == Method::GET => Place::Page,
            () => Place::Response,
        };
        let page = problem::page(settled, &self.editor, place)?;
        let mut response = Response::new(text(page));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        *response.headers_mut() = problem::headers();
        Some(response)
    }

    /// Lets the client load a page again, from the next process.
    async fn again<B>(&self, request: &request::Parts) -> Option<Response<AnyBody<B>>> {
        let location = visit::again(request)?;
        let [least, most] = BEFORE_REDIRECT;
        let since = self.restarts_since.get_or_init(Instant::now);
        let delay = since.elapsed().clamp(least, most);
        if !self.source.ends_at_once() {
            Delay::new(least).await;
        }
        let mut response = match self.source.ends_at_once() {
            true => reload_page(),
            false => {
                Delay::new(delay - least).await;
                redirect(location)
            }
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if visit::has_connection_header(request) {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Some(response)
    }
}

fn redirect<B>(location: HeaderValue) -> Response<AnyBody<B>> {
    let mut response = Response::new(text(""));
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    response.headers_mut().insert(LOCATION, location);
    response
}

/// A page that loads again after a second. Until the signal ends this process, it accepts connections. If
/// browsers were redirected, they would come back within a millisecond, and lose the response.
fn reload_page<B>() -> Response<AnyBody<B>> {
    let mut response = Response::new(text(include_str!("restarting.html")));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let second = HeaderValue::from_static("1");
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(RETRY_AFTER, second.clone());
    headers.insert(REFRESH, second);
    response
}

/// Pins the body of a response to the generation that made it, and adds the script.
fn finish<B: Body>(
    response: Response<B>,
    may_have_script: Result<(), LeftAlone>,
    in_progress: InProgress,
) -> Response<AnyBody<B>> {
    let generation = hotmod::generation();
    let (mut parts, body) = response.into_parts();
    let size = body.size_hint();
    let may_have_script = may_have_script.and_then(|()| script::may_be_added(&parts, &size));
    // A page is rendered by one generation, however it is sent. A stream may last for a long time.
    let is_finite = size.exact().is_some()
        || parts.headers.contains_key(CONTENT_LENGTH)
        || script::is_html(&parts.headers);
    let mut body = ServiceBody::new(body);
    if is_finite {
        body = body.pinned(in_progress);
    }
    let headers = &mut parts.headers;
    let note = match may_have_script {
        Ok(()) => {
            body = body.with_end(script::add(headers, version_of(generation)));
            HeaderValue::from_static("added")
        }
        Err(reason) => reason.note(),
    };
    headers.insert(GENERATION, HeaderValue::from(generation));
    headers.insert(SCRIPT, note);
    Response::from_parts(parts, AnyBody::Service { body })
}
