//! Rows on their way into one multi-row statement. Each call of sqlx is a hop between threads, and each text of a
//! statement is compiled once: so rows go in slices of a few fixed sizes, powers of two, at most one of each below 64.
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

/// Sizes of the slices; twenty rows are two statements. The largest stays far below SQLite's limit of 32,766 variables.
const SLICES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// A value in a row.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// Nothing.
    Null,
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

/// A statement around a list of rows, and the rows.
pub(super) struct Sheet {
    before: &'static str,
    after: &'static str,
    width: usize,
    rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// `before (?, ?), (?, ?) after`, with `width` places in a row.
    pub(super) fn new(before: &'static str, width: usize, after: &'static str) -> Self {
        Self {
            before,
            after,
            width,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.width, "{}", self.before);
        self.rows.push(row);
    }

    /// Writes all rows.
    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let mut left = self.rows.len();
        let mut rows = self.rows.into_iter();
        for slice in SLICES {
            if left < slice {
                continue;
            }
            let text: std::sync::Arc<str> = statement(self.before, self.width, slice, self.after).into();
            while left >= slice {
                let mut query = sqlx::query(AssertSqlSafe(text.clone()));
                for cell in rows.by_ref().take(slice).flatten() {
                    query = match cell {
                        Cell::Int(number) => query.bind(number),
                        Cell::Text(text) => query.bind(text),
                        Cell::Null => query.bind(None::<i64>),
                    };
                }
                query.execute(&mut *connection).await?;
                left -= slice;
            }
        }
        Ok(())
    }
}

/// The text of a statement with `rows` times `width` places.
pub(super) fn statement(before: &str, width: usize, rows: usize, after: &str) -> String {
    let mut text = String::with_capacity(before.len() + after.len() + rows * (2 * width + 3));
    text.push_str(before);
    for row in 0..rows {
        text.push_str(if row == 0 { " (" } else { ", (" });
        for place in 0..width {
            text.push_str(if place == 0 { "?" } else { ",?" });
        }
        text.push(')');
    }
    text.push_str(after);
    text
}
