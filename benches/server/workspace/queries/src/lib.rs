//! The queries to the database.

pub mod filler;

use model::{Note, User};
use store::Store;

pub async fn notes(store: &Store) -> sqlx::Result<Vec<Note>> {
    let query = format!("SELECT {} FROM notes ORDER BY id ASC", Note::COLUMNS);
    sqlx::query_as(&query).fetch_all(&store.pool).await
}

pub async fn add(store: &Store, author: &str, text: &str) -> sqlx::Result<()> {
    let query = sqlx::query("INSERT INTO notes (author, text) VALUES (?, ?)");
    query.bind(author).bind(text).execute(&store.pool).await?;
    Ok(())
}

pub async fn users(store: &Store) -> sqlx::Result<Vec<User>> {
    let query = "SELECT author AS name, COUNT(*) AS notes FROM notes GROUP BY author";
    sqlx::query_as(query).fetch_all(&store.pool).await
}
