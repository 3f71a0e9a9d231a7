//! The outcomes for the saved code, in both kinds of build.

/// How the saved code relates to the running code, see [`settled`](crate::settled).
///
/// # Examples
/// ```
/// use hotmod::Settled;
///
/// fn status(settled: &Settled) -> u16 {
///     match settled {
///         Settled::Failed { .. } => 500,
///         _ => 200,
///     }
/// }
/// assert_eq!(status(&Settled::Live { generation: 1 }), 200);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settled {
    /// The saved code is live.
    Live {
        /// The generation to which new calls go.
        generation: u32,
    },
    /// The saved code does not build, and the old code keeps running.
    Failed {
        /// The diagnostics as rustc prints them, with ANSI colours. Very long output is cut after a
        /// whole diagnostic, and the last line says so.
        diagnostics: String,
    },
    /// The saved code can't be loaded into this process, or the session is paused. The old code
    /// keeps running.
    Refused {
        /// Why.
        reasons: Vec<String>,
    },
    /// The program has been built again, and the session is about to stop this process.
    Restarting,
    /// The timeout is over before the saved code has an outcome.
    TimedOut,
}
