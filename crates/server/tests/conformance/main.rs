//! One list of facts for every store: in memory, on SQLite, on PostgreSQL. The last is asked where
//! `CHITIEU_POSTGRES` names an empty server of its own, as `cargo xtask test` does.

mod attachments;
mod backend;
mod entities;
mod figure_details;
mod history;
mod list;
mod postgres;
mod queue;

/// Runs the whole list against one kind of store.
macro_rules! conforms {
    ($kind:ident) => {
        mod $kind {
            use super::backend::Kind;
            use super::{entities, figure_details, history, list};
            conforms!(@each $kind list:
                a_pushed_figure_is_pulled_and_a_replay_is_answered_alike
                an_old_base_is_a_conflict_that_a_resolution_closes
                of_many_contested_values_the_newest_are_told_and_none_is_lost
                an_op_that_came_before_its_base_is_judged_with_it
                a_copied_device_is_refused_whole
                what_was_based_on_something_malformed_waits_for_it_no_longer
                another_content_under_a_known_id_is_refused
                a_snapshot_in_small_pages_is_followed_by_the_log
                submitted_figures_are_locked_until_they_are_returned
                a_new_lifetime_begins_above_the_last_and_forgets_no_cursor_silently
                what_is_not_asked_for_is_not_told_and_asking_for_more_starts_over
                what_is_not_followed_is_not_told
                any_batches_come_to_the_same_as_in_memory
            );
            conforms!(@every $kind:
                every_kind_is_pulled_and_a_replay_is_answered_alike
                two_fields_do_not_conflict_and_one_field_keeps_both_values
                a_conflict_is_settled_by_a_person
                who_asks_for_figures_alone_is_told_of_no_entity
                an_entity_in_a_snapshot_is_what_the_log_says
                a_restored_database_gives_no_revision_out_twice
            );
            conforms!(@each $kind entities:
                a_report_has_so_many_attachments_and_none_changes_once_it_is_sent
            );
            conforms!(@each $kind figure_details:
                what_a_figure_says_beside_its_value_is_kept_and_told
                what_a_figure_says_reaches_sums_and_the_public
            );
            conforms!(@each $kind history:
                the_history_of_a_cell_is_complete_and_in_order
                the_history_of_an_entity_says_which_fields_changed
                a_history_is_read_page_by_page
                a_feed_brings_what_a_device_follows_once_and_goes_on_from_there
            );
        }
    };
    (@every $kind:ident: $($fact:ident)*) => {
        $(#[tokio::test]
        async fn $fact() {
            for kind in chitieu_sync::entity::Kind::ALL {
                let Some(backend) = Kind::$kind.open().await else { return };
                entities::$fact(backend, *kind).await;
            }
        })*
    };
    (@each $kind:ident $list:ident: $($fact:ident)*) => {
        $(#[tokio::test]
        async fn $fact() {
            let Some(backend) = Kind::$kind.open().await else { return };
            $list::$fact(backend).await;
        })*
    };
}

conforms!(memory);
conforms!(sqlite);
conforms!(postgres_server);
