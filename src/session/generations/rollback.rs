//! An earlier generation goes live again in the host.

use hotmod_protocol::{Back, BuildId, Message};

use crate::compat::Checked;
use crate::decide::Reason;
use crate::host::Connection;

use super::{Generations, HostInput, Reply};

/// What the host was told.
#[derive(Debug)]
pub(super) struct Rollback {
    generation: u32,
    build: BuildId,
}

impl Generations {
    /// Tells the host to make an earlier generation live again.
    pub(in crate::session) fn roll_back(
        &mut self,
        generation: u32,
        earlier: u32,
        host: Option<&mut Connection>,
    ) -> Result<(), Reason> {
        let Some(connection) = host else {
            return Err(Reason::NotJoined);
        };
        let build = self.libraries.build(earlier);
        let loaded = self.loaded.as_ref();
        // All of them were compared before they were loaded.
        let are_compared = loaded.is_some_and(|it| it.has_compared(&Checked::default()));
        let back = Back {
            generation,
            earlier,
            build,
            has_compared_types: self.are_layouts_readable && are_compared,
        };
        self.rollback = Some(Rollback { generation, build });
        connection
            .go_back(back)
            .map_err(|error| Reason::HostUnreachable {
                message: error.to_string(),
            })
    }

    /// What a message says of the rollback that the host was told.
    pub(in crate::session) fn replied_to_rollback(
        &mut self,
        message: &Message,
    ) -> Option<HostInput> {
        let wanted = self.rollback.as_ref()?;
        let (generation, reply) = match message {
            Message::Live {
                generation, build, ..
            } if *generation == wanted.generation => {
                let reply = match *build == wanted.build {
                    true => Reply::Live {
                        is_as_seen: true,
                        is_delta: false,
                    },
                    false => Reply::WrongBuild,
                };
                (*generation, reply)
            }
            Message::Refused {
                generation, reason, ..
            } if *generation == wanted.generation => {
                (*generation, Reply::Refused(reason.clone().into()))
            }
            _ => return None,
        };
        self.rollback = None;
        Some(HostInput::Replied { generation, reply })
    }

    /// It is live again, with another number. Returns its build id.
    pub(in crate::session) fn went_back(&mut self, generation: u32, earlier: u32) -> BuildId {
        self.libraries.went_back(generation, earlier);
        self.code.went_back();
        self.libraries.build(generation)
    }
}
