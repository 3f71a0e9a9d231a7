//! Edits of bodies, as mutation testers make them.

use std::ops::Range;

use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{BinOp, ReturnType, Stmt, UnOp};

use super::functions::Function;
use super::{Candidate, Source, literals};

/// What can be replaced in a body: where, and by which text.
#[derive(Default)]
struct Places<'a> {
    text: &'a str,
    operators: Vec<(Range<usize>, String)>,
    statements: Vec<(Range<usize>, String)>,
    conditions: Vec<(Range<usize>, String)>,
    /// Two arms, whose bodies are swapped.
    arms: Vec<[Range<usize>; 2]>,
    calls: Vec<(Range<usize>, String)>,
}

impl<'a> Places<'a> {
    fn of(source: &'a Source, function: &Function) -> Self {
        let mut places = Places {
            text: source.text,
            ..Places::default()
        };
        places.visit_block(&function.block);
        places
    }
}

impl<'ast> Visit<'ast> for Places<'_> {
    fn visit_expr_binary(&mut self, it: &'ast syn::ExprBinary) {
        let others: &[&str] = match it.op {
            BinOp::Eq(_) => &["!="],
            BinOp::Ne(_) => &["=="],
            BinOp::Lt(_) => &["<=", ">="],
            BinOp::Le(_) => &["<", ">"],
            BinOp::Gt(_) => &[">=", "<="],
            BinOp::Ge(_) => &[">", "<"],
            BinOp::And(_) => &["||"],
            BinOp::Or(_) => &["&&"],
            BinOp::Add(_) => &["-", "*"],
            BinOp::Sub(_) => &["+"],
            BinOp::Mul(_) => &["+"],
            BinOp::Div(_) => &["*"],
            BinOp::Rem(_) => &["/"],
            BinOp::AddAssign(_) => &["-="],
            BinOp::SubAssign(_) => &["+="],
            BinOp::MulAssign(_) => &["+="],
            _ => &[],
        };
        let at = it.op.span().byte_range();
        let all = others.iter().map(|it| (at.clone(), (*it).to_owned()));
        self.operators.extend(all);
        visit::visit_expr_binary(self, it);
    }

    fn visit_expr_unary(&mut self, it: &'ast syn::ExprUnary) {
        if let UnOp::Not(_) | UnOp::Neg(_) = it.op {
            self.operators
                .push((it.op.span().byte_range(), String::new()));
        }
        visit::visit_expr_unary(self, it);
    }

    fn visit_expr_if(&mut self, it: &'ast syn::ExprIf) {
        let at = it.cond.span().byte_range();
        let has_let = it
            .cond
            .to_token_stream()
            .into_iter()
            .any(|it| it.to_string() == "let");
        if !has_let {
            let condition = &self.text[at.clone()];
            for other in [
                format!("!({condition})"),
                "true".to_owned(),
                "false".to_owned(),
            ] {
                self.conditions.push((at.clone(), other));
            }
        }
        visit::visit_expr_if(self, it);
    }

    fn visit_expr_match(&mut self, it: &'ast syn::ExprMatch) {
        for (number, arm) in it.arms.iter().enumerate() {
            if let Some(next) = it.arms.get(number + 1) {
                let both = [arm, next].map(|it| it.body.span().byte_range());
                self.arms.push(both);
            }
            if let syn::Pat::Guard(pattern) = &arm.pat {
                let at = pattern.guard.span().byte_range();
                self.conditions.push((at, "false".to_owned()));
            }
        }
        visit::visit_expr_match(self, it);
    }

    fn visit_block(&mut self, it: &'ast syn::Block) {
        for statement in &it.stmts {
            if let Stmt::Expr(_, Some(_)) | Stmt::Macro(_) = statement {
                self.statements
                    .push((statement.span().byte_range(), String::new()));
            }
        }
        visit::visit_block(self, it);
    }

    fn visit_expr_method_call(&mut self, it: &'ast syn::ExprMethodCall) {
        const OTHERS: &[[&str; 2]] = &[
            ["min", "max"],
            ["is_some", "is_none"],
            ["is_ok", "is_err"],
            ["starts_with", "ends_with"],
            ["any", "all"],
            ["first", "last"],
            ["trim_start", "trim_end"],
            ["trim_start_matches", "trim_end_matches"],
            ["find", "rfind"],
            ["next", "next_back"],
            ["skip", "take"],
            ["skip_while", "take_while"],
            ["wrapping_add", "wrapping_sub"],
            ["checked_add", "checked_sub"],
            ["checked_mul", "checked_add"],
            ["push", "insert"],
            ["is_lowercase", "is_uppercase"],
            ["to_lowercase", "to_uppercase"],
            ["unwrap_or", "and"],
            ["floor", "ceil"],
        ];
        for [one, other] in OTHERS {
            for (from, to) in [(one, other), (other, one)] {
                if it.method == from {
                    self.calls
                        .push((it.method.span().byte_range(), (*to).to_owned()));
                }
            }
        }
        // The receiver alone.
        let end = it.receiver.span().byte_range().end;
        self.calls
            .push((end..it.span().byte_range().end, String::new()));
        visit::visit_expr_method_call(self, it);
    }

    fn visit_expr_call(&mut self, it: &'ast syn::ExprCall) {
        if let Some(argument) = it.args.first() {
            let argument = &self.text[argument.span().byte_range()];
            self.calls
                .push((it.span().byte_range(), argument.to_owned()));
        }
        visit::visit_expr_call(self, it);
    }
}

/// The candidates that replace one place each.
fn of_each(
    source: &Source,
    places: impl Fn(Places, &Function) -> Vec<(Range<usize>, String)>,
) -> Vec<Candidate> {
    let mut all = Vec::new();
    for function in &source.functions {
        let runs = source.running.contains(&function.key);
        for (range, new) in places(Places::of(source, function), function) {
            let about = format!(
                "{}: `{}` -> `{new}`",
                function.name(),
                &source.text[range.clone()]
            );
            all.push(Candidate::new(about, runs, vec![(range, new)]));
        }
    }
    all
}

pub(super) fn operators(source: &Source) -> Vec<Candidate> {
    of_each(source, |it, _| it.operators)
}

pub(super) fn literals(source: &Source) -> Vec<Candidate> {
    of_each(source, |_, it| {
        literals::changed(it.block.to_token_stream())
    })
}

pub(super) fn statements(source: &Source) -> Vec<Candidate> {
    of_each(source, |it, _| it.statements)
}

pub(super) fn conditions(source: &Source) -> Vec<Candidate> {
    of_each(source, |it, _| it.conditions)
}

pub(super) fn calls(source: &Source) -> Vec<Candidate> {
    of_each(source, |it, _| it.calls)
}

pub(super) fn of_generics(source: &Source) -> Vec<Candidate> {
    of_each(source, |it, function| match function.is_generic {
        true => {
            let literals = literals::changed(function.block.to_token_stream());
            [it.operators, it.statements, it.conditions, literals].concat()
        }
        false => Vec::new(),
    })
}

pub(super) fn arms(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for function in &source.functions {
        let runs = source.running.contains(&function.key);
        for [one, other] in Places::of(source, function).arms {
            let [first, second] = [&one, &other].map(|it| source.text[it.clone()].to_owned());
            let about = format!("{}: `{first}` and `{second}` swapped", function.name());
            // An arm whose body is a block needs no comma.
            let [first, second] = [first, second].map(|it| format!("({it})"));
            all.push(Candidate::new(
                about,
                runs,
                vec![(one, second), (other, first)],
            ));
        }
    }
    all
}

/// Another body, of the type that the signature returns.
pub(super) fn replaced(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for function in &source.functions {
        let runs = source.running.contains(&function.key);
        for value in values(&function.signature.output) {
            let about = format!("{}: {{ {value} }}", function.name());
            let range = function.body_start()..function.body_end();
            all.push(Candidate::new(
                about,
                runs,
                vec![(range, format!(" {value} "))],
            ));
        }
    }
    all
}

fn values(output: &ReturnType) -> Vec<&'static str> {
    let ReturnType::Type(_, output) = output else {
        return vec![""];
    };
    let output = output.to_token_stream().to_string().replace(' ', "");
    let starts = |text: &str| output.starts_with(text);
    let mut values = match output.as_str() {
        "bool" => vec!["true", "false"],
        "usize" | "u8" | "u16" | "u32" | "u64" | "u128" | "isize" | "i32" | "i64" => {
            vec!["0", "1", "7"]
        }
        "f32" | "f64" => vec!["0.0", "1.5"],
        "String" => vec!["\"hotmod\".into()"],
        "char" => vec!["'h'"],
        "Ordering" => vec![
            "::hotmod_std::cmp::Ordering::Equal",
            "::hotmod_std::cmp::Ordering::Less",
        ],
        "fmt::Result" | "Result" | "Result<(),Error>" => vec!["Ok(())"],
        _ if starts("&") && output.ends_with("str") => vec!["\"hotmod\"", "\"\""],
        _ if starts("Option<") => vec!["None"],
        _ if starts("Vec<") => vec!["::hotmod_std::vec::Vec::new()"],
        _ if starts("Self") => vec!["::hotmod_std::default::Default::default()"],
        _ => vec!["::hotmod_std::default::Default::default()"],
    };
    if !starts("impl") {
        values.push("::hotmod_std::panic!(\"hotmod\")");
    }
    values
}

/// A body that reads a static of its own.
pub(super) fn statics(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for function in &source.functions {
        let signature = &function.signature;
        if signature.constness.is_some() {
            continue;
        }
        let runs = source.running.contains(&function.key);
        for limit in [source.number, 0] {
            let text = format!(
                " static LIMIT: ::hotmod_std::sync::atomic::AtomicUsize = ::hotmod_std::sync::atomic::AtomicUsize::new({});\n\
                 if LIMIT.load(::hotmod_std::sync::atomic::Ordering::Relaxed) == {limit} {{ ::hotmod_std::println!(\"at the limit\"); }}\n",
                source.number
            );
            let about = format!("{}: reads a new static", function.name());
            all.push(Candidate::insert(about, runs, function.body_start(), text));
        }
    }
    all
}
