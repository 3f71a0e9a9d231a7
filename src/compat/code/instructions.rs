//! Functions for x86-64, instruction by instruction.
//!
//! Bytes depend on more than what a function does. A function of the same crate is called directly,
//! one of another crate through the global offset table, in one more byte; and the crate that an
//! instance of a generic function is compiled in depends on which others use the same instance. All
//! jumps across such a call change with it. So calls of both kinds count as equal, and a jump's
//! target is the number of an instruction.

use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic,
    OpKind, Register, UsedRegister,
};
use object::elf;

use super::object::Target;
use crate::base::content_hash::Digest;

/// Where a piece refers to another one.
pub(super) struct Reference<'a> {
    /// Counted from the start of the piece.
    pub(super) at: u64,
    pub(super) r_type: u32,
    /// Counted from the start of the target, without what the instruction pointer adds.
    pub(super) offset: i64,
    pub(super) target: Target<'a>,
}

impl Reference<'_> {
    /// Adds all of it to a digest.
    pub(super) fn add_to(&self, digest: &mut Digest) {
        digest.number(self.at);
        self.add_kind(digest);
    }

    fn add_kind(&self, digest: &mut Digest) {
        digest.number(u64::from(self.r_type));
        digest.number(self.offset as u64);
    }
}

/// Numbers in a digest that tell tokens apart.
mod token {
    pub(super) const CALL: u64 = 1 << 32;
    pub(super) const JUMP: u64 = 2 << 32;
    pub(super) const ADDRESS: u64 = 3 << 32;
    pub(super) const BRANCH: u64 = 4 << 32;
    pub(super) const BYTES: u64 = 5 << 32;
}

/// The instructions of a function.
pub(super) struct Instructions<'r, 'a> {
    code: &'r [u8],
    all: Vec<Step<'r, 'a>>,
}

/// An instruction, or two that load an address and go there.
struct Step<'r, 'a> {
    instruction: Instruction,
    references: &'r [Reference<'a>],
    /// What it does with the address of another piece, and where that counts from its start.
    with_address: Option<(u64, i64)>,
}

impl<'r, 'a> Instructions<'r, 'a> {
    /// Decodes a function, whose `references` are in order; `None` if it contains anything else.
    pub(super) fn decode(code: &'r [u8], references: &'r [Reference<'a>]) -> Option<Self> {
        let mut decoder = Decoder::with_ip(64, code, 0, DecoderOptions::NONE);
        let mut all: Vec<Step<'r, 'a>> = Vec::with_capacity(code.len() / 4);
        let mut rest = references;
        while decoder.can_decode() {
            let instruction = decoder.decode();
            if instruction.is_invalid() {
                return None;
            }
            let end = instruction.next_ip();
            let (own, after) = rest.split_at(rest.partition_point(|it| it.at < end));
            rest = after;
            // Padding depends on where loops start.
            if instruction.mnemonic() != Mnemonic::Nop {
                let with_address = match own {
                    [reference] => with_address(&instruction, reference),
                    [] if instruction.code() == Code::Call_rel32_64 => {
                        (instruction.near_branch_target() == 0).then_some((token::CALL, 0))
                    }
                    _ => None,
                };
                all.push(Step {
                    instruction,
                    references: own,
                    with_address,
                });
            }
        }
        join_calls(&mut all);
        Some(Instructions { code, all })
    }

    /// The number of the instruction that is at an offset, or that follows the padding there.
    pub(super) fn number_at(&self, offset: u64) -> u64 {
        self.all.partition_point(|it| it.instruction.ip() < offset) as u64
    }

    /// What the function refers to, in the order of the steps. `own` is the function itself.
    pub(super) fn targets(&self, own: Target<'a>) -> Vec<Target<'a>> {
        let mut targets = Vec::new();
        for step in &self.all {
            targets.extend(step.references.iter().map(|it| it.target));
            targets.extend(step.is_recursion().then_some(own));
        }
        targets
    }

    /// Adds the instructions to a digest.
    pub(super) fn add_to(&self, digest: &mut Digest) {
        for step in &self.all {
            let instruction = &step.instruction;
            if let Some((token, offset)) = step.with_address {
                digest.number(token);
                digest.number(offset as u64);
            } else if is_branch(instruction) && step.references.is_empty() {
                digest.number(token::BRANCH | instruction.mnemonic() as u64);
                digest.number(self.number_at(instruction.near_branch_target()));
            } else {
                let (start, end) = (instruction.ip(), instruction.next_ip());
                digest.number(token::BYTES | (end - start));
                digest.bytes(&self.code[start as usize..end as usize]);
                for reference in step.references {
                    digest.number(reference.at - start);
                    reference.add_kind(digest);
                }
            }
        }
    }
}

impl Step<'_, '_> {
    /// Whether it is a call of the function that it is in.
    fn is_recursion(&self) -> bool {
        self.references.is_empty() && self.with_address.is_some()
    }
}

/// How far before a call its address can be loaded.
const REACH: usize = 32;

/// The registers that a call need not preserve.
const VOLATILE: [Register; 9] = {
    use Register::{R8, R9, R10, R11, RAX, RCX, RDI, RDX, RSI};
    [RAX, RCX, RDX, RSI, RDI, R8, R9, R10, R11]
};

/// Makes calls of an address that was loaded before into calls of that address: the load is where
/// the compiler had a register, and a direct call has none.
fn join_calls(all: &mut Vec<Step<'_, '_>>) {
    let branches = all.iter().filter(|it| is_branch(&it.instruction));
    let mut targets: Vec<u64> = branches
        .map(|it| it.instruction.near_branch_target())
        .collect();
    targets.sort_unstable();
    let mut registers = InstructionInfoFactory::new();
    let mut joined = Vec::new();
    for call in 0..all.len() {
        let instruction = all[call].instruction;
        let goes = match instruction.code() {
            Code::Call_rm64 => token::CALL,
            Code::Jmp_rm64 => token::JUMP,
            _ => continue,
        };
        // A register that calls preserve may hold the address for a second call.
        let register = instruction.op0_register();
        if !VOLATILE.contains(&register) {
            continue;
        }
        for load in (call.saturating_sub(REACH)..call).rev() {
            let step = &all[load];
            if step
                .with_address
                .is_some_and(|(token, _)| token == token::ADDRESS | register as u64)
            {
                let (start, end) = (step.instruction.ip(), instruction.ip());
                let after = targets.partition_point(|it| *it <= start);
                if targets.get(after).is_none_or(|it| *it > end) {
                    let offset = step.with_address.map_or(0, |(_, offset)| offset);
                    all[call].references = all[load].references;
                    all[call].with_address = Some((goes, offset));
                    joined.push(load);
                }
                break;
            }
            let is_it = |it: &UsedRegister| it.register().full_register() == register;
            let used = registers.info(&step.instruction);
            if step.instruction.flow_control() != FlowControl::Next
                || used.used_registers().iter().any(is_it)
            {
                break;
            }
        }
    }
    let mut joined = joined.into_iter().peekable();
    let mut number = 0;
    all.retain(|_| {
        let is_joined = joined.next_if_eq(&number).is_some();
        number += 1;
        !is_joined
    });
}

/// What an instruction does with the address of another piece, if it does the same in a direct and
/// in an indirect form.
fn with_address(instruction: &Instruction, reference: &Reference<'_>) -> Option<(u64, i64)> {
    use elf::{
        R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX, R_X86_64_PC32, R_X86_64_PLT32,
        R_X86_64_REX_GOTPCRELX,
    };
    let is_direct = match reference.r_type {
        R_X86_64_PC32 | R_X86_64_PLT32 => true,
        R_X86_64_GOTPCREL | R_X86_64_GOTPCRELX | R_X86_64_REX_GOTPCRELX => false,
        _ => return None,
    };
    let token = match (instruction.code(), is_direct) {
        (Code::Call_rel32_64, true) | (Code::Call_rm64, false) => token::CALL,
        (Code::Jmp_rel32_64, true) | (Code::Jmp_rm64, false) => token::JUMP,
        (Code::Lea_r64_m, true) | (Code::Mov_r64_rm64, false) => {
            token::ADDRESS | instruction.op0_register() as u64
        }
        _ => return None,
    };
    // The address counts from the end of the instruction, the reference from its own place.
    let past = instruction.next_ip() - reference.at;
    Some((token, reference.offset.wrapping_add(past as i64)))
}

fn is_branch(instruction: &Instruction) -> bool {
    let is_near = |kind| {
        matches!(
            kind,
            OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64
        )
    };
    instruction.op_count() > 0 && is_near(instruction.op0_kind())
}
