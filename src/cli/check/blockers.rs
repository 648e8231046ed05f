//! The parts of replies that tell of obstacles: each kind, on no step, on one and on several, one's own and another's.
use crate::domain::classify::BlockerKind;
use crate::domain::page::ReplyPart;

/// Every obstacle that a reply can speak of.
pub(super) fn blockers() -> Vec<ReplyPart> {
    use BlockerKind::{Access, Auth, Missing, Network, Other, Permission, RateLimit, Scheduler, WrongEnv};
    let kinds = [
        Access, Auth, Missing, Network, Other, Permission, RateLimit, Scheduler, WrongEnv,
    ];
    let part = |kind| {
        [&[][..], &[1], &[3], &[1, 3], &[2, 3, 5], &[99]].map(|steps| {
            let (steps, told, of) = (steps.to_vec(), false, None);
            ReplyPart::Blocker { kind, steps, told, of }
        })
    };
    let of_another = kinds.map(|kind| ReplyPart::Blocker {
        kind,
        steps: vec![3],
        told: true,
        of: Some("Bram".to_owned()),
    });
    kinds.into_iter().flat_map(part).chain(of_another).collect()
}

/// `en/blocker/ACT_011_SEC/permission.md` is the help of one page.
pub(super) fn page_of_blocker(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once("/blocker/")?;
    Some(rest.split_once('/')?.0)
}
