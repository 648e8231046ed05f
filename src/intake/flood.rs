//! Floods: many new comments of one person in one thread become one happening, so that one reply can answer them.
use crate::domain::event::{Event, Report};
use crate::domain::ids::{DiscussionId, PersonId};
use crate::pipeline::Happening;
use std::collections::HashMap;

/// Who wrote, and in which thread.
type Source = (DiscussionId, PersonId);

/// The same happenings; those of a flood as one, in the place of its first comment.
pub(super) fn gathered(found: Vec<Happening>) -> Vec<Happening> {
    let mut comments: HashMap<Source, usize> = HashMap::new();
    for report in found.iter().filter_map(posted) {
        *comments.entry(source(report)).or_default() += 1;
    }
    comments.retain(|_, count| *count > Event::FLOOD);
    if comments.is_empty() {
        return found;
    }
    let mut places: HashMap<Source, usize> = HashMap::new();
    let mut gathered: Vec<Happening> = Vec::new();
    for happening in found {
        let source = posted(&happening)
            .map(source)
            .filter(|source| comments.contains_key(source));
        let place = source.as_ref().and_then(|source| places.get(source));
        match (source, place) {
            (Some(_), Some(place)) => join(&mut gathered[*place], happening),
            (Some(source), None) => {
                places.insert(source, gathered.len());
                let mut flood = Happening::bare(happening.page.clone(), Event::CommentsFlooded(Vec::new()));
                join(&mut flood, happening);
                gathered.push(flood);
            }
            (None, _) => gathered.push(happening),
        }
    }
    gathered
}

fn posted(happening: &Happening) -> Option<&Report> {
    match &happening.event {
        Event::CommentPosted(report) => Some(report),
        _ => None,
    }
}

fn source(report: &Report) -> Source {
    (report.comment.discussion.clone(), report.comment.author.clone())
}

fn join(flood: &mut Happening, one: Happening) {
    if let (Event::CommentsFlooded(reports), Event::CommentPosted(report)) = (&mut flood.event, one.event) {
        reports.push(*report);
    }
    flood.rows.extend(one.rows);
}
