//! The store: one contract for every implementation, then what is SQLite's own.
#![expect(clippy::unwrap_used, reason = "a failed expectation ends the test")]

mod contract;
pub mod rows;
mod sqlite_file;
mod sqlite_rows;
mod waking;

use keyminder::store::sqlite::SqliteStore;
use std::path::PathBuf;

/// A state file in a folder that goes when this is dropped.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state").join("keyminder.db");
    (folder, path)
}

/// One test for each line of the contract, run through a store that `$open` makes.
macro_rules! contract {
    ($name:ident, $open:expr, [$($line:ident),* $(,)?]) => {
        mod $name {
            $(
                #[tokio::test]
                async fn $line() {
                    let (_place, store) = $open.await;
                    super::contract::$line(&store).await;
                }
            )*
        }
    };
}

/// The lines of the contract, through one store.
macro_rules! whole_contract {
    ($name:ident, $open:expr) => {
        contract!(
            $name,
            $open,
            [
                a_decision_is_written_whole,
                an_unknown_page_is_none,
                the_same_effect_is_done_once,
                a_comment_is_updated_in_its_place,
                a_comment_is_found_by_its_id,
                another_revision_means_moved,
                one_bad_commit_spoils_nothing,
                a_lease_of_a_reply_is_its_intent,
                a_lost_lease_is_read_back_after_the_quiet_time,
                a_late_id_is_never_thrown_away,
                what_may_be_repeated_comes_back_when_the_lease_ends,
                a_certain_no_takes_the_send_back,
                an_unknown_reply_is_read_back_when_due,
                what_comes_after_waits,
                a_project_has_one_effect_in_hand,
                replies_go_before_property_writes_but_not_for_ever,
                what_nobody_holds_can_be_called_off,
                the_audit_is_asked_by_comment_page_and_row,
                a_reference_leads_to_its_comment,
                facts_are_kept_by_name,
                what_waits_is_counted,
                a_look_may_come_before_the_proof,
                what_was_given_up_is_woken_when_its_time_comes,
                what_had_ended_without_a_reply_is_revived,
                what_stands_on_the_page_is_done_whoever_holds_it,
                replies_are_known_by_page,
                people_may_ask_for_another_try,
                a_flooded_page_lets_others_in,
            ]
        );
    };
}

async fn empty_sqlite() -> (tempfile::TempDir, SqliteStore) {
    let (folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    (folder, store)
}

whole_contract!(sqlite, super::empty_sqlite());
