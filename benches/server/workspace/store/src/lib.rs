//! The database: opened once, and kept by the program.

pub mod filler;

use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;

#[derive(Clone, Debug)]
pub struct Store {
    pub pool: SqlitePool,
}

impl Store {
    /// A database in memory, with a few rows in it.
    pub async fn open() -> sqlx::Result<Self> {
        // Each connection has a database of its own.
        let options = SqlitePoolOptions::new().max_connections(1);
        let pool = options.connect("sqlite::memory:").await?;
        sqlx::raw_sql(include_str!("schema.sql")).execute(&pool).await?;
        tracing::info!("the database is open");
        Ok(Store { pool })
    }

    pub fn name(&self) -> &'static str {
        "in memory"
    }
}
