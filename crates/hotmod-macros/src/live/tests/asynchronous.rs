//! Functions that are async.

use super::super::session::Flavour;
use super::*;

#[test]
fn a_baseline_future_is_wrapped() {
    assert_same(
        &hot(
            Flavour::Baseline,
            r"async fn page(&self, id: u32, (a, b): (u8, u8)) -> Result<String, Error> { Ok(load(id).await?) }",
        ),
        r#"
#[inline(never)]
async fn page(&self, __hotmod_0: u32, __hotmod_1: (u8, u8)) -> Result<String, Error> {
    static __HOTMOD_SLOT: ::hotmod::__private::Slot = ::hotmod::__private::Slot::new();
    #[deny(const_evaluatable_unchecked)]
    let _ = [(); {
        ::hotmod::__private::core::marker::PhantomData::<Self>;
        0
    }];
    ::hotmod::__private::register!(
        Self::__hotmod_in_trait_impls_put_hot_on_the_whole_block_page, __HOTMOD_SLOT
    );
    let __hotmod_future = {
        let __hotmod_route = ::hotmod::__private::route_async(&__HOTMOD_SLOT);
        let __hotmod_target = __hotmod_route.target();
        if __hotmod_target.is_null() {
            ::hotmod::__private::HotFuture::baseline(
                __hotmod_route,
                async move {
                    if false {
                        fn __hotmod_output<R>() -> R {
                            ::hotmod::__private::core::unreachable!()
                        }
                        return __hotmod_output::<Result<String, Error>>();
                    }
                    let id = __hotmod_0;
                    let mut __hotmod_1 = __hotmod_1;
                    let (a, b) = __hotmod_1;
                    { Ok(load(id).await?) }
                },
            )
        } else {
            unsafe fn __hotmod_cast<A0, A1, A2, R>(
                target: *const (),
            ) -> unsafe fn(A0, A1, A2) -> R {
                unsafe { ::hotmod::__private::core::mem::transmute(target) }
            }
            unsafe {
                ::hotmod::__private::HotFuture::live(
                    __hotmod_route,
                    (__hotmod_cast(__hotmod_target))(self, __hotmod_0, __hotmod_1),
                )
            }
        }
    };
    __hotmod_future.await
}
#[doc(hidden)]
fn __hotmod_in_trait_impls_put_hot_on_the_whole_block_page() -> ::hotmod::__private::Description {
    ::hotmod::__private::Description::EntryPoint(unsafe {
        ::hotmod::__private::EntryPoint::of_async(
            Self::page,
            || (),
            ::hotmod::__private::core::marker::PhantomData::<Self>,
            "async fn(&self, u32, (u8, u8)) -> Result<String, Error>",
            ::hotmod::__private::is_send!(Self::page),
        )
    })
}
"#,
    );
}

#[test]
fn a_group_future_is_the_plain_one() {
    assert_same(
        &hot(
            Flavour::Group,
            r"pub async fn page(id: u32) -> String { load(id).await }",
        ),
        r#"
#[inline(never)]
pub async fn page(id: u32) -> String {
    fn __hotmod_describe() -> ::hotmod::__private::Description {
        ::hotmod::__private::Description::EntryPoint(unsafe {
            ::hotmod::__private::EntryPoint::of_async(
                page,
                || (),
                ::hotmod::__private::core::marker::PhantomData::<()>,
                "async fn(u32) -> String",
                ::hotmod::__private::is_send!(page),
            )
        })
    }
    ::hotmod::__private::register!(__hotmod_describe);
    { load(id).await }
}
use {};
"#,
    );
}

#[test]
fn a_future_that_never_ends_has_no_output() {
    assert_same(
        &hot(
            Flavour::Baseline,
            r"async fn serve() -> ! { loop { accept().await } }",
        ),
        r#"
#[inline(never)]
async fn serve() -> ! {
    static __HOTMOD_SLOT: ::hotmod::__private::Slot = ::hotmod::__private::Slot::new();
    fn __hotmod_describe() -> ::hotmod::__private::Description {
        ::hotmod::__private::Description::EntryPoint(unsafe {
            ::hotmod::__private::EntryPoint::of_async(
                serve,
                || (),
                ::hotmod::__private::core::marker::PhantomData::<()>,
                "async fn() -> !",
                ::hotmod::__private::is_send!(serve),
            )
        })
    }
    ::hotmod::__private::register!(__hotmod_describe, __HOTMOD_SLOT);
    let __hotmod_future = {
        let __hotmod_route = ::hotmod::__private::route_async(&__HOTMOD_SLOT);
        let __hotmod_target = __hotmod_route.target();
        if __hotmod_target.is_null() {
            ::hotmod::__private::HotFuture::baseline(
                __hotmod_route,
                async move {
                    {
                        loop {
                            accept().await
                        }
                    }
                },
            )
        } else {
            unsafe fn __hotmod_cast<R>(target: *const ()) -> unsafe fn() -> R {
                unsafe { ::hotmod::__private::core::mem::transmute(target) }
            }
            unsafe {
                ::hotmod::__private::HotFuture::live(
                    __hotmod_route,
                    (__hotmod_cast(__hotmod_target))(),
                )
            }
        }
    };
    __hotmod_future.await
}
use {};
"#,
    );
}
