//! The Notion API as it is: requests, cursors, rate, kinds of errors.
