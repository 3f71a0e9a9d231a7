//! Inline modules: their functions, impl blocks and modules, with everything else left as tokens.

use super::super::error::{Result, refuse, unknown_syntax};
use super::super::template::template;
use super::super::tokens::{Delimiter, Group, TokenStream, is_word, regrouped};
use super::attribute::Attribute;
use super::block::Block;
use super::cursor::{Cursor, is_braces};
use super::function::Function;
use super::head::Head;

/// A module with its items.
pub(in super::super) struct Module {
    head: Head,
    /// The keyword and the name.
    name: TokenStream,
    pub(in super::super) items: Vec<ModuleItem>,
    /// The attributes at the top of the braces.
    inner: Vec<Attribute>,
    braces: Group,
}

/// An item in a module.
pub(in super::super) enum ModuleItem {
    Function(Box<Function>),
    Impl(Box<Block>),
    Module(Box<Module>),
    /// Left as it is. It may be a function or an impl block whose syntax is unknown.
    Other(TokenStream),
}

impl Module {
    /// Takes what comes behind the head, the keyword `mod` first.
    pub(super) fn parse(head: Head, cursor: &mut Cursor) -> Result<Self> {
        let span = cursor.span();
        let keyword = cursor.word("mod").ok_or_else(|| unknown_syntax(span))?;
        let name = cursor.name().ok_or_else(|| unknown_syntax(span))?;
        let Some(braces) = cursor.group(Delimiter::Brace) else {
            return Err(refuse(
                span,
                "works only on modules that are written out in braces\n\
                 put it on the functions and impl blocks in the module's file",
            ));
        };
        let mut content = Cursor::new(braces.stream());
        let inner = Attribute::inner(&mut content);
        let mut items = Vec::new();
        while !content.is_at_end() {
            items.push(ModuleItem::parse(&mut content));
        }
        Ok(Self {
            head,
            name: template!({ #keyword #name }, keyword, name),
            items,
            inner,
            braces,
        })
    }

    pub(in super::super) fn attributes(&self) -> &[Attribute] {
        &self.head.attributes
    }

    /// The module with other items.
    pub(in super::super) fn with_items(&self, items: &TokenStream) -> TokenStream {
        let Self {
            head,
            name,
            inner,
            braces,
            ..
        } = self;
        let content = template!({ #inner #items }, inner, items);
        let braces = regrouped(braces, content);
        template!({ #head #name #braces }, head, name, braces)
    }
}

impl ModuleItem {
    fn parse(cursor: &mut Cursor) -> Self {
        let begin = cursor.position();
        if let Some(item) = Self::known(cursor) {
            return item;
        }
        cursor.return_to(begin);
        let head = Head::parse(cursor);
        const WITH_BODY: [&str; 8] = [
            "enum", "fn", "impl", "macro", "mod", "struct", "trait", "union",
        ];
        const WITH_SEMICOLON: [&str; 4] = ["crate", "static", "type", "use"];
        let next = cursor.peek(0).cloned();
        let is_one_of = |words: &[&str]| {
            let tree = next.as_ref();
            tree.is_some_and(|tree| words.iter().any(|word| is_word(tree, word)))
        };
        // Braces alone are those of an `extern` block.
        let rest = if is_one_of(&WITH_BODY) || next.as_ref().is_some_and(is_braces) {
            cursor.through_body()
        } else if head.constness.is_some() || is_one_of(&WITH_SEMICOLON) {
            cursor.through_semicolon()
        } else {
            cursor.through_call()
        };
        Self::Other(template!({ #head #rest }, head, rest))
    }

    fn known(cursor: &mut Cursor) -> Option<Self> {
        let head = Head::parse(cursor);
        let keyword = cursor.peek(0)?;
        if is_word(keyword, "fn") {
            let function = Function::parse(head, cursor).ok()?;
            Some(Self::Function(Box::new(function)))
        } else if is_word(keyword, "impl") {
            let block = Block::parse(head, cursor).ok()?;
            Some(Self::Impl(Box::new(block)))
        } else if is_word(keyword, "mod") {
            let module = Module::parse(head, cursor).ok()?;
            Some(Self::Module(Box::new(module)))
        } else {
            None
        }
    }
}
