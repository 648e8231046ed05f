//! What people ask about the page, or of us: questions are answered from what the page and its state tell; requests are done, or the
//! way is told.
use super::acting::Acting;
use super::builder::DecisionBuilder;
use super::playbook::Topics;
use super::{doers, heard, looks, misread, quotations, undo};
use crate::asks::PageAsk;
use crate::classify::{Ask, folded};
use crate::effect::Effect;
use crate::event::Report;
use crate::evidence::Check;
use crate::page::{Conversation, Guide, Proof, ReplyPart, Step};
use crate::parts::{PageQuestion, PartNames};
use std::collections::BTreeSet;

/// What is asked of a box as of a step: whether it is done, why not, and who says so.
const HOW_IT_IS: [Ask; 4] = [Ask::Status, Ask::WhyOpen, Ask::Missing, Ask::ByWhom];
/// The topic of who asks whether we are sure: we look again.
const SURE: &str = "sure";

/// What a comment asks of us, each with what follows from it.
pub(super) fn asked(builder: &mut DecisionBuilder<'_>, report: Acting<'_>, parts: &[ReplyPart]) -> Vec<ReplyPart> {
    let mut answers = Vec::new();
    for asked in report.asks.iter().filter(|_| !report.absorbed) {
        if let Some(step) = no_such_step(builder, asked) {
            answers.push(ReplyPart::NoSuchStep { step });
            continue;
        }
        let steps = steps(builder, &report, asked);
        if topic(builder, asked) == SURE {
            // A dispute was looked at already.
            if !parts.contains(&ReplyPart::Disputed) {
                answers.extend(recheck(builder, &report, &steps, SURE));
            }
            continue;
        }
        match asked.ask {
            Some(Ask::Recheck) => {
                // A dispute was looked at already.
                if !parts.contains(&ReplyPart::Disputed) {
                    answers.extend(recheck(builder, &report, &steps, Ask::Recheck.id()));
                }
            }
            Some(Ask::Take | Ask::Assign | Ask::Release) => answers.push(doers::report(builder, report, asked, &steps)),
            Some(Ask::Remind) if !report.wishes.is_empty() => {}
            // A dispute is looked at where all disputes are.
            Some(Ask::Chat | Ask::Dispute) => {}
            Some(Ask::Misread) => answers.push(misread::unknown(None)),
            _ => answers.extend(question(builder, &report, asked, &steps)),
        }
    }
    answers.dedup();
    answers
}

/// What a guest asks, answered from the page; a request moves nothing.
pub(super) fn by_guest(builder: &DecisionBuilder<'_>, report: &Report) -> Vec<ReplyPart> {
    let questions = report
        .asks
        .iter()
        .filter(|asked| !asked.ask.is_some_and(Ask::is_request));
    let answers = questions.flat_map(|asked| question(builder, report, asked, &steps(builder, report, asked)));
    answers.collect()
}

/// A question: of each step by itself, and of boxes that it names by their words.
fn question(builder: &DecisionBuilder<'_>, report: &Report, asked: &PageAsk, steps: &[u8]) -> Vec<ReplyPart> {
    let topic = topic(builder, asked);
    let names = PartNames::of(&builder.state.guide);
    let asked_of = PageQuestion::of(asked.text.as_str());
    let mut quoted = quotations::answer(builder, &names, (asked, &asked_of), topic);
    // "When is the hall booked?" is not asked about the box that says so.
    if let Some(quoted) = quoted.take_if(|_| asked_of.wants_figure()) {
        return vec![quoted];
    }
    let asks_how_it_is = topic == Topics::UNKNOWN
        || HOW_IT_IS.iter().any(|ask| ask.id() == topic)
        || PartNames::asks_whether(asked.text.as_str());
    if asks_how_it_is && asked.steps.is_empty() {
        let (steps, boxes) = names.nearly_all_of(asked.text.as_str());
        if !boxes.is_empty() {
            return vec![ReplyPart::BoxesAsked { boxes }];
        }
        if topic == Topics::UNKNOWN && !steps.is_empty() {
            let topic = Ask::Status.id().to_owned();
            let status = |step| ReplyPart::Question {
                topic: topic.clone(),
                step: Some(step),
            };
            return steps.into_iter().map(status).collect();
        }
    }
    // What a step lacks is why it is open.
    let topic = if topic == Ask::Missing.id() && !steps.is_empty() {
        Ask::WhyOpen.id()
    } else {
        topic
    };
    // After a leak, "what now?" is answered by the order of steps.
    if report.leak.is_some() && ["leak", "next", "first", "how", Topics::UNKNOWN].contains(&topic) {
        return Vec::new();
    }
    let part = |step| ReplyPart::Question {
        topic: topic.to_owned(),
        step,
    };
    if let Some(quoted) = quoted {
        return vec![quoted];
    }
    // "How long may the paint dry?" is not answered by how long the work takes, nor by what else is only guessed.
    let is_doubtful = topic == Ask::HowLong.id() || quotations::is_guessed(builder, asked);
    if is_doubtful && steps.is_empty() && asked_of.is_of_something(&names) {
        return vec![ReplyPart::Question {
            topic: Topics::UNKNOWN.to_owned(),
            step: None,
        }];
    }
    if steps.is_empty() {
        vec![part(None)]
    } else {
        steps.iter().map(|step| part(Some(*step))).collect()
    }
}

/// What is asked about, as a pattern tells it; else as it reads.
fn topic<'b>(builder: &'b DecisionBuilder<'_>, asked: &PageAsk) -> &'b str {
    let is_request = asked.is_sure && asked.ask.is_some_and(Ask::is_request);
    let by_pattern = builder
        .playbook
        .topics
        .find(asked.text.as_str())
        .filter(|_| !is_request);
    let by_reading = asked.ask.map(Ask::id);
    by_pattern.or(by_reading).unwrap_or(Topics::UNKNOWN)
}

/// The number that is asked about and is no step of a page that has some.
fn no_such_step(builder: &DecisionBuilder<'_>, asked: &PageAsk) -> Option<u32> {
    let has_steps = !builder.state.guide.steps.is_empty();
    let of_step = asked.ask.is_none_or(Ask::is_of_step);
    asked
        .no_such_step
        .filter(|_| has_steps && of_step && asked.steps.is_empty())
}

/// The steps that are asked about: by number, else by words of their titles, else the one that the comment stands at.
fn steps(builder: &DecisionBuilder<'_>, report: &Report, asked: &PageAsk) -> Vec<u8> {
    if !asked.steps.is_empty() {
        return asked.steps.clone();
    }
    if !asked.ask.is_none_or(Ask::is_of_step) {
        return Vec::new();
    }
    let by_words = || spoken_of(&builder.state.guide, asked);
    report.on_step.or_else(by_words).into_iter().collect()
}

/// So many letters tell that two words are of one stem: "monitor" and "monitoring".
const STEM: usize = 5;
/// Words of so many letters are seldom said of anything.
const LONG: usize = 7;

/// The step whose title shares the most words with a text, if it is one alone; else the one whose text and commands do.
fn spoken_of(guide: &Guide, asked: &PageAsk) -> Option<u8> {
    let text = asked.text.as_str();
    let of_content = || {
        let commands = nearest(guide, text, STEM, |step| step.commands.join(" "));
        commands.or_else(|| nearest(guide, text, LONG, |step| step.text.clone().unwrap_or_default()))
    };
    let by_title = nearest(guide, text, STEM, |step| step.title.clone());
    let is_of_content = matches!(asked.ask, Some(Ask::About | Ask::How | Ask::Validate | Ask::Recheck));
    by_title.or_else(|| is_of_content.then(of_content).flatten())
}

/// The step that shares the most words of so many letters with a text, if it is one alone.
fn nearest(guide: &Guide, text: &str, least: usize, words: impl Fn(&Step) -> String) -> Option<u8> {
    let stems = |text: &str| -> BTreeSet<String> {
        let folded = folded(text);
        let said = folded.split(|c: char| !c.is_alphanumeric());
        let stem = |word: &str| word.chars().take(STEM).collect::<String>();
        said.filter(|word| word.len() >= least).map(stem).collect()
    };
    let said = stems(text);
    let shared = |title: &str| stems(title).intersection(&said).count();
    let counts: Vec<(usize, u8)> = guide
        .steps
        .iter()
        .map(|step| (shared(&words(step)), step.number))
        .collect();
    let most = counts.iter().map(|(count, _)| *count).max().filter(|most| *most > 0)?;
    let mut best = counts.into_iter().filter(|(count, _)| *count == most);
    let (_, step) = best.next()?;
    best.next().is_none().then_some(step)
}

/// "Check again": the steps or keys that are named, else what was spoken of last, else where the work is. `unseen` is the topic of
/// the answer where nothing can be looked at.
fn recheck(builder: &DecisionBuilder<'_>, report: &Report, steps: &[u8], unseen: &str) -> Vec<ReplyPart> {
    let keys = &report.reading.keys;
    let can_see = |step: &u8| !builder.checks_of_step(*step).is_empty();
    let mut wanted: Vec<u8> = steps.to_vec();
    if steps.is_empty() && !keys.is_empty() {
        let variables = keys.clone();
        return vec![ReplyPart::Keys { variables }];
    }
    if wanted.is_empty() {
        let last = heard::last_of_author(builder, report).or_else(|| heard::last_in_thread(builder, report));
        wanted.extend(last.into_iter().flat_map(|last| heard::steps(builder, last)));
    }
    if wanted.is_empty() {
        wanted.extend(claimed(builder));
    }
    if wanted.is_empty() {
        wanted.extend(looks::current_step(builder));
    }
    wanted.retain(can_see);
    if wanted.is_empty() {
        let topic = unseen.to_owned();
        let step = steps.first().copied();
        return vec![ReplyPart::Question { topic, step }];
    }
    vec![ReplyPart::claim(wanted)]
}

/// The steps that are claimed and not proven.
fn claimed(builder: &DecisionBuilder<'_>) -> Vec<u8> {
    let claimed = undo::claimed(&builder.state).into_iter();
    claimed
        .filter(|step| builder.step_proof(*step) != Proof::Proven)
        .collect()
}

/// A backup that somebody asks for is made before they are answered, where backups are of this page.
pub(super) fn back_up(builder: &mut DecisionBuilder<'_>, conversation: &mut Conversation) {
    let asks = |part: &ReplyPart| matches!(part, ReplyPart::Question { topic, .. } if topic == Ask::Backup.id());
    if !conversation.parts.iter().any(asks) || !makes_backups(builder) {
        return;
    }
    let author = conversation.author.clone();
    if !author.is_some_and(|author| looks::within_limits(builder, &author)) {
        conversation.parts.push(ReplyPart::Limited);
        return;
    }
    builder.begin_cycle(conversation.comment.as_ref());
    // The one at the beginning of the cycle serves as well.
    let effect = match (&builder.state.beginning, &builder.state.cycle) {
        (Some(beginning), _) => beginning.clone(),
        (None, Some(cycle)) => {
            let effect = Effect::BackUpEnv {
                at: builder.now,
                reason: "asked for in a comment".to_owned(),
                cycle: cycle.number,
                asked: true,
            };
            builder.want_now(conversation.comment.as_ref(), effect)
        }
        (None, None) => return,
    };
    conversation.effects.push(effect);
}

/// Whether backups of `.env` are a matter of this page.
pub(super) fn makes_backups(builder: &DecisionBuilder<'_>) -> bool {
    builder.checks_of_all().contains(&Check::Backup)
}
