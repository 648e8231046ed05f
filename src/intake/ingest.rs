//! One way in for a comment, the same for the bot, `run --dry-run` and `explain`: as Notion gave it in, a report out.
use super::heard::{Heard, ReadBy};
use super::marks::CommentMarks;
use super::names_of_pages::NamesOfPages;
use super::page_facts::PageFacts;
use crate::config::Backlog;
use crate::domain::asks::{
    AskReader, AskedOfKeys, DateWish, Ear, PageAsk, likely_asked, named_keys, surely_asked, without_our_name,
};
use crate::domain::classify::{
    Ask, Certainty, Classifier, Clause, Explained, KeyNames, Label, Reading, ReadingContext, Role, Suspicion,
};
use crate::domain::comment::{CleanText, Comment, Extent, Finding, RawText};
use crate::domain::event::{Authority, Report};
use crate::domain::ids::PersonId;
use crate::domain::leaks::LeakReader;
use crate::domain::parts::{answered_by_page, said_of_parts, stands_at, tell_of_parts};
use crate::domain::redact::{Redacted, SharedRedactor};
use crate::notion::{RawComment, anchor, raw_text};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// Comments that were younger than this at the first look at their page are answered.
const YOUNG: TimeDelta = TimeDelta::hours(24);
/// The chance from which on a comment rather asks something, or is talk, than that it reports the obstacle that is guessed.
const ASKED_RATHER: f32 = 0.6;
/// Steps that a page has until it was read; the taxonomy's own number.
const STEPS_UNREAD: u8 = 5;

/// Makes reports of comments: redacts, classifies, and adds who wrote and where.
pub struct Ingest {
    /// Takes keys out of a comment's text.
    pub redactor: SharedRedactor,
    /// Tells a comment from what it said before.
    pub marks: CommentMarks,
    /// Classifies what redaction left of it.
    pub classifier: Arc<Classifier>,
    /// Tells sentences about a leak from all others: the rest is classified.
    pub leaks: Arc<LeakReader>,
    /// The names of the project's keys, which comments may use.
    pub keys: KeyNames,
    /// Reads what is asked about keys and dates; the classifier reads the rest.
    pub asks: Arc<AskReader>,
    /// The names of the parts of each page.
    pub names: NamesOfPages,
    /// Whether comments that were there before the first start are only taken into account.
    pub backlog: Backlog,
}

/// The author of a comment: a person.
#[derive(Clone)]
pub struct Author {
    /// The name for replies, as it came.
    pub name: Option<RawText>,
    /// What this person may do.
    pub authority: Authority,
}

impl Ingest {
    /// Redacts a comment; the hash tells an edit. It is made with a neutral token in place of each key, so that a key
    /// which becomes known later, or changes its label, makes no edit of an old comment. A piece of a key stays as it
    /// stands in what is hashed: were it left out, the edit of a right guess would be none, and one of a wrong guess would.
    pub fn redact(&self, comment: &RawComment) -> (Redacted, u64) {
        let (raw, redactor) = (raw_text(&comment.text()), self.redactor.current());
        let redacted = redactor.redact(&raw);
        let hash = if holds_a_part(&redacted) {
            self.marks.text(&redactor.by_form(&raw).for_reading)
        } else {
            self.marks.text(&redacted.for_reading)
        };
        (redacted, hash)
    }

    /// What decisions see of a comment: from here on there is only clean text.
    pub fn report(&self, comment: &RawComment, author: Author, redacted: Redacted, page: PageFacts<'_>) -> Report {
        let context = self.context(comment, page);
        let names = self.names.of(page.guide);
        let by = ReadBy {
            context: &context,
            names: &names,
        };
        let mut heard = self.hear(comment, &author, &redacted, by);
        let mut reading = self.classifier.read(heard.to_classify(), &context);
        self.tell_of_asked(&mut heard, by, &mut reading);
        self.assemble(comment, author, redacted, page, heard, reading)
    }

    /// As [`Ingest::report`], with what speaks for each part of the reading.
    pub fn explain(
        &self,
        comment: &RawComment,
        author: Author,
        redacted: Redacted,
        page: PageFacts<'_>,
    ) -> (Report, Explained) {
        let context = self.context(comment, page);
        let names = self.names.of(page.guide);
        let by = ReadBy {
            context: &context,
            names: &names,
        };
        let mut heard = self.hear(comment, &author, &redacted, by);
        let mut explained = self.classifier.explain(heard.to_classify(), &context);
        self.tell_of_asked(&mut heard, by, &mut explained.reading);
        let report = self.assemble(comment, author, redacted, page, heard, explained.reading.clone());
        (report, explained)
    }

    /// What is read of a comment. Of a person who may not act only forms are known, and of others too until all of a key
    /// stands there: were the values of our keys looked for, then a guess that is right would read otherwise than one that
    /// is wrong, and an answer would tell.
    fn hear(&self, comment: &RawComment, author: &Author, redacted: &Redacted, page: ReadBy<'_>) -> Heard {
        if author.authority != Authority::Guidance && !holds_a_part(redacted) {
            return self.heard(&redacted.for_reading, Vec::new(), false, page);
        }
        let by_form = self.redactor.current().by_form(&raw_text(&comment.text()));
        self.heard(&by_form.for_reading, by_form.findings, true, page)
    }

    /// The reading of the rest gets the language of all, as a word that is left tells none; and the label of what is asked, where
    /// nothing else is said.
    fn tell_of_asked(&self, heard: &mut Heard, by: ReadBy<'_>, reading: &mut Reading) {
        let ReadBy { context, names } = by;
        let asks_something = heard.asked.rest.is_some() || heard.of_page.rest.is_some();
        if heard.leak.is_some() || heard.no_leak.is_some() || asks_something || heard.of_parts.rest.is_some() {
            reading.language = self.classifier.language(&heard.text, context);
        }
        self.leave_guesses_out(heard, reading);
        if !names.may_tell_of_leaks(heard.text.as_str()) && named_keys(&heard.text, &self.keys).is_empty() {
            reading.suspicions.clear();
        }
        reading.needs_reply |= heard.is_called && reading.labels.contains(&Label::Question);
        let likely = likely_asked(heard.to_classify(), reading, self.ear(context));
        heard.of_page.asks.extend(likely);
        if heard.of_page.asks.is_empty() && heard.asked.rest.is_none() {
            heard
                .of_page
                .asks
                .extend(answered_by_page(heard.to_classify(), reading, names));
            if !heard.of_page.asks.is_empty() {
                reading.retain(|clause| !clause.guessed);
                reading.labels = vec![Label::Question];
                reading.needs_reply = true;
            }
        }
        let asks = &heard.of_page.asks;
        reading.asks = asks.iter().filter_map(|asked| asked.ask).collect();
        reading.steps.extend(asks.iter().flat_map(|asked| &asked.steps));
        reading.steps.sort_unstable();
        reading.steps.dedup();
        let is_chat = !reading.asks.is_empty() && reading.asks.iter().all(|ask| *ask == Ask::Chat);
        // Beside what is asked no report is guessed at that names no step, and beside talk among people none at all.
        let is_talk = reading.asks.contains(&Ask::Chat);
        let is_guess = |clause: &Clause| clause.guessed && (is_talk || clause.label.is_at_stake() && clause.is_weak());
        if heard.of_page.rest.is_some() {
            reading.retain(|clause| !is_guess(clause));
        }
        let guesses_obstacle = |clause: &Clause| clause.guessed && clause.label == Label::Blocker;
        if reading.clauses.iter().any(guesses_obstacle)
            && let Some(opinion) = self.classifier.ask(heard.to_classify().as_str())
            && opinion.asks_something >= ASKED_RATHER
        {
            reading.retain(|clause| !guesses_obstacle(clause));
        }
        if asks_something && is_chat {
            reading.asks.clear();
            heard.of_page.asks.clear();
        }
        if asks_something && !is_chat && heard.to_classify().as_str().trim().is_empty() {
            reading.labels = vec![Label::Question];
            reading.needs_reply = true;
            let asked = heard.asked.questions.iter().flat_map(|question| &question.keys);
            let keys = asked.chain(heard.asked.wishes.iter().flat_map(|wish| &wish.keys));
            reading.keys = keys.cloned().collect();
            reading.keys.dedup();
        }
        let said = std::mem::take(&mut heard.of_parts);
        tell_of_parts(said, heard.to_classify(), heard.leak.is_some(), names, reading);
    }

    /// Of leaks and of dates we know the words: what is said in such words and means nothing to us is no finish and no obstacle
    /// because its form looks so. Beside a wish that is understood, nothing else is guessed at.
    fn leave_guesses_out(&self, heard: &Heard, reading: &mut Reading) {
        let wishes = heard.asked.wishes.iter().any(|wish| !wish.is_unfinished());
        if wishes {
            let is_of_wish =
                |clause: &Clause| clause.is_weak() || clause.label == Label::Progress && clause.steps.is_empty();
            reading.retain(|clause| !is_of_wish(clause));
        }
        if heard.leak.is_some() || heard.no_leak.is_some() {
            reading.suspicions.clear();
            reading.retain(|clause| !(clause.guessed && clause.label.is_at_stake()));
        }
        // Nor does "I'm on holiday next week" move a rotation.
        let is_talk = |clause: &Clause| clause.label == Label::Chatter && clause.role == Role::Plan;
        let talks = !reading.clauses.is_empty() && reading.clauses.iter().all(is_talk);
        if talks || !heard.asked.wishes.is_empty() || !heard.asked.questions.is_empty() {
            reading.suspicions.retain(|what| *what != Suspicion::Date);
        }
        let is_key_report = |clause: &Clause| clause.label == Label::KeyReport && !clause.guessed;
        let is_told = || reading.clauses.iter().any(is_key_report) || self.leaks.is_no_report(heard.to_classify());
        if reading.suspects(Suspicion::Leak) && is_told() {
            reading.suspicions.retain(|what| *what != Suspicion::Leak);
        }
        // What is suspected is asked first, and nothing is guessed or asked beside it.
        reading.suspicions.truncate(1);
        if let Some(suspicion) = reading.suspicions.first().copied() {
            let in_the_way = |clause: &Clause| match suspicion {
                Suspicion::Leak => clause.label == Label::Blocker && clause.steps.is_empty(),
                Suspicion::Date => clause.label == Label::Question,
            };
            let is_unsure = |clause: &Clause| clause.is_weak() || clause.certainty == Certainty::Unsure;
            let is_guess = |clause: &Clause| clause.guessed && clause.label.is_at_stake();
            reading.retain(|clause| !(in_the_way(clause) || is_unsure(clause) || is_guess(clause)));
            reading.doubt = None;
        }
        let says_something = |clause: &Clause| clause.label.is_at_stake() || clause.label == Label::Progress;
        let is_idle = |clause: &Clause| clause.is_weak() && says_something(clause);
        if !reading.clauses.iter().any(is_idle) {
            return;
        }
        let text = heard.to_classify();
        if self.leaks.speaks_of_leaks(text) || self.asks.tells_how_often(text) {
            reading.retain(|clause| !is_idle(clause));
        }
    }

    fn heard(
        &self,
        text: &CleanText,
        by_form: Vec<Finding>,
        may_hold_pieces: bool,
        ReadBy { context, names }: ReadBy<'_>,
    ) -> Heard {
        let called = without_our_name(text);
        let is_called = called.is_some();
        let text = called.unwrap_or_else(|| text.clone());
        let (leak, no_leak) = self.leaks.hear(&text);
        let rest = leak.as_ref().map_or(&text, |leak| &leak.rest);
        let rest = no_leak.as_ref().map_or(rest, |denial| &denial.rest);
        let asked = self.asks.read(rest, &self.keys);
        let is_foreign = asked.is_of_anything() && !names.are_of_keys(rest.as_str());
        let asked = if is_foreign { AskedOfKeys::default() } else { asked };
        let rest = asked.rest.as_ref().unwrap_or(rest);
        let spelt_out = names.spelt_out(rest);
        let rest = spelt_out.as_ref().unwrap_or(rest);
        let of_parts = said_of_parts(rest, names, self.ear(context));
        let rest = of_parts.rest.as_ref().unwrap_or(rest);
        Heard {
            of_page: surely_asked(rest, is_called, self.ear(context)),
            is_called,
            of_parts,
            spelt_out,
            asked,
            leak,
            no_leak,
            text,
            by_form,
            may_hold_pieces,
        }
    }

    fn ear<'a>(&'a self, context: &'a ReadingContext<'a>) -> Ear<'a> {
        Ear {
            classifier: &self.classifier,
            context,
        }
    }

    /// A name as replies may use it. Nobody but that person can take a key out of it, so that whoever runs the bot is told.
    fn name(&self, person: &PersonId, name: &RawText) -> String {
        let redacted = self.redactor.current().redact_shown(name);
        if redacted.findings.iter().any(Finding::is_unfit_for_a_page) {
            tracing::warn!(%person, "this person's name in Notion holds a key: it is exposed; have it taken out, and make a new one");
        }
        redacted.text.in_one_line()
    }

    fn context(&self, comment: &RawComment, page: PageFacts<'_>) -> ReadingContext<'_> {
        ReadingContext {
            steps_total: match page.guide.last_step() {
                0 => STEPS_UNREAD,
                steps => steps,
            },
            default_step: page
                .step_of(&anchor(comment))
                .filter(|_| page.box_of(&anchor(comment)).is_none()),
            keys: &self.keys,
        }
    }

    fn assemble(
        &self,
        comment: &RawComment,
        author: Author,
        redacted: Redacted,
        page: PageFacts<'_>,
        heard: Heard,
        mut reading: Reading,
    ) -> Report {
        if let Some(here) = page.box_of(&anchor(comment)) {
            stands_at(here, &mut reading);
        }
        for clause in &mut reading.clauses {
            clause.hash = self.marks.clause(clause.hash);
        }
        let mut asks = heard.of_page.asks;
        if heard.may_hold_pieces {
            reading.when = None;
        }
        asks.iter_mut().for_each(PageAsk::forget_long_name);
        let name = author.name.map(|name| self.name(&comment.author, &name));
        let looks_like_key = !heard.by_form.is_empty();
        let (mut findings, by_form) = (redacted.findings, heard.by_form);
        if author.authority != Authority::Guidance && !by_form.is_empty() {
            // What the form tells is told as it is to somebody whose guess is wrong; a piece of ours comes on top of that.
            findings.retain(|finding| finding.variable.is_some());
            findings.extend(by_form);
        }
        let mut wishes = heard.asked.wishes;
        if reading.suspects(Suspicion::Date) {
            wishes.push(DateWish::suspected(named_keys(&heard.text, &self.keys)));
        }
        if asks.iter().any(|asked| asked.ask == Some(Ask::Remind)) && wishes.is_empty() {
            wishes.extend(self.asks.reminder(&heard.text));
        }
        let is_old = |first_look: DateTime<Utc>| first_look - comment.created_time > YOUNG;
        Report {
            comment: Comment {
                id: comment.id.clone(),
                discussion: comment.discussion.clone(),
                anchor: anchor(comment),
                author: comment.author.clone(),
                author_name: name,
                posted_at: comment.created_time,
                text: redacted.text,
            },
            on_step: page.step_of(&anchor(comment)),
            reading,
            questions: heard.asked.questions,
            wishes,
            asks,
            heard: heard.text,
            leak: heard.leak,
            no_leak: heard.no_leak,
            findings,
            looks_like_key,
            cut: redacted.cut,
            authority: author.authority,
            absorbed: self.backlog == Backlog::Absorb && page.first_look.is_some_and(is_old),
        }
    }
}

/// Whether less than all of a known key stands there.
fn holds_a_part(redacted: &Redacted) -> bool {
    let mut known = redacted.findings.iter().filter(|finding| finding.variable.is_some());
    known.any(|finding| !(finding.exposes() && finding.extent == Extent::Whole))
}
