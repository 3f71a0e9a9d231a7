//! What the builds of the world come to.

use std::path::PathBuf;

use crate::base::contents::{Contents, Digested};
use crate::stale::Changed;

use super::world::*;
use super::*;

impl World {
    /// The build that runs ends.
    pub(super) fn end_build(&mut self) {
        let Some(Job {
            task,
            read,
            read_test,
            is_cancelled,
        }) = self.job.take()
        else {
            return;
        };
        self.finished = Some(read);
        self.promises.build_ends();
        let is_as_seen = task != Task::Ahead || read[PAGE] == self.seen[PAGE];
        if !is_as_seen {
            self.touch(PAGE);
        }
        let end = match task {
            Task::ChangedHost if std::mem::take(&mut self.is_same_host) => BuildEnd::SameHost {
                of_program: Changed::new(),
                is_certain: read == self.disk(),
            },
            Task::HostCode if std::mem::take(&mut self.is_same_host) => BuildEnd::SameHost {
                of_program: Changed::new(),
                is_certain: read == self.disk(),
            },
            Task::HostCode => BuildEnd::Compared(match self.compared.take() {
                Some(Ok(reason)) => CodeEnd::Different(reason),
                Some(Err(failure)) => CodeEnd::Failed(HostFailure {
                    failure,
                    written: Contents::new(),
                }),
                None => CodeEnd::Unknown,
            }),
            Task::FirstHost | Task::Host | Task::ChangedHost => {
                BuildEnd::Host(self.host_built(&read))
            }
            Task::Shadow => {
                self.compared_items = items_of(self.running[PAGE]);
                let compared = self.compared.take();
                self.truth.shadow_failed = matches!(compared, Some(Err(_)));
                if compared.is_some() {
                    self.promises.trigger();
                }
                BuildEnd::Compared(match compared {
                    None => CodeEnd::Same,
                    Some(Ok(reason)) => CodeEnd::Different(reason),
                    Some(Err(failure)) => CodeEnd::Failed(HostFailure {
                        failure,
                        written: Contents::new(),
                    }),
                })
            }
            Task::Follow => {
                if self.follow_end.is_some() {
                    self.promises.trigger();
                }
                let crates = vec!["page".to_owned()];
                let end = self.follow_end.take();
                let end = end.unwrap_or(FollowEnd::Same { crates });
                self.truth.followed(&end, is_cancelled);
                BuildEnd::Followed(end)
            }
            Task::Check => {
                self.check_read = (read, read_test);
                let found = self.check_finds.take().unwrap_or_default();
                BuildEnd::Checked((!is_cancelled || found.errors > 0).then(|| Box::new(found)))
            }
            Task::AskCargo => BuildEnd::Cargo {
                // Even contents change nothing.
                nothing: read[MANIFEST]
                    .is_multiple_of(2)
                    .then(|| "harmless".to_owned().into()),
            },
            Task::Scripts { .. } => {
                let same = || ScriptsEnd::Same("same".to_owned().into());
                let end = self.scripts.take().unwrap_or_else(same);
                self.is_output_same = matches!(end, ScriptsEnd::Same(_));
                BuildEnd::Scripts(end)
            }
            Task::Reload | Task::Ahead => BuildEnd::Group(match self.group_failure.take() {
                Some(failure) => Err(failure),
                None if is_broken(read[PAGE]) => Err(GroupFailure::Sources(error())),
                None => Ok(GroupBuilt {
                    is_current: is_as_seen && self.promises.is_for_this_host(),
                }),
            }),
            Task::Merge => BuildEnd::Merged,
        };
        self.step(Input::BuildEnded(end));
    }

    fn host_built(&self, read: &Files) -> Result<HostBuilt, HostFailure> {
        if is_broken(read[PAGE]) || is_broken(read[MODEL]) {
            return Err(HostFailure {
                failure: error(),
                written: Contents::from([(
                    PathBuf::from("written"),
                    Digested::Content(self.written.iter().sum::<u64>().into()),
                )]),
            });
        }
        let is_new = !self.is_built || *read != self.baseline;
        Ok(HostBuilt {
            is_new,
            is_certain: *read == self.disk(),
            has_runner: self.has_runner,
        })
    }
}

fn error() -> Failure {
    Failure::Compile {
        rendered: "error".to_owned(),
        messages: Vec::new(),
    }
}
