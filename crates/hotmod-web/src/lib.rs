//! Page loads that show the saved code, for web servers under
//! [`cargo hotmod`](https://crates.io/crates/cargo-hotmod).
//!
//! [`wrap`] the service that the server serves:
//!
//! ```
//! # #[derive(Clone)] struct Router;
//! # impl Router { fn new() -> Self { Router } }
//! let service = hotmod_web::wrap(Router::new());
//! # let _ = service;
//! ```
//!
//! In a session, each request then waits until the files that were saved before it are live, and is
//! answered by one version of the code. A page in the browser reloads when new code is live. While
//! the saved code does not build, page loads show rustc's errors.
//!
//! In a plain build, [`wrap`] returns its argument, and this crate has no dependencies. `cargo
//! hotmod run` enables the feature `live` if the program's package depends on this crate.
//!
//! `docs/web.md` in the repository shows how to convert an existing server.
//!
//! # Which services
//! A service is a [`tower::Service`](https://docs.rs/tower-service) of `http::Request`, as in axum,
//! hyper and tonic. It must be `Clone`. Its futures and bodies must be `Send` and `'static`. In a
//! session, the type of the response body differs. Wrap the outermost service, in the program and not in
//! a reloadable crate. With axum, serve the wrapped router as the fallback of an empty one, which takes
//! bodies of any type:
//!
//! ```
//! # use axum::Router;
//! # let app = Router::new();
//! let service: Router = Router::new().fallback_service(hotmod_web::wrap(app));
//! ```
//!
//! With tonic, wrap the routes, because `add_service` needs the name of a service, which only tonic's
//! own types have:
//!
//! ```no_run
//! # async fn serve(address: std::net::SocketAddr, routes: tonic::service::Routes) {
//! # use tonic::transport::Server;
//! let server = Server::builder().serve(address, hotmod_web::wrap(routes));
//! # server.await.unwrap();
//! # }
//! ```

#[cfg(feature = "live")]
mod live;
#[cfg(feature = "live")]
use live as runtime;

#[cfg(not(feature = "live"))]
mod plain;
#[cfg(not(feature = "live"))]
use plain as runtime;

/// The service that [`wrap`] returns: in a plain build, `S` itself.
///
/// # Examples
/// ```
/// struct Server<S> {
///     service: hotmod_web::Wrapped<S>,
/// }
///
/// let server = Server { service: hotmod_web::wrap("any service") };
/// # let _ = server.service;
/// ```
pub use runtime::Wrapped;

/// Wraps the service that a server serves. In a plain build, it returns its argument.
///
/// In a session, for each request:
/// - It waits until everything that was saved before is live, for 30 seconds at most, or for the
///   number of seconds in the environment variable `HOTMOD_WEB_TIMEOUT`.
/// - The handler and the body of the response run in one generation. Event streams and other bodies
///   of unknown length may run in a newer one each time they are polled, so that `hotmod::live!`
///   picks up new code. Upgraded connections, such as WebSockets, are not affected.
/// - If the saved code does not build, a request that accepts HTML gets a page with rustc's
///   errors. Others are answered by the old code.
/// - When the program is about to restart, a `GET` that accepts HTML is redirected to itself. With
///   `cargo hotmod run --listen`, it then waits for the new process. A program that does not handle
///   the stop signal gets a second to finish its requests, and sends a page that loads again after a
///   second instead of the redirect.
/// - A page load gets a script that reloads the page. A page load is a `GET` with
///   `Sec-Fetch-Dest: document` and a loopback host name, whose response is HTML of known length,
///   without compression and with a `Content-Security-Policy` that allows the script.
///
/// Three headers of the response say what happened: `hotmod-state` (`live`, `failed`, `refused`,
/// `restarting` or `timed-out`), `hotmod-generation`, and `hotmod-script`, which says why there is
/// no script if there is none.
///
/// # Examples
/// ```
/// # #[derive(Clone)] struct Router;
/// # impl Router { fn new() -> Self { Router } }
/// let service = hotmod_web::wrap(Router::new());
/// # let _ = service;
/// ```
#[inline]
pub fn wrap<S>(service: S) -> Wrapped<S> {
    runtime::wrap(service)
}
