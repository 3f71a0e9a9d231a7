//! How hosts are stopped: the signal, and how long they may take to end.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use rustix::process::Signal;

/// The signals that can stop a host, by name.
const SIGNALS: [(&str, Signal); 6] = [
    ("TERM", Signal::TERM),
    ("INT", Signal::INT),
    ("HUP", Signal::HUP),
    ("QUIT", Signal::QUIT),
    ("USR1", Signal::USR1),
    ("USR2", Signal::USR2),
];

/// The signal that stops a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StopSignal(Signal);

impl StopSignal {
    pub(crate) const TERM: StopSignal = StopSignal(Signal::TERM);

    pub(crate) fn signal(self) -> Signal {
        self.0
    }
}

impl Default for StopSignal {
    fn default() -> Self {
        StopSignal::TERM
    }
}

impl fmt::Display for StopSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut signals = SIGNALS.iter();
        let (name, _) = signals.find(|it| it.1 == self.0).unwrap_or(&SIGNALS[0]);
        write!(f, "SIG{name}")
    }
}

impl FromStr for StopSignal {
    type Err = String;

    /// `INT` or `SIGINT`.
    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.strip_prefix("SIG").unwrap_or(text);
        let mut signals = SIGNALS.iter();
        let found = signals.find(|it| it.0 == name);
        found.map(|it| StopSignal(it.1)).ok_or_else(|| {
            let names: Vec<&str> = SIGNALS.iter().map(|it| it.0).collect();
            format!("must be one of {}", names.join(", "))
        })
    }
}

/// How hosts are stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) signal: StopSignal,
    /// How long a host may take to end after the signal.
    pub(crate) timeout: Duration,
}

impl Default for Stop {
    fn default() -> Self {
        Stop {
            signal: StopSignal::default(),
            timeout: Duration::from_secs(3),
        }
    }
}

/// As in [`SUPERVISOR_VARIABLE`](super::SUPERVISOR_VARIABLE).
impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.signal, self.timeout.as_secs_f64())
    }
}

impl FromStr for Stop {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (signal, seconds) = text.split_once(' ').ok_or("no timeout")?;
        let seconds: f64 = seconds.parse().map_err(|_| "not a number")?;
        Ok(Stop {
            signal: signal.parse()?,
            timeout: Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_names_with_and_without_sig() {
        for text in ["INT", "SIGINT"] {
            assert_eq!(text.parse(), Ok(StopSignal(Signal::INT)));
        }
        assert_eq!(StopSignal::default().to_string(), "SIGTERM");
        for wrong in ["", "KILL", "int", "SIG", "9"] {
            let error = wrong.parse::<StopSignal>().unwrap_err();
            assert_eq!(error, "must be one of TERM, INT, HUP, QUIT, USR1, USR2");
        }
    }

    #[test]
    fn a_supervisor_reads_what_the_session_writes() {
        let stop = Stop {
            signal: StopSignal(Signal::HUP),
            timeout: Duration::from_millis(1500),
        };
        assert_eq!(stop.to_string().parse(), Ok(stop));
    }
}
