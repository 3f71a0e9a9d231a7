//! Chooses the next edit, reproducibly for a seed.

use hotmod_testkit::Random;

use super::template::{BROKEN, Slot, State, Template};

/// An edit: what is saved, one state after the other, the next one when the tool has begun to
/// build the one before.
#[derive(Debug)]
pub(super) struct Edit {
    /// What it is counted as.
    pub(super) kind: String,
    pub(super) states: Vec<State>,
}

impl Edit {
    fn new<const N: usize>(kind: &str, states: [State; N]) -> Self {
        Edit {
            kind: kind.to_owned(),
            states: states.into(),
        }
    }
}

/// The edits of a seed.
#[derive(Debug)]
pub(super) struct Edits<'a> {
    template: &'a Template,
    random: Random,
    /// All states so far.
    past: Vec<State>,
}

impl<'a> Edits<'a> {
    pub(super) fn new(template: &'a Template, seed: u64) -> Self {
        Edits {
            template,
            random: Random::new(seed),
            past: vec![template.first_state()],
        }
    }

    /// What was saved last.
    pub(super) fn now(&self) -> &State {
        self.past.last().unwrap()
    }

    pub(super) fn next(&mut self) -> Edit {
        let edit = self.invent();
        self.past.extend(edit.states.iter().cloned());
        edit
    }

    fn invent(&mut self) -> Edit {
        let now = self.now().clone();
        let mended = self.mended(&now);
        if mended != now && self.random.below(2) == 0 {
            return Edit::new("fix", [mended]);
        }
        let mut state = now.clone();
        match self.random.below(100) {
            0..8 => {
                let back = self.past.len().saturating_sub(2 + self.random.below(8));
                match &self.past[back] {
                    then if *then == now => self.invent(),
                    then => Edit::new("undo", [then.clone()]),
                }
            }
            8..16 => {
                let first = self.change(&mut state, |_| true);
                let files = &self.template.slots[first].files;
                self.change(&mut state, |slot| slot.files.is_disjoint(files));
                Edit::new("two files", [state])
            }
            16..22 => {
                self.change(&mut state, |_| true);
                let hasty = state.clone();
                self.change(&mut state, |_| true);
                Edit::new("in haste", [hasty, state])
            }
            _ => {
                let slot = self.change(&mut state, |_| true);
                Edit::new(&self.template.slots[slot].kind, [state])
            }
        }
    }

    /// Takes another variant of a slot, and returns which slot.
    fn change(&mut self, state: &mut State, may: impl Fn(&Slot) -> bool) -> usize {
        let slots = &self.template.slots;
        loop {
            let at = self.random.below(slots.len());
            // What restarts the host takes long, and what does not compile shows little.
            let is_rare = ["type", BROKEN].contains(&slots[at].kind.as_str());
            if may(&slots[at]) && !(is_rare && self.random.below(3) > 0) {
                let variants = slots[at].variants;
                state[at] = (state[at] + 1 + self.random.below(variants - 1)) % variants;
                return at;
            }
        }
    }

    /// The state without what breaks the build.
    fn mended(&self, state: &State) -> State {
        let mut state = state.clone();
        for (variant, slot) in state.iter_mut().zip(&self.template.slots) {
            if slot.kind == BROKEN {
                *variant = 0;
            }
        }
        state
    }
}
