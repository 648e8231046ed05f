//! People whom a comment names: "Bram is stuck on step 3" is Bram's obstacle, whoever says it.
use super::builder::DecisionBuilder;
use super::{few_words, short_answer};
use crate::event::Report;
use crate::ids::PersonId;

/// Words of who speaks: a sentence that has one of them tells of its author.
const FIRST_PERSON: &str = " i i'm i've i'd we we're we've me my us our ik mij mijn me wij we ons ich mir mich mein meine wir uns je j'ai \
                            moi mon ma nous yo me mi nosotros eu meu minha nos ";

/// What a person does who does not get on.
const WAITS: &str = " waits waiting hangs wacht wachten wartet attend espera aguarda ";
/// What a person is not able to.
const CANNOT: &str = " can't cannot can cant kan kann kommt peut puede pode consigue consegue ";
/// To go on, and to get in: who is not able to that is stuck. Who is not able to help or to answer stops somebody else.
const GOES_ON: &str = " continue proceed go get log reach access open run find start finish verder door inloggen weiter einloggen rein \
                       continuer avancer connecter acceder seguir continuar avanzar entrar avancar aceder ";

/// A person: who it is, and by which name.
pub(super) type Person = (PersonId, Option<String>);

/// Who is stuck, by a comment that reports an obstacle: the person that it names as that, else its author.
pub(super) fn stuck(builder: &DecisionBuilder<'_>, report: &Report) -> Person {
    let comment = &report.comment;
    let other = spoken_of(builder, report, |_, rest| does_not_get_on(rest));
    other.unwrap_or_else(|| (comment.author.clone(), comment.author_name.clone()))
}

/// Whether these words, behind a name, say that its person does not get on.
fn does_not_get_on(rest: &[&str]) -> bool {
    let is = |word: &str, among: &str| {
        short_answer::words(word)
            .iter()
            .all(|word| short_answer::is_among(word, among))
    };
    let behind = rest.iter().position(|word| few_words::tells_stuck(word) != Some(false));
    let Some((word, behind)) = behind.and_then(|at| rest[at..].split_first()) else {
        return false;
    };
    let goes_on = behind.iter().take(4).any(|word| is(word, GOES_ON));
    few_words::tells_stuck(word) == Some(true) || is(word, WAITS) || is(word, CANNOT) && goes_on
}

/// Somebody else with whom a sentence of a comment begins: "Ana isn't blocked any more".
pub(super) fn subject(builder: &DecisionBuilder<'_>, report: &Report) -> Option<PersonId> {
    spoken_of(builder, report, |before, _| before == 0).map(|(person, _)| person)
}

/// Somebody else who wrote on the page or is stuck, and whose name stands in a sentence that does not speak of its author. `fits`
/// gets how many words stand before the name, and those behind it.
fn spoken_of(builder: &DecisionBuilder<'_>, report: &Report, fits: impl Fn(usize, &[&str]) -> bool) -> Option<Person> {
    let heard = builder.state.heard.iter().map(|heard| (&heard.author, &heard.name));
    let stopped = builder
        .state
        .blockers
        .iter()
        .map(|blocker| (&blocker.author, &blocker.name));
    let mut others = heard
        .chain(stopped)
        .filter(|(person, _)| **person != report.comment.author);
    let sentences = report
        .heard
        .as_str()
        .split(['.', ',', ';', ':', '!', '?', '(', ')', '\n']);
    let sentences: Vec<Vec<&str>> = sentences.map(|one| words(one).collect()).collect();
    let of_others = |sentence: &&Vec<&str>| {
        let is_first = |word: &str| short_answer::is_among(&word.to_lowercase(), FIRST_PERSON);
        !sentence.iter().any(|word| is_first(word))
    };
    let names = |name: &str| {
        let parts: Vec<&str> = words(name).collect();
        let first = parts.first().filter(|first| first.chars().count() > 1);
        sentences.iter().filter(of_others).any(|sentence| {
            let at = sentence.iter().position(|word| Some(word) == first);
            at.is_some_and(|at| {
                let behind = &sentence[at + 1..];
                let rest_of_name = behind.iter().take_while(|word| parts[1..].contains(word)).count();
                fits(at, &behind[rest_of_name..])
            })
        })
    };
    let found = others.find(|(_, name)| name.as_deref().is_some_and(names));
    found.map(|(person, name)| (person.clone(), name.clone()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'));
    words.filter(|word| !word.is_empty())
}
