//! What `#[hot]` makes of an entry point: the same function, with a prologue in its body.
//!
//! In the group's flavour the prologue only registers it. In the baseline's it also asks the runtime where the
//! call goes, and passes it on by a pointer whose type is inferred, so that no type of the user's is written
//! twice. The function is never inlined: a caller that had the body would never ask.

use super::arguments::Arguments;
use super::asynchronous;
use super::grammar::{Attribute, Block, Function, Item, Member, Module, ModuleItem};
use super::place::{Description, Place};
use super::pointer::pointer;
use super::reject;
use super::session::{Flavour, Session};
use super::template::template;
use super::tokens::{TokenStream, comma_separated};

/// Expands an item that `reject` let pass.
pub(super) fn expand(item: Item, session: &Session) -> TokenStream {
    match item {
        Item::Function(function) => {
            let place = Place::of(&function);
            expand_function(*function, &place, session)
        }
        Item::Impl(block) => expand_block(*block, |_| true, session),
        Item::Module(module) => expand_module(*module, session),
    }
}

/// Expands the functions that become entry points.
fn expand_block(
    mut block: Block,
    is_entry_point: impl Fn(&Function) -> bool,
    session: &Session,
) -> TokenStream {
    let mut members = TokenStream::new();
    for member in std::mem::take(&mut block.members) {
        members.extend(match member {
            Member::Function(function) if is_entry_point(&function) => {
                expand_function(*function, &Place::Block(&block.header), session)
            }
            Member::Function(function) => function.unchanged(),
            Member::Other(tokens) => tokens,
        });
    }
    block.with_members(&members)
}

fn expand_module(mut module: Module, session: &Session) -> TokenStream {
    let mut items = TokenStream::new();
    for item in std::mem::take(&mut module.items) {
        items.extend(match item {
            ModuleItem::Function(function) if reject::is_entry_point(&function) => {
                expand_function(*function, &Place::Free, session)
            }
            ModuleItem::Function(function) => function.unchanged(),
            ModuleItem::Impl(block) => {
                let has_entry_points = reject::has_entry_points(&block);
                let is_one = |it: &Function| has_entry_points && reject::is_entry_point(it);
                expand_block(*block, is_one, session)
            }
            ModuleItem::Module(inner) => expand_module(*inner, session),
            ModuleItem::Other(tokens) => tokens,
        });
    }
    module.with_items(&items)
}

fn expand_function(mut function: Function, place: &Place<'_>, session: &Session) -> TokenStream {
    let Description {
        name,
        inside,
        beside,
    } = place.describe(&function, session);
    let attributes = &mut function.signature.head.attributes;
    attributes.retain(|attribute| !attribute.is("inline"));
    attributes.extend(Attribute::parse(template!({ #[inline(never)] })));

    let private = session.private();
    let statements = if session.flavour == Flavour::Group {
        let body = function.enclosed_body();
        template!(
            {
                #inside
                #private::register!(#name);
                #body
            },
            inside, private, name, body,
        )
    } else {
        let call = match function.signature.head.asyncness {
            Some(_) => asynchronous::call(&mut function, &private),
            None => call(&mut function, &private),
        };
        template!(
            {
                static __HOTMOD_SLOT: #private::Slot = #private::Slot::new();
                #inside
                #private::register!(#name, __HOTMOD_SLOT);
                #call
            },
            private, inside, name, call,
        )
    };
    let function = function.with_statements(&statements);
    template!({ #function #beside }, function, beside)
}

/// Goes to the generation that the runtime names, or on to the body, which is generation 0's. Either way the
/// thread is pinned to it until the call ends.
///
/// The target has the signature of this function: the runtime compares both before a generation becomes live.
fn call(function: &mut Function, private: &TokenStream) -> TokenStream {
    let signature = &mut function.signature;
    let Arguments {
        forwarded,
        bindings,
    } = Arguments::of_function(signature);
    let pointer = pointer(forwarded.len(), signature.output.is_never());
    let forwarded = comma_separated(forwarded);
    // The lint on unreachable code would find a `return` of what never returns.
    let goes = match signature.output.is_never() {
        true => TokenStream::new(),
        false => template!({ return }),
    };
    let body = function.enclosed_body();
    template!(
        {
            let (__hotmod_target, __hotmod_pin) = #private::call(&__HOTMOD_SLOT);
            if __hotmod_target as usize != 0 {
                #goes unsafe {
                    #private::core::mem::transmute::<*const (), #pointer>(__hotmod_target)(#forwarded)
                };
            }
            #bindings
            #body
        },
        private, goes, pointer, forwarded, bindings, body,
    )
}
