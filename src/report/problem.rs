//! Why what is on disk is not live, as the last events told it.

use super::Event;

/// What the last build or the host came to, if that is not what was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Its sources can't be compiled.
    Compile {
        rendered: String,
        /// As cargo's JSON.
        messages: Vec<serde_json::Value>,
    },
    /// It could not be built for another reason.
    Build(String),
    /// The host does not take it.
    Refused(String),
}

impl Problem {
    /// The problem after an event, of the one before it.
    pub(super) fn after(before: Option<Problem>, event: &Event) -> Option<Problem> {
        match event {
            Event::CompileError { rendered, messages } => Some(Problem::Compile {
                rendered: rendered.clone(),
                messages: messages.clone(),
            }),
            Event::Refused { reason, .. } => Some(Problem::Refused(reason.clone())),
            // Something else may go wrong beside a build.
            Event::Error { message, .. } if before.is_none() => {
                Some(Problem::Build(message.clone()))
            }
            Event::Building { .. }
            | Event::HostStarted { .. }
            | Event::HostJoined { .. }
            | Event::WaitingForHost { .. }
            | Event::Restarted { .. }
            | Event::Live { .. } => None,
            _ => before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(message: &str) -> Event {
        Event::Error {
            message: message.to_owned(),
            help: None,
        }
    }

    fn refused() -> Event {
        Event::Refused {
            generation: 2,
            reason: "no".to_owned(),
            restart: false,
        }
    }

    fn building() -> Event {
        Event::Building {
            what: "group".to_owned(),
        }
    }

    #[test]
    fn the_last_build_decides() {
        let after = |events: &[Event]| {
            let events = events.iter();
            events.fold(None, Problem::after)
        };
        let no = Some(Problem::Refused("no".to_owned()));
        let full = Some(Problem::Build("the disk is full".to_owned()));
        for (events, expected) in [
            (vec![], None),
            (vec![building(), refused()], no.clone()),
            (vec![refused(), building()], None),
            (vec![refused(), error("somebody was turned away")], no),
            (vec![building(), error("the disk is full")], full),
        ] {
            assert_eq!(after(&events), expected, "{events:?}");
        }
    }
}
