//! One effect done: its variant leads to the file of the same name.
use super::context::EffectContext;
use super::outcomes::skipped;
use super::{
    back_up_env, check_box, gather_evidence, look_up_keys, mark_exposed, mask_block, move_rotation, post_reply,
    probe_keys, set_property, set_status, unmark_exposed, update_reply, watch_exposed, write_schedule,
};
use crate::domain::effect::{Effect, Outcome};
use crate::rotation::MeantKeys;
use crate::store::EffectRow;
use std::sync::Arc;
use tokio::time::Instant;

/// Does an effect. A reply begins its call before `until`, or not at all: after that its lease could end under it.
pub(super) async fn perform(context: &EffectContext, leased: &EffectRow, until: Instant) -> Outcome {
    match &leased.effect {
        Effect::PostReply {
            comment,
            also,
            place,
            runs,
            reference,
        } => {
            let reply = post_reply::ReplyDraft {
                comment: comment.as_ref(),
                also,
                place,
                runs,
                reference,
                until,
            };
            post_reply::perform(context, leased, &reply).await
        }
        Effect::UpdateReply { reply, runs, reference } => {
            update_reply::perform(context, leased, reply, runs, reference).await
        }
        Effect::CheckBox { block, checked } => check_box::perform(context, block, *checked).await,
        Effect::SetStatus { to } => set_status::perform(context, &leased.page, *to).await,
        Effect::SetProperty { property, value } => set_property::perform(context, &leased.page, *property, value).await,
        Effect::MaskBlock { block } => mask_block::perform(context, &leased.page, block, leased.tries).await,
        Effect::BackUpEnv { .. }
        | Effect::ProbeKeys { .. }
        | Effect::WriteSchedule { .. }
        | Effect::LookUpKeys { .. }
        | Effect::MoveRotation { .. }
        | Effect::MarkExposed { .. }
        | Effect::UnmarkExposed { .. }
        | Effect::WatchExposed { .. }
        | Effect::GatherEvidence { .. } => with_keys(context, leased).await,
    }
}

/// Does an effect that works with keys, under the names that `.env` has now.
async fn with_keys(context: &EffectContext, leased: &EffectRow) -> Outcome {
    let keys = Arc::new(context.keys.renewed().await);
    let collector = context.collector.with_keys(Arc::clone(&keys));
    match &leased.effect {
        Effect::BackUpEnv {
            at,
            reason,
            cycle,
            asked,
        } => back_up_env::perform(&keys, *at, asked.then_some(reason.as_str()), *cycle).await,
        Effect::ProbeKeys { variables } => probe_keys::perform(context, &keys, &leased.page, variables).await,
        Effect::WriteSchedule { rotated_at, .. } => write_schedule::perform(&keys, *rotated_at).await,
        Effect::LookUpKeys { variables, holders } => look_up_keys::perform(&keys, variables, *holders).await,
        Effect::MoveRotation { moves } => move_rotation::perform(&keys, moves).await,
        Effect::MarkExposed { variables, all, former } => {
            mark_exposed::perform(&keys, meant(variables, *all, former)).await
        }
        Effect::UnmarkExposed {
            variables,
            all,
            but,
            former,
        } => {
            let which = meant(variables, *all, former);
            unmark_exposed::perform(&keys, which, but).await
        }
        Effect::WatchExposed { variables, all, former } => {
            watch_exposed::perform(&collector, &meant(variables, *all, former)).await
        }
        Effect::GatherEvidence { check, cycle } => {
            gather_evidence::perform(context, &leased.page, &collector, check, cycle).await
        }
        _ => skipped("it needs no key"),
    }
}

fn meant(variables: &[String], all: bool, former: &[String]) -> MeantKeys {
    MeantKeys {
        names: variables.to_vec(),
        all,
        former: former.to_vec(),
    }
}
