//! What the world is told, and whether that is so.

use crate::control::Outcome;

use super::world::*;
use super::*;

impl World {
    pub(super) fn answered(&mut self, question: u64, answer: &Answer) {
        let mut asked = self.asked.iter();
        let place = asked.position(|it| it.number == question);
        let asked = self.asked.remove(place.expect("it was answered twice"));
        if asked.wants_check && self.core.policy.checks && answer.outcome == Outcome::Live {
            assert!(answer.check.is_some(), "it was not checked");
            let (read, test) = self.checked.expect("no check was shown");
            let mut later = self.versions[asked.versions - 1..].iter();
            assert!(later.any(|it| *it == read), "what was checked is older");
            assert!(test >= asked.test, "the test that was checked is older");
        }
        if answer.outcome == Outcome::Live {
            assert!(self.host.is_some(), "no host is live");
            let later = &self.versions[asked.versions - 1..];
            // What cargo and scripts say of the other two may have come since.
            for file in [MODEL, PAGE] {
                let running = self.truth.runs[file];
                assert!(
                    later.iter().any(|it| it[file] == running),
                    "{later:?} was said to be live, and {running} runs"
                );
            }
        }
    }

    /// Nothing is under way, and all that was asked is answered.
    pub(super) fn assert_at_rest(&mut self) {
        let is_unnoticed = |file: &usize| self.written[*file] != self.judged[*file];
        let unnoticed = (0..FILES.len()).filter(is_unnoticed).count();
        let unnoticed = i64::try_from(unnoticed).unwrap();
        self.promises.come_to_rest(unnoticed, self.core.is_paused());
        assert!(self.job.is_none() && !self.has_offer());
        let outcome = self.core.answer().outcome;
        self.truth.come_to_rest(outcome);
        match outcome {
            Outcome::Live => {
                let is_seen = |file: &usize| !is_unnoticed(file);
                for file in [MODEL, PAGE].into_iter().filter(is_seen) {
                    assert_eq!(self.truth.runs[file], self.disk()[file], "{}", FILES[file]);
                }
                if self.core.policy.checks {
                    let (read, test) = self.checked.expect("it was not checked");
                    for file in (0..FILES.len()).filter(|file| !is_unnoticed(file)) {
                        assert_eq!(read[file], self.disk()[file], "{}", FILES[file]);
                    }
                    assert!(test >= self.told_test, "the test");
                }
            }
            Outcome::RolledBack => {
                assert!(self.core.earlier().is_some(), "nobody went back");
            }
            Outcome::Paused => assert!(self.core.is_paused(), "nobody paused it"),
            Outcome::Refused | Outcome::Failed | Outcome::Ended => {}
        }
        assert!(self.asked.is_empty(), "not answered: {:?}", self.asked);
        assert_eq!(self.core.deadline(), None);
    }

    /// Whether what is on disk is what runs.
    pub(super) fn is_live(&self) -> bool {
        self.running == self.disk()
    }
}
