//! Functions: their signatures as far as an expansion needs them, and their bodies as tokens.

use super::super::error::{Error, Result, refuse, unknown_syntax};
use super::super::template::{Part, template};
use super::super::tokens::{
    Delimiter, Group, Ident, Span, TokenStream, TokenTree, comma_separated, is_punct, is_word,
    quiet, regrouped, without_invisible,
};
use super::argument::Argument;
use super::attribute::Attribute;
use super::cursor::{Cursor, is_braces, split_at_commas};
use super::generics::Generics;
use super::head::Head;

/// A function with its body unparsed.
pub(in super::super) struct Function {
    pub(in super::super) signature: Signature,
    /// The attributes at the top of the body, which must stay on top.
    inner: Vec<Attribute>,
    /// The body, without these attributes.
    pub(in super::super) body: Group,
}

/// All that is before a function's body.
pub(in super::super) struct Signature {
    pub(in super::super) head: Head,
    keyword: TokenTree,
    pub(in super::super) name: Ident,
    pub(in super::super) generics: Generics,
    pub(in super::super) arguments: Vec<Argument>,
    parentheses: Group,
    pub(in super::super) output: Output,
    /// The where clause.
    conditions: TokenStream,
}

/// What a function returns.
pub(in super::super) struct Output {
    arrow: TokenStream,
    /// The type; without an arrow there is none.
    pub(in super::super) ty: TokenStream,
}

impl Function {
    /// Takes what comes behind the head, the keyword `fn` first.
    pub(super) fn parse(head: Head, cursor: &mut Cursor) -> Result<Self> {
        if let Some(span) = head.generator {
            return Err(refuse(
                span,
                "can't be used on a `gen fn`: the type of its iterator can change with each reload\n\
                 return a named iterator or a `Box<dyn Iterator>` from a plain `fn`",
            ));
        }
        let signature = Signature::parse(head, cursor)?;
        let Some(braces) = cursor.group(Delimiter::Brace) else {
            return Err(signature.without_body());
        };
        let mut content = Cursor::new(braces.stream());
        Ok(Self {
            signature,
            inner: Attribute::inner(&mut content),
            body: regrouped(&braces, content.rest()),
        })
    }

    /// The function with another body, which only the inner attributes precede.
    pub(in super::super) fn with_statements(&self, statements: &TokenStream) -> TokenStream {
        let Self {
            signature,
            inner,
            body,
        } = self;
        let attributes = &signature.head.attributes;
        let body = regrouped(body, template!({ #inner #statements }, inner, statements));
        template!({ #attributes #signature #body }, attributes, signature, body)
    }

    /// The function as it was written.
    pub(in super::super) fn unchanged(&self) -> TokenStream {
        self.with_statements(&self.body.stream())
    }

    /// The body in braces of its own: what it declares and imports is not in scope outside of them.
    pub(in super::super) fn enclosed_body(&self) -> Group {
        let mut body = self.body.clone();
        body.set_span(quiet(body.span()));
        body
    }

    /// What is beside a function is there when the function is.
    pub(in super::super) fn cfgs(&self) -> Vec<Attribute> {
        let attributes = self.signature.head.attributes.iter();
        attributes.filter(|it| it.is("cfg")).cloned().collect()
    }
}

impl Signature {
    fn parse(head: Head, cursor: &mut Cursor) -> Result<Self> {
        let span = cursor.span();
        let keyword = cursor.word("fn").ok_or_else(|| unknown_syntax(span))?;
        let name = cursor.name().ok_or_else(|| unknown_syntax(span))?;
        let generics = Generics::parse(cursor);
        let parentheses = cursor.group(Delimiter::Parenthesis);
        let parentheses = parentheses.ok_or_else(|| unknown_syntax(name.span()))?;
        let arguments = split_at_commas(parentheses.stream());
        let arguments = arguments.into_iter().map(Argument::parse);
        let ends = |it: &TokenTree| is_braces(it) || is_punct(it, ';');
        Ok(Self {
            head,
            keyword,
            generics,
            arguments: arguments.collect::<Result<_>>()?,
            parentheses,
            output: Output {
                arrow: cursor.arrow(),
                ty: cursor.until(|it| ends(it) || is_word(it, "where")),
            },
            conditions: cursor.until(ends),
            name,
        })
    }

    /// The first argument, if it is a `self`.
    pub(in super::super) fn receiver(&self) -> Option<&Argument> {
        self.arguments.first().filter(|it| it.is_receiver())
    }

    /// A function that ends in `;`: a trait's, or one of an `extern` block.
    fn without_body(&self) -> Error {
        let name = &self.name;
        let what = format!(
            "can't be used on `{name}`, which has no body to reload\n\
             put `#[hot]` on the impl blocks of the trait, or on a function with a body",
        );
        refuse(name.span(), what)
    }
}

impl Part for Signature {
    fn tokens(&self) -> TokenStream {
        let Self {
            head,
            keyword,
            name,
            generics,
            arguments,
            parentheses,
            output: Output { arrow, ty },
            conditions,
        } = self;
        let head = &head.tokens;
        let generics = &generics.tokens;
        let arguments = comma_separated(arguments.iter().map(Part::tokens));
        let arguments = regrouped(parentheses, arguments);
        template!(
            { #head #keyword #name #generics #arguments #arrow #ty #conditions },
            head, keyword, name, generics, arguments, arrow, ty, conditions,
        )
    }
}

impl Output {
    /// Whether it is `!`.
    pub(in super::super) fn is_never(&self) -> bool {
        matches!(&without_invisible(self.ty.clone())[..], [it] if is_punct(it, '!'))
    }

    /// Whether it is `()`, written or not.
    pub(in super::super) fn is_unit(&self) -> bool {
        match &without_invisible(self.ty.clone())[..] {
            [] => true,
            [TokenTree::Group(it)] => {
                it.delimiter() == Delimiter::Parenthesis && it.stream().is_empty()
            }
            _ => false,
        }
    }

    pub(in super::super) fn span(&self) -> Span {
        let first = self.arrow.clone().into_iter().next();
        first.map_or_else(Span::call_site, |it| it.span())
    }
}
