//! What every store must hold of replies in doubt, given up, found, and wanted again; and of whose turn it is.
use super::contract::{lease_one, state_of};
use super::rows::*;
use keyminder::domain::effect::{Effect, EffectId};
use keyminder::domain::ids::CommentId;
use keyminder::store::*;

/// Settles what is leased, at the moment of the lease.
async fn settle_at(store: &dyn Store, leased: &EffectRow, how: Ending, at_ms: i64) {
    let commit = Commit {
        at_ms,
        ..settled(leased, how)
    };
    store.commit(commit).await.unwrap();
}

async fn row(store: &dyn Store, id: &EffectId) -> EffectRow {
    store.effect(id).await.unwrap().unwrap()
}

fn revived(id: &EffectId, at_ms: i64) -> Commit {
    Commit {
        at_ms,
        revived: vec![id.clone()],
        ..Commit::default()
    }
}

fn found(id: &EffectId, comment: &str) -> Commit {
    Commit {
        at_ms: NOW,
        found: vec![(id.clone(), CommentId::from_wire(comment))],
        ..Commit::default()
    }
}

pub async fn a_look_may_come_before_the_proof(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    let sent = lease_one(store, NOW).await;
    assert_eq!(sent.absence_proven_from_ms, 0, "no earlier send is in doubt");
    settle_at(store, &sent, unknown(NOW + 2_000), NOW + 1_000).await;
    let early = lease_one(store, NOW + 2_000).await;
    assert_eq!(
        (early.earlier_sends, early.absence_proven_from_ms),
        (1, NOW + CALL + QUIET)
    );
    let proof_known_better = unknown_until_proven(NOW + 5_000, Some(NOW + 60_000));
    settle_at(store, &early, proof_known_better, NOW + 3_000).await;
    let again = lease_one(store, NOW + 5_000).await;
    assert_eq!(again.absence_proven_from_ms, NOW + 60_000);
    settle_at(store, &again, absent(), NOW + 60_000).await;
    let second = lease_one(store, NOW + 60_000).await;
    assert_eq!((second.earlier_sends, second.absence_proven_from_ms), (0, 0));
    settle_at(store, &second, unknown(NOW + 61_000), NOW + 61_000).await;
    let look = lease_one(store, NOW + 61_000).await;
    assert_eq!(
        look.absence_proven_from_ms,
        NOW + 60_000 + CALL + QUIET,
        "of the second send"
    );
}

pub async fn what_was_given_up_is_woken_when_its_time_comes(store: &dyn Store) {
    let page = page(1);
    store
        .commit(effects(vec![reply(&page, 1), reply(&page, 2)]))
        .await
        .unwrap();
    let leased = store.lease(lease(2, NOW)).await.unwrap().leased;
    settle_at(store, &leased[0], parked(NOW + 1_000), NOW).await;
    settle_at(store, &leased[1], parked(NOW + 9_000), NOW).await;
    assert_eq!(store.wake_parked(NOW + 999, NOW + 999).await.unwrap(), 0);
    assert!(store.lease(lease(2, NOW + 999)).await.unwrap().leased.is_empty());
    assert_eq!(store.wake_parked(NOW + 1_000, NOW + 1_000).await.unwrap(), 1);
    let woken = lease_one(store, NOW + 1_000).await;
    assert_eq!(
        (&woken.id, woken.earlier_sends),
        (&leased[0].id, 1),
        "it is read back, not sent"
    );
    assert_eq!(
        store.wake_parked(i64::MAX, NOW + 2_000).await.unwrap(),
        1,
        "all of them"
    );
    let row = row(store, &leased[1].id).await;
    assert_eq!((row.state, row.not_before_ms), (EffectState::Unknown, NOW + 2_000));
    assert_eq!(store.waiting(NOW).await.unwrap().parked, 0);
}

pub async fn what_had_ended_without_a_reply_is_revived(store: &dyn Store) {
    let page = page(1);
    let replies: Vec<_> = (1..=4).map(|number| reply(&page, number)).collect();
    store.commit(effects(replies)).await.unwrap();
    let leased = store.lease(lease(4, NOW)).await.unwrap().leased;
    // Moot, and certainly not sent: READY takes the send back.
    settle_at(store, &leased[0], ready(NOW), NOW).await;
    let again = lease_one(store, NOW).await;
    settle_at(store, &again, ready(NOW), NOW).await;
    let mut commit = settled(&again, moot());
    commit.revived = vec![again.id.clone()];
    store.commit(commit).await.unwrap();
    settle_at(store, &leased[1], failed(), NOW).await;
    settle_at(store, &leased[2], parked(i64::MAX), NOW).await;
    settle_at(store, &leased[3], done("c4"), NOW).await;
    for leased in &leased {
        store.commit(revived(&leased.id, NOW + 7)).await.unwrap();
    }
    let stands = async |at: usize| {
        let row = row(store, &leased[at].id).await;
        (row.state, row.not_before_ms)
    };
    assert_eq!(
        stands(0).await,
        (EffectState::Ready, NOW),
        "open again since its own commit"
    );
    assert_eq!(
        stands(1).await,
        (EffectState::Ready, NOW + 7),
        "what was refused was certainly not sent"
    );
    assert_eq!(stands(2).await, (EffectState::Unknown, NOW + 7));
    assert_eq!(stands(3).await.0, EffectState::Done, "what is done stays done");
    store.commit(revived(&EffectId::of(&["nobody"]), NOW)).await.unwrap();
}

pub async fn what_stands_on_the_page_is_done_whoever_holds_it(store: &dyn Store) {
    let page = page(1);
    store.commit(effects(vec![reply(&page, 1)])).await.unwrap();
    let held = lease_one(store, NOW).await;
    store.commit(found(&held.id, "c1")).await.unwrap();
    let late = store.commit(settled(&held, absent())).await;
    assert!(matches!(late, Err(StoreError::Fenced(_))), "it is not sent again");
    let seen = row(store, &held.id).await;
    assert_eq!((seen.state, seen.remote_id.as_deref()), (EffectState::Done, Some("c1")));
    store.commit(found(&held.id, "c0")).await.unwrap();
    assert_eq!(
        row(store, &held.id).await.remote_id.as_deref(),
        Some("c0"),
        "the twin that stays is the reply"
    );
    // A store that was lost: decided anew, and seen at once.
    let mut anew = effects(vec![reply(&page, 2)]);
    anew.found = found(&reply(&page, 2).id, "c2").found;
    store.commit(anew).await.unwrap();
    assert_eq!(state_of(store, &reply(&page, 2).id).await, EffectState::Done);
    assert!(store.lease(lease(9, NOW + 1)).await.unwrap().leased.is_empty());
}

pub async fn replies_are_known_by_page(store: &dyn Store) {
    let (here, there) = (page(1), page(2));
    let all = vec![
        reply(&here, 1),
        reply(&here, 2),
        reply(&here, 3),
        reply(&there, 4),
        status(&here, "s1"),
    ];
    store.commit(effects(all)).await.unwrap();
    let leased = store.lease(lease(5, NOW)).await.unwrap().leased;
    let of = |number| {
        leased
            .iter()
            .find(|leased| leased.id == reply(&page(1), number).id)
            .unwrap()
    };
    settle_at(store, of(1), done("c1"), NOW).await;
    settle_at(store, of(2), parked(NOW), NOW).await;
    let doubtful = store.doubtful_replies(&here).await.unwrap();
    assert_eq!(
        doubtful,
        [reply(&here, 3).id, reply(&here, 2).id],
        "in hand, and given up"
    );
    assert_eq!(store.known_replies(&here).await.unwrap(), [CommentId::from_wire("c1")]);
    assert!(store.known_replies(&there).await.unwrap().is_empty());
    settle_at(store, of(3), ready(NOW), NOW).await;
    assert_eq!(store.doubtful_replies(&here).await.unwrap(), [reply(&here, 2).id]);
}

pub async fn people_may_ask_for_another_try(store: &dyn Store) {
    let page = page(1);
    store
        .commit(effects(vec![reply(&page, 1), reply(&page, 2)]))
        .await
        .unwrap();
    let leased = store.lease(lease(2, NOW)).await.unwrap().leased;
    settle_at(store, &leased[0], parked(i64::MAX), NOW).await;
    settle_at(store, &leased[1], done("c2"), NOW).await;
    assert!(store.take_retries(NOW).await.unwrap().is_empty());
    for leased in &leased {
        store.remember(&retry_fact(&leased.id), "").await.unwrap();
    }
    store.remember("retrying", "no wish").await.unwrap();
    assert_eq!(store.take_retries(NOW + 5).await.unwrap(), [leased[0].id.clone()]);
    let row = row(store, &leased[0].id).await;
    assert_eq!((row.state, row.not_before_ms), (EffectState::Unknown, NOW + 5));
    assert!(
        store.take_retries(NOW).await.unwrap().is_empty(),
        "asked once, done once"
    );
    assert_eq!(store.recall(&retry_fact(&leased[1].id)).await.unwrap(), None);
    assert!(store.recall("retrying").await.unwrap().is_some());
}

/// The numbers of the comments that are answered next, by page: `(1, 7)`.
async fn next(store: &dyn Store, places: usize, now_ms: i64) -> Vec<(u64, u64)> {
    let leased = store.lease(lease(places, now_ms)).await.unwrap().leased;
    let number = |leased: &EffectRow| {
        let Effect::PostReply { comment: Some(of), .. } = &leased.effect else {
            return (0, 0);
        };
        let of = (0..300).find(|number| comment_id(*number) == *of).unwrap();
        (if leased.page == page(1) { 1 } else { 2 }, of)
    };
    leased.iter().map(number).collect()
}

pub async fn a_flooded_page_lets_others_in(store: &dyn Store) {
    let flood = (0..100).map(|number| reply(&page(1), number)).collect();
    store.commit(effects(flood)).await.unwrap();
    assert_eq!(
        next(store, 4, NOW).await,
        [(1, 0), (1, 1), (1, 2), (1, 3)],
        "free places are filled, in order"
    );
    let at = |at_ms, effects| Commit {
        at_ms,
        ..self::effects(effects)
    };
    let mut other = reply(&page(2), 200);
    other.not_before = None;
    store.commit(at(NOW + 1_500, vec![other])).await.unwrap();
    let mut own = reply(&page(1), 100);
    own.not_before = None;
    store.commit(at(NOW + 1_600, vec![own])).await.unwrap();
    assert_eq!(
        next(store, 2, NOW + 2_000).await,
        [(2, 200), (1, 4)],
        "one question elsewhere does not wait for a hundred here"
    );
    let rest = next(store, 200, NOW + 2_000).await;
    let expected: Vec<_> = (5..=100).map(|number| (1, number)).collect();
    assert_eq!(
        rest, expected,
        "nobody waits while there are places, and the order stays"
    );
}
