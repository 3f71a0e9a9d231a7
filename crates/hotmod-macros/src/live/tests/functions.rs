//! Functions that are not async.

use super::super::session::Flavour;
use super::*;

#[test]
fn a_baseline_function_asks_where_to_go() {
    assert_same(
        &hot(
            Flavour::Baseline,
            r"/// Doc.
#[inline]
pub fn render(name: &str, mut n: u32) -> String { use other::render; render(name, n) }",
        ),
        r#"
/// Doc.
#[inline(never)]
pub fn render(name: &str, mut n: u32) -> String {
    static __HOTMOD_SLOT: ::hotmod::__private::Slot = ::hotmod::__private::Slot::new();
    fn __hotmod_describe() -> ::hotmod::__private::Description {
        ::hotmod::__private::Description::EntryPoint(unsafe {
            ::hotmod::__private::EntryPoint::of_function(
                render,
                || (),
                ::hotmod::__private::core::marker::PhantomData::<()>,
                render as *const (),
                "fn(&str, u32) -> String",
            )
        })
    }
    ::hotmod::__private::register!(__hotmod_describe, __HOTMOD_SLOT);
    let (__hotmod_target, __hotmod_pin) = ::hotmod::__private::call(&__HOTMOD_SLOT);
    if __hotmod_target as usize != 0 {
        return unsafe {
            ::hotmod::__private::core::mem::transmute::<
                *const (),
                unsafe fn(_, _) -> _,
            >(__hotmod_target)(name, n)
        };
    }
    {
        use other::render;
        render(name, n)
    }
}
use {};
"#,
    );
}

#[test]
fn a_group_function_only_registers() {
    assert_same(
        &hot(
            Flavour::Group,
            r"/// Doc.
#[inline]
pub fn render(name: &str, (a, b): (u32, u32)) -> String { #![allow(unused)] name.into() }",
        ),
        r#"
/// Doc.
#[inline(never)]
pub fn render(name: &str, (a, b): (u32, u32)) -> String {
    #![allow(unused)]
    fn __hotmod_describe() -> ::hotmod::__private::Description {
        ::hotmod::__private::Description::EntryPoint(unsafe {
            ::hotmod::__private::EntryPoint::of_function(
                render,
                || (),
                ::hotmod::__private::core::marker::PhantomData::<()>,
                render as *const (),
                "fn(&str, (u32, u32)) -> String",
            )
        })
    }
    ::hotmod::__private::register!(__hotmod_describe);
    { name.into() }
}
use {};
"#,
    );
}

#[test]
fn patterns_are_rebound_from_the_first_on() {
    assert_same(
        &hot(
            Flavour::Baseline,
            r"fn put(a: A, (b, _): (B, C), _: D, mut e: E, #[allow(unused)] _f: F) {}",
        ),
        r#"
#[inline(never)]
fn put(a: A, __hotmod_1: (B, C), __hotmod_2: D, __hotmod_3: E, __hotmod_4: F) {
    static __HOTMOD_SLOT: ::hotmod::__private::Slot = ::hotmod::__private::Slot::new();
    fn __hotmod_describe() -> ::hotmod::__private::Description {
        ::hotmod::__private::Description::EntryPoint(unsafe {
            ::hotmod::__private::EntryPoint::of_function(
                put,
                || (),
                ::hotmod::__private::core::marker::PhantomData::<()>,
                put as *const (),
                "fn(A, (B, C), D, E, F)",
            )
        })
    }
    ::hotmod::__private::register!(__hotmod_describe, __HOTMOD_SLOT);
    let (__hotmod_target, __hotmod_pin) = ::hotmod::__private::call(&__HOTMOD_SLOT);
    if __hotmod_target as usize != 0 {
        return unsafe {
            ::hotmod::__private::core::mem::transmute::<
                *const (),
                unsafe fn(_, _, _, _, _) -> _,
            >(__hotmod_target)(a, __hotmod_1, __hotmod_2, __hotmod_3, __hotmod_4)
        };
    }
    let mut __hotmod_1 = __hotmod_1;
    let (b, _) = __hotmod_1;
    let __hotmod_2 = __hotmod_2;
    let mut e = __hotmod_3;
    #[allow(clippy::no_effect_underscore_binding)]
    #[allow(unused)]
    let _f = __hotmod_4;
    {}
}
use {};
"#,
    );
}

#[test]
fn what_never_returns_is_not_returned() {
    assert_same(
        &hot(
            Flavour::Baseline,
            r"unsafe fn end(code: i32) -> ! { exit(code) }",
        ),
        r#"
#[inline(never)]
unsafe fn end(code: i32) -> ! {
    static __HOTMOD_SLOT: ::hotmod::__private::Slot = ::hotmod::__private::Slot::new();
    fn __hotmod_describe() -> ::hotmod::__private::Description {
        ::hotmod::__private::Description::EntryPoint(unsafe {
            ::hotmod::__private::EntryPoint::of_unsafe(
                end,
                || (),
                ::hotmod::__private::core::marker::PhantomData::<()>,
                end as unsafe fn(_) -> !,
                end as *const (),
                "unsafe fn(i32) -> !",
            )
        })
    }
    ::hotmod::__private::register!(__hotmod_describe, __HOTMOD_SLOT);
    let (__hotmod_target, __hotmod_pin) = ::hotmod::__private::call(&__HOTMOD_SLOT);
    if __hotmod_target as usize != 0 {
        unsafe {
            ::hotmod::__private::core::mem::transmute::<
                *const (),
                unsafe fn(_) -> !,
            >(__hotmod_target)(code)
        };
    }
    { exit(code) }
}
use {};
"#,
    );
}

#[test]
fn a_lone_method_is_described_beside_it() {
    assert_same(
        &hot(
            Flavour::Baseline,
            r"#[cfg(unix)] fn show<'a>(&'a mut self) -> &'a str { self.text }",
        ),
        r#"
#[cfg(unix)]
#[inline(never)]
fn show<'a>(&'a mut self) -> &'a str {
    static __HOTMOD_SLOT: ::hotmod::__private::Slot = ::hotmod::__private::Slot::new();
    #[deny(const_evaluatable_unchecked)]
    let _ = [(); {
        ::hotmod::__private::core::marker::PhantomData::<Self>;
        0
    }];
    ::hotmod::__private::register!(
        Self::__hotmod_in_trait_impls_put_hot_on_the_whole_block_show, __HOTMOD_SLOT
    );
    let (__hotmod_target, __hotmod_pin) = ::hotmod::__private::call(&__HOTMOD_SLOT);
    if __hotmod_target as usize != 0 {
        return unsafe {
            ::hotmod::__private::core::mem::transmute::<
                *const (),
                unsafe fn(_) -> _,
            >(__hotmod_target)(self)
        };
    }
    { self.text }
}
#[cfg(unix)]
#[doc(hidden)]
fn __hotmod_in_trait_impls_put_hot_on_the_whole_block_show() -> ::hotmod::__private::Description {
    ::hotmod::__private::Description::EntryPoint(unsafe {
        ::hotmod::__private::EntryPoint::of_function(
            Self::show,
            || (),
            ::hotmod::__private::core::marker::PhantomData::<Self>,
            Self::show as *const (),
            "fn(&'1 mut self) -> &'1 str",
        )
    })
}
"#,
    );
}

#[test]
fn a_function_that_says_self_is_a_method() {
    assert_same(
        &hot(Flavour::Group, r"fn new() -> Box<Self> { todo!() }"),
        r#"
#[inline(never)]
fn new() -> Box<Self> {
    #[deny(const_evaluatable_unchecked)]
    let _ = [(); {
        ::hotmod::__private::core::marker::PhantomData::<Self>;
        0
    }];
    ::hotmod::__private::register!(
        Self::__hotmod_in_trait_impls_put_hot_on_the_whole_block_new
    );
    { todo!() }
}
#[doc(hidden)]
fn __hotmod_in_trait_impls_put_hot_on_the_whole_block_new() -> ::hotmod::__private::Description {
    ::hotmod::__private::Description::EntryPoint(unsafe {
        ::hotmod::__private::EntryPoint::of_function(
            Self::new,
            || (),
            ::hotmod::__private::core::marker::PhantomData::<Self>,
            Self::new as *const (),
            "fn() -> Box<Self>",
        )
    })
}
"#,
    );
}
