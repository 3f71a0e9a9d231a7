//! The grammar of what the attributes stand on, read as far as an expansion needs it.
//!
//! rustc has parsed an item before an attribute sees it, so its syntax is right; this only finds
//! its parts. Types and bodies stay tokens, so they may hold syntax that this version does not
//! know.

mod argument;
mod attribute;
mod block;
mod cursor;
mod function;
mod generics;
mod head;
mod module;

pub(super) use argument::Argument;
pub(super) use attribute::Attribute;
pub(super) use block::{Block, Header, Member};
pub(super) use function::{Function, Output, Signature};
pub(super) use generics::Generics;
pub(super) use module::{Module, ModuleItem};

use super::error::{Result, refuse};
use super::tokens::{TokenStream, is_word};
use cursor::Cursor;
use head::Head;

/// An item that can be an entry point, or hold some.
pub(super) enum Item {
    /// A free function, or one method of an impl.
    Function(Box<Function>),
    /// An impl block, inherent or of a trait.
    Impl(Box<Block>),
    /// A module that is written out in braces.
    Module(Box<Module>),
}

/// Parses the item, or returns why `#[hot]` can't be used on it.
pub(super) fn parse(tokens: TokenStream) -> Result<Item> {
    let mut cursor = Cursor::new(tokens);
    let head = Head::parse(&mut cursor);
    match cursor.peek(0) {
        Some(tree) if is_word(tree, "fn") => {
            Function::parse(head, &mut cursor).map(|it| Item::Function(Box::new(it)))
        }
        Some(tree) if is_word(tree, "impl") => {
            Block::parse(head, &mut cursor).map(|it| Item::Impl(Box::new(it)))
        }
        Some(tree) if is_word(tree, "mod") => {
            Module::parse(head, &mut cursor).map(|it| Item::Module(Box::new(it)))
        }
        Some(tree) if is_word(tree, "trait") => Err(refuse(
            tree.span(),
            "can't be used on a trait: it has no code of its own to reload\n\
             put `#[hot]` on the impl blocks of the trait",
        )),
        _ => Err(refuse(
            head.span,
            "works only on functions, impl blocks and modules\n\
             put it on the functions that the host calls",
        )),
    }
}
