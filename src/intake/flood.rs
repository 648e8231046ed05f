//! Floods: many new comments of one person, or of guests, in one thread become one input, so that one reply can answer
//! them.
use crate::domain::event::{Authority, Event, Report};
use crate::domain::ids::{DiscussionId, PersonId};
use crate::pipeline::PipelineInput;
use std::collections::HashMap;

/// In which thread, and who wrote; `None`: people who may not act, all of them together.
type FloodKey = (DiscussionId, Option<PersonId>);

/// The same inputs; those of a flood as one, in the place of its first comment.
pub(super) fn gathered(found: Vec<PipelineInput>) -> Vec<PipelineInput> {
    let mut comments: HashMap<FloodKey, usize> = HashMap::new();
    for report in found.iter().filter_map(posted) {
        *comments.entry(source(report)).or_default() += 1;
    }
    comments.retain(|(_, author), count| {
        let at_most = author.as_ref().map_or(Event::FLOOD_OF_GUESTS, |_| Event::FLOOD);
        *count > at_most
    });
    if comments.is_empty() {
        return found;
    }
    let mut places: HashMap<FloodKey, usize> = HashMap::new();
    let mut gathered: Vec<PipelineInput> = Vec::new();
    for input in found {
        let source = posted(&input)
            .map(source)
            .filter(|source| comments.contains_key(source));
        let place = source.as_ref().and_then(|source| places.get(source));
        match (source, place) {
            (Some(_), Some(place)) => join(&mut gathered[*place], input),
            (Some(source), None) => {
                places.insert(source, gathered.len());
                let mut flood = PipelineInput::new(input.page.clone(), Event::CommentsFlooded(Vec::new()));
                join(&mut flood, input);
                gathered.push(flood);
            }
            (None, _) => gathered.push(input),
        }
    }
    gathered
}

fn posted(input: &PipelineInput) -> Option<&Report> {
    match &input.event {
        Event::CommentPosted(report) => Some(report),
        _ => None,
    }
}

fn source(report: &Report) -> FloodKey {
    let author = Some(&report.comment.author).filter(|_| report.authority != Authority::Guidance);
    (report.comment.discussion.clone(), author.cloned())
}

fn join(flood: &mut PipelineInput, one: PipelineInput) {
    if let (Event::CommentsFlooded(reports), Event::CommentPosted(report)) = (&mut flood.event, one.event) {
        reports.push(*report);
    }
    flood.rows.extend(one.rows);
}
