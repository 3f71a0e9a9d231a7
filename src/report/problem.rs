//! Why the saved code is not live, according to the last events.

use super::Event;

/// Why the last build is not live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The sources do not compile.
    Compile {
        rendered: String,
        /// The same diagnostics as cargo's JSON messages.
        messages: Vec<serde_json::Value>,
    },
    /// The build failed for another reason.
    Build(String),
    /// The host can't load it.
    Refused(String),
}

/// The state of the last build.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    pub(crate) problem: Option<Problem>,
    is_building: bool,
}

impl Standing {
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Building { .. } => {
                *self = Standing {
                    problem: None,
                    is_building: true,
                };
            }
            Event::CompileError { rendered, messages } => self.end(Some(Problem::Compile {
                rendered: rendered.clone(),
                messages: messages.clone(),
            })),
            Event::Refused { reason, .. } => self.end(Some(Problem::Refused(reason.clone()))),
            // Other errors may be unrelated to a build.
            Event::Error { message, .. } if self.is_building => {
                self.end(Some(Problem::Build(message.clone())));
            }
            Event::HostStarted { .. }
            | Event::HostJoined { .. }
            | Event::WaitingForHost { .. }
            | Event::Restarted { .. }
            | Event::Live { .. } => self.end(None),
            _ => {}
        }
    }

    fn end(&mut self, problem: Option<Problem>) {
        self.problem = problem;
        self.is_building = false;
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
            let mut standing = Standing::default();
            events.iter().for_each(|event| standing.note(event));
            standing.problem
        };
        let no = Some(Problem::Refused("no".to_owned()));
        let full = Some(Problem::Build("the disk is full".to_owned()));
        for (events, expected) in [
            (vec![], None),
            (vec![building(), refused()], no.clone()),
            (vec![refused(), building()], None),
            (vec![refused(), error("somebody was turned away")], no),
            (vec![error("somebody was turned away")], None),
            (vec![building(), error("the disk is full")], full),
        ] {
            assert_eq!(after(&events), expected, "{events:?}");
        }
    }
}
