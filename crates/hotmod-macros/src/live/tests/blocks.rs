//! Whole impl blocks.

use super::super::session::Flavour;
use super::*;

#[test]
fn every_function_of_an_inherent_block_is_an_entry_point() {
    assert_same(
        &hot(
            Flavour::Group,
            r"impl<'a> View<'a> where Self: 'a { #![allow(unused)] const N: u32 = 1; pub fn constant() -> u32 { 1 } fn text(&self) -> &'a str { self.text } }",
        ),
        r#"
impl<'a> View<'a>
where
    Self: 'a,
{
    #![allow(unused)]
    const N: u32 = 1;
    #[inline(never)]
    pub fn constant() -> u32 {
        fn __hotmod_describe<'a>() -> ::hotmod::__private::Description
        where
            View<'a>: 'a,
        {
            ::hotmod::__private::Description::EntryPoint(unsafe {
                ::hotmod::__private::EntryPoint::of_function(
                    <View<'a>>::constant,
                    || (),
                    ::hotmod::__private::core::marker::PhantomData::<View<'a>>,
                    <View<'a>>::constant as *const (),
                    "fn() -> u32",
                )
            })
        }
        ::hotmod::__private::register!(__hotmod_describe);
        { 1 }
    }
    #[inline(never)]
    fn text(&self) -> &'a str {
        fn __hotmod_describe<'a>() -> ::hotmod::__private::Description
        where
            View<'a>: 'a,
        {
            ::hotmod::__private::Description::EntryPoint(unsafe {
                ::hotmod::__private::EntryPoint::of_function(
                    <View<'a>>::text,
                    || (),
                    ::hotmod::__private::core::marker::PhantomData::<View<'a>>,
                    <View<'a>>::text as *const (),
                    "fn(&self) -> &'_1 str",
                )
            })
        }
        ::hotmod::__private::register!(__hotmod_describe);
        { self.text }
    }
}
"#,
    );
}

#[test]
fn a_trait_block_names_its_trait() {
    assert_same(
        &hot(
            Flavour::Baseline,
            r"impl Add<Self> for Vector { type Output = Self; fn add(self, other: Self) -> Self::Output { todo!() } }",
        ),
        r#"
impl Add<Self> for Vector {
    type Output = Self;
    #[inline(never)]
    fn add(self, other: Self) -> Self::Output {
        static __HOTMOD_SLOT: ::hotmod::__private::Slot = ::hotmod::__private::Slot::new();
        fn __hotmod_describe() -> ::hotmod::__private::Description {
            ::hotmod::__private::Description::EntryPoint(unsafe {
                ::hotmod::__private::EntryPoint::of_function(
                    <Vector as Add<Vector>>::add,
                    || (),
                    ::hotmod::__private::core::marker::PhantomData::<Vector>,
                    <Vector as Add<Vector>>::add as *const (),
                    "fn(self, Self) -> Self::Output",
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
                >(__hotmod_target)(self, other)
            };
        }
        { todo!() }
    }
}
"#,
    );
}
