//! The rows of the database.

pub mod filler;

use derive::Columns;
use serde::{Deserialize, Serialize};

/// What the server is called.
pub fn name() -> &'static str {
    "notes"
}

#[derive(Clone, Columns, Debug, Deserialize, Serialize, sqlx::FromRow)]
pub struct Note {
    pub id: i64,
    pub author: String,
    pub text: String,
}

#[derive(Clone, Columns, Debug, Deserialize, Serialize, sqlx::FromRow)]
pub struct User {
    pub name: String,
    pub notes: i64,
}
