//! One list of facts for every store: in memory, on SQLite, on PostgreSQL. The last is asked where
//! `CHITIEU_POSTGRES` names an empty server of its own, as `cargo xtask test` does.

mod backend;
mod list;
mod postgres;

/// Runs the whole list against one kind of store.
macro_rules! conforms {
    ($kind:ident) => {
        mod $kind {
            use super::backend::Kind;
            use super::list;
            conforms!(@each $kind:
                a_pushed_figure_is_pulled_and_a_replay_is_answered_alike
                an_old_base_is_a_conflict_that_a_resolution_closes
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
        }
    };
    (@each $kind:ident: $($fact:ident)*) => {
        $(#[tokio::test]
        async fn $fact() {
            let Some(backend) = Kind::$kind.open().await else { return };
            list::$fact(backend).await;
        })*
    };
}

conforms!(memory);
conforms!(sqlite);
conforms!(postgres_server);
