//! `#[derive(Columns)]`: the columns of a table, from the fields of its row.

use proc_macro::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_macro_input};

#[proc_macro_derive(Columns)]
pub fn columns(input: TokenStream) -> TokenStream {
    let DeriveInput { ident, data, .. } = parse_macro_input!(input);
    let syn::Data::Struct(data) = data else {
        return quote!(compile_error!("a row is a struct");).into();
    };
    let names = data.fields.iter().filter_map(|field| field.ident.as_ref());
    let names = names.map(ToString::to_string).collect::<Vec<_>>().join(", ");
    quote! {
        impl #ident {
            pub const COLUMNS: &'static str = #names;
        }
    }
    .into()
}
