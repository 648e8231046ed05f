//! Composing a reply: each part its prompt, then the one next step; facts in, runs out.
use super::builder::DecisionBuilder;
use super::prompt_facts::{described, facts, keys, line, missing, on_whose_word, said_boxes, shown, titles};
use super::{key_facts, layout, leak_clock, page_facts, questions, quotations};
use crate::classify::BlockerKind;
use crate::evidence::CheckStatus;
use crate::page::{Conversation, HeldKeys, ReplyPart};
use crate::reply::{self, Run};
use minijinja::context;
use minijinja::value::Value;

/// Whether a part claims that something is finished.
pub(super) fn is_claim(part: &ReplyPart) -> bool {
    matches!(part, ReplyPart::Claim { .. })
}

/// The reply to a conversation.
pub(super) fn reply(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> Vec<Run> {
    let facts = facts(builder, conversation);
    let said = |name: &str, own: Value| {
        let all = context! { ..own, ..facts.clone() };
        builder.playbook.prompts.say(&conversation.language, name, &all)
    };
    let mut paragraphs: Vec<String> = Vec::new();
    for part in &conversation.parts {
        let (name, own) = prompt(builder, conversation, part);
        paragraphs.push(said(&name, own));
    }
    if wants_next_step(builder, conversation) {
        paragraphs.push(said("next", context! {}));
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let mut said = reply::runs(&layout::without_repeated_lines(&paragraphs.join("\n")));
    let mut runs = layout::salutation(conversation);
    if !runs.is_empty() {
        said = builder.playbook.prompts.behind_a_name(&conversation.language, said);
    }
    runs.extend(layout::shorten(said));
    runs
}

/// One next step: after a blocker it is to post what is asked for, after a question or one line there is none.
fn wants_next_step(builder: &DecisionBuilder<'_>, conversation: &Conversation) -> bool {
    let mut wants = false;
    for part in &conversation.parts {
        match part {
            ReplyPart::Blocker { .. }
            | ReplyPart::Help { .. }
            | ReplyPart::Misread { .. }
            | ReplyPart::Posted { .. }
            | ReplyPart::Held { .. }
            | ReplyPart::Leaked { .. }
            | ReplyPart::LeakByGuest { .. }
            | ReplyPart::NotLeaked { .. }
            | ReplyPart::Gone { .. }
            | ReplyPart::ByHand { .. }
            | ReplyPart::Asks { .. }
            | ReplyPart::LeftOut { .. }
            | ReplyPart::NoSuchStep { .. }
            | ReplyPart::Limited
            | ReplyPart::Enough { .. }
            | ReplyPart::ByBot { .. }
            | ReplyPart::Guidance
            | ReplyPart::LooksLikeKey
            | ReplyPart::Alert { .. }
            | ReplyPart::Due
            | ReplyPart::Claim { whole: true, .. } => return false,
            ReplyPart::Question { topic, .. } if matches!(topic.as_str(), "next" | "first") => return false,
            ReplyPart::Claim { steps, .. } => wants = !lacks_proof(builder, steps) || builder.is_finished(),
            ReplyPart::Correction { .. }
            | ReplyPart::Keys { .. }
            | ReplyPart::SetAside { .. }
            | ReplyPart::Progress { cleared: true, .. }
            | ReplyPart::Summary { .. } => wants = true,
            ReplyPart::Progress { .. }
            | ReplyPart::Disputed
            | ReplyPart::Question { .. }
            | ReplyPart::BoxesAsked { .. }
            | ReplyPart::KeysAsked { .. }
            | ReplyPart::Dates { .. }
            | ReplyPart::DatesBack { .. }
            | ReplyPart::Left
            | ReplyPart::Does { .. }
            | ReplyPart::Reminds { .. }
            | ReplyPart::Quoted { .. }
            | ReplyPart::Nudge
            | ReplyPart::WasOpen { .. }
            | ReplyPart::Denied { .. }
            | ReplyPart::Waits { .. }
            | ReplyPart::Clean { .. }
            | ReplyPart::Cut { .. }
            | ReplyPart::Together { .. } => {}
        }
    }
    wants
}

/// Whether evidence for one of these steps was looked at and is no proof.
fn lacks_proof(builder: &DecisionBuilder<'_>, steps: &[u8]) -> bool {
    let mut checks = steps.iter().flat_map(|step| builder.checks_of_step(*step));
    checks.any(|check| {
        let evidence = builder.state.evidence_for(&check);
        evidence.is_some_and(|evidence| evidence.standing != CheckStatus::Proven)
    })
}

/// As [`prompt`], of a part that tells of a leak, or that there was none.
fn of_leak(builder: &DecisionBuilder<'_>, conversation: &Conversation, part: &ReplyPart) -> (String, Value) {
    let (name, facts) = match part {
        ReplyPart::Leaked { variables, all, former } => {
            let facts = leak_clock::facts(builder, conversation, (variables, *all, former));
            ("leaked", facts)
        }
        ReplyPart::NotLeaked {
            variables,
            all,
            former,
            stays,
        } => {
            let waits = !conversation.effects.is_empty();
            let (back, old) = (titles(builder, variables), titles(builder, former));
            let stays = stays.iter().map(|mark| {
                let (titles, old) = (titles(builder, &mark.variables), titles(builder, &mark.former));
                context! { titles, old, ..shown(mark) }
            });
            let facts = context! { titles => back, all, old, waits, stays => stays.collect::<Vec<_>>() };
            ("not_leaked", facts)
        }
        part => {
            let told = *part == ReplyPart::LeakByGuest { told: true };
            ("leak_by_guest", context! { told })
        }
    };
    (name.to_owned(), facts)
}

/// As [`prompt`], of a part that tells what was heard of the work.
fn of_work(builder: &DecisionBuilder<'_>, conversation: &Conversation, part: &ReplyPart) -> (String, Value) {
    let language = conversation.language.as_str();
    match part {
        ReplyPart::Claim {
            whole: true,
            minutes,
            planned,
            ..
        } => {
            let missing = missing(builder, language);
            let planned = planned.or(builder.state.guide.planned_minutes());
            let word = on_whose_word(builder, conversation);
            ("claim_whole".to_owned(), context! { missing, minutes, planned, ..word })
        }
        ReplyPart::Claim { steps, boxes, .. } => {
            let steps = described(builder, language, steps);
            (
                "claim".to_owned(),
                context! { steps, boxes => said_boxes(builder, language, boxes) },
            )
        }
        ReplyPart::Progress { steps, .. } => {
            let steps = described(builder, language, steps);
            ("progress".to_owned(), context! { steps, ..shown(part) })
        }
        ReplyPart::Blocker { kind, steps, told, of } => {
            let steps = described(builder, language, steps);
            (
                blocker(builder, language, *kind),
                context! { step => shown(steps.first()), steps, kind => shown(kind), told, of => shown(of) },
            )
        }
        ReplyPart::Correction {
            steps,
            boxes,
            unticked,
            reopened,
            cleared,
        } => {
            let (steps, unticked) = (described(builder, language, steps), unticked.len());
            let boxes = said_boxes(builder, language, boxes);
            (
                "correction".to_owned(),
                context! { steps, boxes, unticked, reopened, cleared },
            )
        }
        _ => ("disputed".to_owned(), context! {}),
    }
}

/// A part's prompt, and the facts that it alone needs.
fn prompt(builder: &DecisionBuilder<'_>, conversation: &Conversation, part: &ReplyPart) -> (String, Value) {
    let language = conversation.language.as_str();
    // The state of the keys is told once.
    let reported = conversation
        .parts
        .iter()
        .any(|part| matches!(part, ReplyPart::Keys { .. }));
    match part {
        ReplyPart::Claim { .. }
        | ReplyPart::Progress { .. }
        | ReplyPart::Blocker { .. }
        | ReplyPart::Correction { .. } => of_work(builder, conversation, part),
        ReplyPart::Keys { .. } => ("keys".to_owned(), context! { keys => keys(conversation) }),
        ReplyPart::Posted { keys: posted } => (
            "posted".to_owned(),
            context! { posted => shown(posted), keys => if reported { Vec::new() } else { keys(conversation) } },
        ),
        ReplyPart::Leaked { .. } | ReplyPart::LeakByGuest { .. } | ReplyPart::NotLeaked { .. } => {
            of_leak(builder, conversation, part)
        }
        ReplyPart::Gone { labels, of_page } => {
            let name = if *of_page { "held_gone" } else { "posted_gone" };
            (name.to_owned(), context! { labels => shown(labels) })
        }
        ReplyPart::ByBot { labels } => ("key_by_bot".to_owned(), context! { labels => shown(labels) }),
        ReplyPart::Held { places, masks } => ("held".to_owned(), held(places, *masks)),
        ReplyPart::Clean { labels } => ("posted_clean".to_owned(), context! { labels => shown(labels) }),
        ReplyPart::ByHand { number, text, check } => {
            let line = builder
                .state
                .evidence_for(check)
                .map(|evidence| line(builder, language, evidence));
            ("by_hand".to_owned(), context! { number, text, line })
        }
        ReplyPart::Limited => ("limited".to_owned(), context! {}),
        ReplyPart::Cut { chars } => ("cut".to_owned(), context! { chars }),
        ReplyPart::Enough { again_at } => {
            let at = again_at.with_timezone(&builder.playbook.zone);
            ("enough".to_owned(), context! { at => at.format("%H:%M").to_string() })
        }
        ReplyPart::Guidance => ("guidance".to_owned(), context! {}),
        ReplyPart::LooksLikeKey => ("looks_like_key".to_owned(), context! {}),
        ReplyPart::Together { comments } => ("together".to_owned(), context! { comments }),
        ReplyPart::Summary { comments } => {
            let missing = missing(builder, language);
            ("summary".to_owned(), context! { comments, missing })
        }
        ReplyPart::Alert { prompt, facts } => (format!("alert/{prompt}"), shown(facts)),
        ReplyPart::Due => ("due".to_owned(), context! {}),
        ReplyPart::KeysAsked { question } => key_facts::answer(builder, conversation, question),
        ReplyPart::Dates { wish, outcome } => key_facts::dates(builder, conversation, wish, outcome),
        ReplyPart::DatesBack { moves } => key_facts::dates_back(builder, conversation, moves),
        ReplyPart::Help { .. }
        | ReplyPart::Disputed
        | ReplyPart::SetAside { .. }
        | ReplyPart::Misread { .. }
        | ReplyPart::Question { .. }
        | ReplyPart::BoxesAsked { .. }
        | ReplyPart::Asks { .. }
        | ReplyPart::LeftOut { .. }
        | ReplyPart::NoSuchStep { .. }
        | ReplyPart::WasOpen { .. }
        | ReplyPart::Denied { .. }
        | ReplyPart::Waits { .. }
        | ReplyPart::Does { .. }
        | ReplyPart::Reminds { .. }
        | ReplyPart::Quoted { .. }
        | ReplyPart::Nudge
        | ReplyPart::Left => to_us(builder, conversation, part),
    }
}

/// The answers to what people say to us: a request, a question, a dispute, what does not apply, what was misread; and what we
/// ask them.
fn to_us(builder: &DecisionBuilder<'_>, conversation: &Conversation, part: &ReplyPart) -> (String, Value) {
    let language = conversation.language.as_str();
    match part {
        ReplyPart::Help { step } => {
            let step = step.and_then(|step| described(builder, language, &[step]).into_iter().next());
            ("help".to_owned(), context! { step })
        }
        ReplyPart::SetAside { steps, variables, back } => {
            let titles = titles(builder, variables);
            ("set_aside".to_owned(), context! { steps => shown(steps), titles, back })
        }
        ReplyPart::Misread {
            from,
            to,
            unticked,
            known,
            asks,
            of,
        } => (
            "misread".to_owned(),
            context! { from => shown(from), to => shown(to), unticked, known, asks, of => shown(of) },
        ),
        ReplyPart::Question { topic, step } => page_facts::answer(builder, conversation, topic, *step),
        ReplyPart::BoxesAsked { boxes } => {
            let boxes = page_facts::boxes_asked(builder, conversation, boxes);
            ("question/boxes".to_owned(), context! { boxes })
        }
        ReplyPart::Does { steps, of, back } => {
            let steps = described(builder, language, steps);
            ("does".to_owned(), context! { steps, of => shown(of), back })
        }
        ReplyPart::Nudge => ("nudge".to_owned(), context! {}),
        ReplyPart::Reminds { at, errand } => {
            let when = page_facts::reminder(builder, language, *at);
            ("reminds".to_owned(), context! { errand => shown(errand), ..when })
        }
        ReplyPart::Quoted { line } => ("quoted".to_owned(), quotations::facts(builder, line)),
        ReplyPart::Asks { asked } => questions::prompt(builder, language, asked),
        ReplyPart::LeftOut { options, steps, whole } => (
            "left_out".to_owned(),
            context! { options => shown(options), steps, whole },
        ),
        ReplyPart::NoSuchStep { step } => ("no_such_step".to_owned(), context! { step }),
        ReplyPart::Left => ("left".to_owned(), context! {}),
        ReplyPart::WasOpen { steps } => ("was_open".to_owned(), context! { steps => shown(steps) }),
        ReplyPart::Denied { steps, own, of } => (
            "denied".to_owned(),
            context! { steps => shown(steps), own, of => shown(of) },
        ),
        ReplyPart::Waits { name } => ("waits_for".to_owned(), context! { whom => shown(name) }),
        _ => ("disputed".to_owned(), context! {}),
    }
}

/// At most so many blocks with a key are named one by one.
const PLACES: usize = 4;

fn held(places: &[(String, HeldKeys)], masks: bool) -> Value {
    // The link to a block has the block behind the page.
    let place = |(url, keys): &(String, HeldKeys)| {
        context! { url, of_page => !url.contains('#'), keys => shown(keys) }
    };
    let named: Vec<Value> = places.iter().take(PLACES).map(place).collect();
    let of_page = places.iter().any(|(url, _)| !url.contains('#'));
    let of_block = places.iter().any(|(url, _)| url.contains('#'));
    context! { more => places.len() - named.len(), places => named, masks, of_page, of_block }
}

/// Help for a kind of blocker: the page's own, else the general one.
fn blocker(builder: &DecisionBuilder<'_>, language: &str, kind: BlockerKind) -> String {
    let kind = serde_json::to_value(kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned))
        .unwrap_or_default();
    let state = &builder.state;
    let page = builder.description().map(|page| &page.id).or(state.guide.id.as_ref());
    let own = format!("blocker/{}/{kind}", page.map_or("-", String::as_str));
    let has_own = builder.playbook.prompts.has(language, &own) || builder.playbook.prompts.has("en", &own);
    if has_own { own } else { format!("blocker/{kind}") }
}
