//! What every store must hold. Each function takes a store that is empty. Doubt and recovery are in `waking.rs`.
use super::rows::*;
pub use super::waking::*;
use keyminder::domain::effect::EffectId;
use keyminder::domain::reply::Reference;
use keyminder::store::*;

/// The ids of what was leased.
fn ids(leases: &Leases) -> Vec<&EffectId> {
    leases.leased.iter().map(|leased| &leased.id).collect()
}

/// The one effect that is due.
pub async fn lease_one(store: &dyn Store, now_ms: i64) -> EffectRow {
    let mut leases = store.lease(lease(10, now_ms)).await.unwrap();
    assert_eq!(leases.leased.len(), 1, "{:?}", ids(&leases));
    leases.leased.remove(0)
}

pub async fn state_of(store: &dyn Store, effect: &EffectId) -> EffectState {
    store.effect(effect).await.unwrap().unwrap().state
}

pub async fn a_decision_is_written_whole(store: &dyn Store) {
    let page = page(1);
    store.commit(decision(&page, 1, Some(0))).await.unwrap();
    let (revision, state) = store.page(&page).await.unwrap().unwrap();
    assert_eq!((revision, state["seen"].as_u64()), (1, Some(1)));
    let comments = store.comments(&page).await.unwrap();
    assert_eq!(comments.len(), 1);
    let written = comment(&page, 1);
    assert_eq!(
        (&comments[0].comment, &comments[0].reading),
        (&written.comment, &written.reading)
    );
    assert_eq!(comments[0].hash, written.hash);
    let open = store.open_effects(&page).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].effect, reply(&page, 1).effect);
    assert_eq!((open[0].created_ms, open[0].state), (NOW, EffectState::Ready));
    assert_eq!(
        store
            .audit(AuditQuery {
                limit: 10,
                ..AuditQuery::default()
            })
            .await
            .unwrap()
            .len(),
        1
    );
}

pub async fn an_unknown_page_is_none(store: &dyn Store) {
    assert!(store.page(&page(9)).await.unwrap().is_none());
    store.commit(effects(vec![reply(&page(9), 1)])).await.unwrap();
    assert!(
        store.page(&page(9)).await.unwrap().is_none(),
        "an effect alone makes no state"
    );
}

pub async fn the_same_effect_is_done_once(store: &dyn Store) {
    let page = page(1);
    for _ in 0..3 {
        store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    }
    let leased = lease_one(store, NOW).await;
    store.commit(settled(&leased, done("c1"))).await.unwrap();
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    assert!(store.lease(lease(10, NOW + 1)).await.unwrap().leased.is_empty());
    assert_eq!(state_of(store, &leased.id).await, EffectState::Done);
}

pub async fn a_comment_is_updated_in_its_place(store: &dyn Store) {
    let page = page(1);
    let commit = |comments| Commit {
        comments,
        ..Commit::default()
    };
    store
        .commit(commit(vec![comment(&page, 1), comment(&page, 2)]))
        .await
        .unwrap();
    let mut first = comment(&page, 1);
    first.answer = AnswerState::Absorbed;
    first.presence = Presence::Deleted;
    first.hash = u64::MAX;
    store.commit(commit(vec![first])).await.unwrap();
    let rows = store.comments(&page).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| &row.comment.id).collect::<Vec<_>>(),
        [&comment_id(1), &comment_id(2)]
    );
    assert_eq!(
        (rows[0].answer, rows[0].presence, rows[0].hash),
        (AnswerState::Absorbed, Presence::Deleted, u64::MAX)
    );
}

pub async fn a_comment_is_found_by_its_id(store: &dyn Store) {
    store.commit(decision(&page(1), 1, Some(0))).await.unwrap();
    store.commit(decision(&page(2), 2, Some(0))).await.unwrap();
    let found = store.comment(&comment_id(2)).await.unwrap().unwrap();
    let written = comment(&page(2), 2);
    assert_eq!((found.page, found.comment), (page(2), written.comment));
    assert_eq!(
        (found.hash, found.reading, found.answer, found.presence),
        (written.hash, written.reading, written.answer, written.presence)
    );
    assert!(store.comment(&comment_id(9)).await.unwrap().is_none());
}

pub async fn another_revision_means_moved(store: &dyn Store) {
    let page = page(1);
    store.commit(decision(&page, 1, Some(0))).await.unwrap();
    let refused = store.commit(decision(&page, 2, Some(0))).await;
    assert!(matches!(refused, Err(StoreError::Moved)), "{refused:?}");
    assert_eq!(
        store.comments(&page).await.unwrap().len(),
        1,
        "nothing of a refused commit is written"
    );
    store.commit(decision(&page, 2, Some(1))).await.unwrap();
    assert_eq!(store.page(&page).await.unwrap().unwrap().0, 2);
}

pub async fn one_bad_commit_spoils_nothing(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 100)])).await.unwrap();
    let leased = lease_one(store, NOW).await;
    let mut stale = settled(&leased, failed());
    stale.settled[0].epoch = 99;
    stale.comments = vec![comment(&page, 50)];
    let (first, moved, fenced, second, lease) = tokio::join!(
        store.commit(decision(&page, 1, Some(0))),
        store.commit(decision(&page, 2, Some(7))),
        store.commit(stale),
        store.commit(decision(&page, 3, Some(1))),
        store.lease(lease(10, NOW)),
    );
    first.unwrap();
    second.unwrap();
    assert!(matches!(moved, Err(StoreError::Moved)));
    assert!(matches!(fenced, Err(StoreError::Fenced(lost)) if lost == [leased.id.clone()]));
    assert_eq!(lease.unwrap().leased.len(), 2, "leases of a group see its effects");
    let seen = store.comments(&page).await.unwrap();
    assert_eq!(
        seen.iter().map(|row| &row.comment.id).collect::<Vec<_>>(),
        [&comment_id(1), &comment_id(3)]
    );
}

pub async fn a_lease_of_a_reply_is_its_intent(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    let leased = lease_one(store, NOW).await;
    assert_eq!(
        (leased.epoch, leased.earlier_sends, leased.sends, leased.tries),
        (1, 0, 1, 0)
    );
    let row = store.effect(&leased.id).await.unwrap().unwrap();
    assert_eq!((row.state, row.sends, row.epoch), (EffectState::Sending, 1, 1));
}

pub async fn a_lost_lease_is_read_back_after_the_quiet_time(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    let old = lease_one(store, NOW).await;
    assert!(
        store.lease(lease(10, NOW + LEASE + 1)).await.unwrap().leased.is_empty(),
        "the call may still be on its way"
    );
    let new = lease_one(store, NOW + CALL + QUIET).await;
    assert_eq!((new.epoch, new.earlier_sends, new.tries), (2, 1, 1));
    assert_eq!(
        state_of(store, &new.id).await,
        EffectState::Leased,
        "reading back is no intent"
    );
    let late = store.commit(settled(&old, ready(NOW))).await;
    assert!(matches!(late, Err(StoreError::Fenced(_))));
    store.commit(settled(&new, absent())).await.unwrap();
    let again = lease_one(store, NOW + CALL + QUIET).await;
    assert_eq!((again.epoch, again.earlier_sends, again.sends), (3, 0, 2));
    assert_eq!(state_of(store, &again.id).await, EffectState::Sending);
}

pub async fn a_late_id_is_never_thrown_away(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    let old = lease_one(store, NOW).await;
    let new = lease_one(store, NOW + CALL + QUIET).await;
    let nameless = store.commit(settled(&old, done_without_id())).await;
    assert!(matches!(nameless, Err(StoreError::Fenced(_))));
    store.commit(settled(&old, done("c1"))).await.unwrap();
    let second = store.commit(settled(&new, done("c2"))).await;
    assert!(matches!(second, Err(StoreError::Fenced(_))), "the first id stays");
    let row = store.effect(&new.id).await.unwrap().unwrap();
    assert_eq!((row.state, row.remote_id.as_deref()), (EffectState::Done, Some("c1")));
}

pub async fn what_may_be_repeated_comes_back_when_the_lease_ends(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![status(&page, "s1")])).await.unwrap();
    let first = lease_one(store, NOW).await;
    assert_eq!((first.sends, first.earlier_sends), (0, 0));
    assert!(store.lease(lease(10, NOW + LEASE - 1)).await.unwrap().leased.is_empty());
    let second = lease_one(store, NOW + LEASE).await;
    assert_eq!((second.epoch, second.tries, second.earlier_sends), (2, 1, 0));
}

pub async fn a_certain_no_takes_the_send_back(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    let first = lease_one(store, NOW).await;
    store.commit(settled(&first, ready(NOW + 500))).await.unwrap();
    assert_eq!(store.waiting(NOW).await.unwrap().next_at_ms, Some(NOW + 500));
    assert!(store.lease(lease(10, NOW + 499)).await.unwrap().leased.is_empty());
    let second = lease_one(store, NOW + 500).await;
    assert_eq!((second.earlier_sends, second.sends, second.tries), (0, 1, 1));
}

pub async fn an_unknown_reply_is_read_back_when_due(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    let first = lease_one(store, NOW).await;
    let later = NOW + CALL + QUIET;
    store.commit(settled(&first, unknown(later))).await.unwrap();
    assert!(store.lease(lease(10, later - 1)).await.unwrap().leased.is_empty());
    let second = lease_one(store, later).await;
    assert_eq!(second.earlier_sends, 1);
    // The listing was refused for now: the send is still in doubt.
    store.commit(settled(&second, ready(later))).await.unwrap();
    let third = lease_one(store, later).await;
    assert_eq!((third.earlier_sends, third.sends), (1, 1));
    store.commit(settled(&third, done("c1"))).await.unwrap();
    assert_eq!(state_of(store, &third.id).await, EffectState::Done);
}

pub async fn what_comes_after_waits(store: &dyn Store) {
    let page = page(1);
    let first = reply(&page, 1);
    let mut second = status(&page, "s1");
    second.after = Some(first.id.clone());
    store.commit(effects(vec![second.clone(), first])).await.unwrap();
    let leased = lease_one(store, NOW + 1).await;
    let next_at_ms = store.waiting(NOW).await.unwrap().next_at_ms;
    assert!(
        next_at_ms.is_some_and(|at| at > NOW),
        "what waits for another is not due: {next_at_ms:?}"
    );
    store.commit(settled(&leased, done("c1"))).await.unwrap();
    let leased = lease_one(store, NOW + 1).await;
    assert_eq!(leased.id, second.id);
    assert_eq!(leased.after_remote_id.as_deref(), Some("c1"));
    assert_eq!(leased.after_state, Some(EffectState::Done));
}

pub async fn a_project_has_one_effect_in_hand(store: &dyn Store) {
    let page = page(1);
    let all = vec![of_project(&page, "p1"), of_project(&page, "p2"), status(&page, "s1")];
    for (project, effects_of_it) in [("here", all), ("there", vec![of_project(&page, "p3")])] {
        let mut commit = effects(effects_of_it);
        project.clone_into(&mut commit.project);
        store.commit(commit).await.unwrap();
    }
    let here = |now_ms| LeaseRequest {
        project: Some("here".to_owned()),
        ..lease(10, now_ms)
    };
    let leased = store.lease(here(NOW)).await.unwrap();
    assert_eq!(ids(&leased), [&EffectId::of(&["p1"]), &EffectId::of(&["s1"])]);
    assert!(store.lease(here(NOW)).await.unwrap().leased.is_empty(), "one at a time");
    store.commit(settled(&leased.leased[0], failed())).await.unwrap();
    assert_eq!(ids(&store.lease(here(NOW)).await.unwrap()), [&EffectId::of(&["p2"])]);
    let stuck = store.waiting(NOW + 3_600_001).await.unwrap().stuck;
    assert_eq!(stuck, 2, "p2 is in hand, p3 has no worker");
}

pub async fn replies_go_before_property_writes_but_not_for_ever(store: &dyn Store) {
    let page = page(1);
    let mut late = reply(&page, 2);
    late.not_before = chrono::DateTime::from_timestamp_millis(NOW + 20_000);
    store
        .commit(effects(vec![status(&page, "s1"), reply(&page, 1), late]))
        .await
        .unwrap();
    let leased = store.lease(lease(1, NOW + 20_000)).await.unwrap();
    assert_eq!(ids(&leased), [&reply(&page, 1).id]);
    let leased = store.lease(lease(1, NOW + 20_000)).await.unwrap();
    assert_eq!(ids(&leased), [&EffectId::of(&["s1"])], "it has waited for long enough");
    assert_eq!(store.lease(lease(1, NOW + 20_000)).await.unwrap().leased.len(), 1);
}

pub async fn what_nobody_holds_can_be_called_off(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    let row = store.open_effects(&page).await.unwrap().remove(0);
    let mut commit = Commit {
        at_ms: NOW,
        ..Commit::default()
    };
    commit.settled.push(Settle {
        id: row.id.clone(),
        epoch: row.epoch,
        outcome: keyminder::domain::effect::Outcome::Moot {
            why: "deleted".to_owned(),
        },
        given_up: None,
    });
    store.commit(commit.clone()).await.unwrap();
    assert!(store.lease(lease(10, NOW)).await.unwrap().leased.is_empty());
    assert!(
        matches!(store.commit(commit).await, Err(StoreError::Fenced(_))),
        "what is settled stays so"
    );
}

pub async fn the_audit_is_asked_by_comment_page_and_row(store: &dyn Store) {
    let (one, two) = (page(1), page(2));
    let audit = vec![
        audit(&one, 1, "seen"),
        audit(&two, 2, "seen"),
        audit(&one, 1, "done"),
        audit(&one, 3, "seen"),
    ];
    store
        .commit(Commit {
            audit,
            ..Commit::default()
        })
        .await
        .unwrap();
    let all = AuditQuery {
        limit: 10,
        ..AuditQuery::default()
    };
    let of_comment = AuditQuery {
        comment: Some(comment_id(1)),
        ..all.clone()
    };
    let rows = store.audit(of_comment).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(),
        ["seen", "done"]
    );
    let of_page = AuditQuery {
        page: Some(two),
        ..all.clone()
    };
    assert_eq!(store.audit(of_page).await.unwrap()[0].comment, Some(comment_id(2)));
    let rows = store.audit(all.clone()).await.unwrap();
    assert_eq!(rows.len(), 4);
    let later = AuditQuery {
        after: rows[2].n,
        ..all
    };
    assert_eq!(store.audit(later).await.unwrap().len(), 1);
}

pub async fn a_reference_leads_to_its_comment(store: &dyn Store) {
    let page = page(1);
    store.commit(decision(&page, 1, Some(0))).await.unwrap();
    let found = store
        .by_reference(Reference::of(&comment_id(1)).as_str())
        .await
        .unwrap();
    assert_eq!(found, Some((page, comment_id(1))));
    assert_eq!(store.by_reference("0000-0000").await.unwrap(), None);
    assert_eq!(store.by_reference("no reference").await.unwrap(), None);
}

pub async fn facts_are_kept_by_name(store: &dyn Store) {
    assert_eq!(store.recall("bots").await.unwrap(), None);
    store.remember("bots", "a").await.unwrap();
    store.remember("bots", "a,b").await.unwrap();
    assert_eq!(store.recall("bots").await.unwrap().as_deref(), Some("a,b"));
}

pub async fn what_waits_is_counted(store: &dyn Store) {
    let page = page(1);
    let mut commit = decision(&page, 1, Some(0));
    commit
        .effects
        .extend([reply(&page, 2), reply(&page, 3), reply(&page, 4), status(&page, "s1")]);
    store.commit(commit).await.unwrap();
    let leased = store.lease(lease(4, NOW)).await.unwrap().leased;
    let ends = [done("c1"), parked(NOW), failed()];
    for (leased, how) in leased.iter().zip(ends) {
        store.commit(settled(leased, how)).await.unwrap();
    }
    let expected = Waiting {
        open: 2,
        unknown: 1,
        parked: 1,
        failed: 1,
        next_at_ms: Some(NOW),
        oldest_ms: Some(NOW),
        comments: 1,
        replies: 1,
        stuck: 0,
    };
    assert_eq!(store.waiting(NOW).await.unwrap(), expected);
}
