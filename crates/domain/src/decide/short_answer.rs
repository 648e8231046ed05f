//! Short answers: what a few words under a question of ours say. What is longer is read as any comment is.
mod ordinals;

use ordinals::ordinal;

/// What a short answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ShortAnswer {
    /// It is so.
    Yes,
    /// No, neither, not yet.
    No,
    /// It is finished.
    Done,
    /// Somebody is stuck.
    Stuck,
    /// It is taken back.
    Undo,
    /// All of what was named.
    All,
    /// "All done": said as if nobody had asked.
    AllDone,
    /// These numbers are meant.
    Steps(Vec<u8>),
    /// No: these numbers are meant.
    Instead(Vec<u8>),
    /// All but these numbers.
    AllBut(Vec<u8>),
    /// These numbers are not meant.
    NotThese(Vec<u8>),
    /// These steps are not done.
    NotDone(Vec<u8>),
}

/// More words than this are a sentence of its own.
const WORDS_AT_MOST: usize = 12;
/// No page has more steps in one range.
const RANGE_AT_MOST: u8 = 30;

/// What a word does in a short answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    Yes,
    No,
    /// It denies what stands behind it, or the number before it: "not 1", "4 is not".
    Not,
    /// The number beside it is not done: "4 is left".
    Left,
    /// "Really all done" confirms; "all done" only repeats.
    Really,
    /// What follows is the contrary: "not 1 but 2", "all but 4".
    But,
    /// The numbers behind it are not meant.
    Except,
    /// "Only 4 is not": all others are.
    Only,
    Done,
    Stuck,
    Undo,
    All,
    Filler,
}

/// The words of English, Dutch, German, French, Spanish and Portuguese, without accents. An "ok" only acknowledges: it
/// confirms nothing.
const WORDS: [(Sense, &str); 13] = [
    (
        Sense::Yes,
        " yes yep yeah yup y indeed confirmed correct right exactly definitely absolutely certainly sure ja jep jawel klopt \
         inderdaad juist zeker natuurlijk jawohl doch stimmt genau richtig sicher naturlich bestatigt oui ouais si exact \
         exactement confirme confirmo claro exacto correcto confirmado sim certo exato correto ",
    ),
    (
        Sense::No,
        " no nope nah n neither none nothing nee neen geen niets nein kein keine keins nichts non aucun aucune rien ningun \
         ninguno ninguna nada nao nenhum nenhuma 👎 ❌ ",
    ),
    (
        Sense::Not,
        " not isn't aren't hasn't haven't wasn't didn't niet nicht pas ",
    ),
    (
        Sense::Left,
        " left open missing remaining ontbreekt fehlt fehlen offen reste manque falta faltan ",
    ),
    (
        Sense::Really,
        " really truly echt werkelijk wirklich vraiment realmente verdad mesmo ",
    ),
    (Sense::But, " but maar sondern aber mais sino pero mas "),
    (
        Sense::Except,
        " except besides excluding instead behalve uitgezonderd plaats ausser statt anstatt sauf excepte hormis lieu excepto \
         salvo menos vez exceto ",
    ),
    (
        Sense::Only,
        " only just alleen enkel nur seulement solo so somente apenas ",
    ),
    (
        Sense::Done,
        " done finished complete completed ready klaar af gedaan voltooid afgerond gereed fertig erledigt abgeschlossen geschafft \
         fini finie finis finies termine terminee fait faite faits prete pret acheve hecho hecha hechos listo lista listos \
         terminado terminada acabado acabada completo completado feito feita feitos pronto pronta concluido concluida ✅ ",
    ),
    (
        Sense::Stuck,
        " stuck blocked vast vastgelopen geblokkeerd stecke steckt fest festgefahren hange hangt blockiert bloque bloquee coince \
         coincee atascado atascada bloqueado bloqueada trabado trabada travado travada preso presa emperrado ",
    ),
    (
        Sense::Undo,
        " undo undone revert back terug terugdraaien ongedaan zuruck zurucknehmen ruckgangig annuler annule retirer deshacer \
         anular revertir desfazer reverter ",
    ),
    (
        Sense::All,
        " all both everything alle allemaal alles allebei beide tout tous toutes todo toda todos todas ambos ambas deux tudo ",
    ),
    (
        Sense::Filler,
        " it it's its is are was has have been i i'm i've am we we're we've they they're the that that's this of them these there \
         still now please thanks thank you step steps number and yet either for one in het de dat die is zijn ben zit ik wij we nog \
         nu al hoor graag dank dankjewel je u stap stappen nummer en van wel es das der die den ist sind bin ich wir noch jetzt schon \
         bitte danke schritt schritte nummer und von im c'est ce n'est ne est sont je suis nous encore toujours maintenant merci etape \
         l'etape etapes numero la le les et de du au que deja a el los las un lo esta estan estoy sigo aun todavia ahora ya gracias por favor \
         paso pasos y e o os as estao estou continuo ainda agora ja obrigado obrigada passo passos etapas do da ",
    ),
];

/// Reads a short answer; `None` where it is longer, or says something else.
pub(super) fn read(text: &str) -> Option<ShortAnswer> {
    if text.contains('?') {
        return None;
    }
    let segments = segments(&folded(text))?;
    if segments.iter().all(Vec::is_empty) {
        return None;
    }
    let mut said = Said::default();
    for segment in &segments {
        said.take(segment)?;
    }
    said.answer()
}

/// Whether a sentence begins with a yes.
pub(super) fn affirms(text: &str) -> bool {
    let text = folded(text);
    let first = text.split(|c| !is_part(c)).find(|word| !word.is_empty());
    first.and_then(sense) == Some(Sense::Yes)
}

/// Whether its author says it of themselves: "I am stuck".
pub(super) fn speaks_of_itself(text: &str) -> bool {
    const SELF: &str = " i i'm ik we wij ich wir je j'ai nous yo estoy estamos eu estou ";
    words(text).iter().any(|word| SELF.contains(&format!(" {word} ")))
}

/// The words of a text, in lower case and without accents.
pub(super) fn words(text: &str) -> Vec<String> {
    let text = folded(text);
    let words = text.split(|c| !is_part(c)).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// What a sentence leaves out: the text behind its "except".
pub(super) fn excepted(text: &str) -> Option<&str> {
    let mut words = text.split_inclusive(|c: char| c.is_whitespace());
    let is_except = |word: &str| sense(folded(word).trim_matches(|c| !is_part(c))) == Some(Sense::Except);
    words.find(|word| is_except(word))?;
    let rest: usize = words.map(str::len).sum();
    text.get(text.len() - rest..)
}

/// Words of what was so, and is over.
const WAS: &str = " was were had been went war waren hatte ging werd hadden etait etaient avait avaient era eran fue fueron estaba \
     foi foram tinha estava ";

/// The word that an answer begins with, and whether the rest tells of what was: "done, the crash was another script".
pub(super) fn with_reason(text: &str) -> Option<(ShortAnswer, bool)> {
    let (answer, reason) = text.split_once([',', ';', '.', ':', '!', '(', '\n'])?;
    let reason = folded(reason);
    let words = || reason.split(|c| !is_part(c)).filter(|word| !word.is_empty());
    let names_step = words().any(|word| word.parse::<u8>().is_ok());
    let says_more = text.contains('?') || words().next().is_none() || names_step;
    let answer = read(answer).filter(|_| !says_more)?;
    let is_word = matches!(answer, ShortAnswer::Done | ShortAnswer::Stuck | ShortAnswer::Undo);
    is_word.then(|| (answer, words().any(|word| is_among(word, WAS))))
}

/// A word of a short answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AnswerWord {
    Says(Sense),
    Number(u8),
}

/// What a word, as [`words`] has it, does in a short answer.
pub(super) fn sense(word: &str) -> Option<Sense> {
    let word = format!(" {word} ");
    let within = |(_, words): &&(Sense, &str)| words.contains(&word);
    WORDS.iter().find(within).map(|(sense, _)| *sense)
}

/// Whether a word is one of a list, in which blanks stand around each.
pub(super) fn is_among(word: &str, list: &str) -> bool {
    list.contains(&format!(" {word} "))
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '👎' | '✅' | '❌')
}

/// In lower case and without accents.
fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        '’' => '\'',
        '–' | '→' => '-',
        other => other,
    };
    text.to_lowercase().replace('ß', "ss").chars().map(plain).collect()
}

/// The words between one mark or "but" and the next; `None` where one of them has no place in a short answer, or there are too
/// many of them.
fn segments(text: &str) -> Option<Vec<Vec<AnswerWord>>> {
    let mut segments = vec![Vec::new()];
    let (mut words, mut last) = (0, None);
    let mut rest = text;
    while let Some(from) = rest.find(is_part) {
        let (marks, tail) = rest.split_at(from);
        let end = tail.find(|c| !is_part(c)).unwrap_or(tail.len());
        let (word, tail) = tail.split_at(end);
        rest = tail;
        words += 1;
        if words > WORDS_AT_MOST {
            return None;
        }
        let named = word.parse().ok().or_else(|| ordinal(last, word));
        last = Some(word);
        let word = match named {
            Some(number) => AnswerWord::Number(number),
            None => AnswerWord::Says(sense(word)?),
        };
        let parts = marks.contains([',', ';', '.', ':', '!', '\n', '(']) || word == AnswerWord::Says(Sense::But);
        let before = segments.last().and_then(|segment| segment.last()).copied();
        if parts {
            segments.push(Vec::new());
        }
        let segment = segments.last_mut()?;
        match (before, word) {
            (Some(AnswerWord::Number(from)), AnswerWord::Number(to)) if marks.trim() == "-" && from < to => {
                segment.extend(
                    (from..to.min(from.saturating_add(RANGE_AT_MOST))).map(|step| AnswerWord::Number(step + 1)),
                );
            }
            _ => segment.push(word),
        }
    }
    Some(segments)
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each kind of word may stand there or not")]
struct Said {
    yes: bool,
    no: bool,
    denied: bool,
    really: bool,
    excepts: bool,
    only: bool,
    undone: bool,
    done: bool,
    stuck: bool,
    undo: bool,
    all: bool,
    meant: Vec<u8>,
    excluded: Vec<u8>,
    /// Behind a "no" without a mark between: "no 2" means it, "no 1 sino 2" does not.
    behind_no: Vec<u8>,
}

impl Said {
    /// Takes what stands between two marks in; `None` where that can be read in two ways.
    fn take(&mut self, segment: &[AnswerWord]) -> Option<()> {
        let says = |sense: Sense| segment.contains(&AnswerWord::Says(sense));
        let numbers = segment.iter().any(|word| matches!(word, AnswerWord::Number(_)));
        let denies = says(Sense::Not) || says(Sense::Left);
        self.undone |= numbers && (says(Sense::Left) || says(Sense::Not) && says(Sense::Done));
        // "No estoy bloqueado" is not "no, I am stuck".
        if says(Sense::No) && says(Sense::Stuck) {
            return None;
        }
        let affirmed = self.yes || self.all || self.done;
        let mut to = if says(Sense::But) && affirmed {
            Whither::Excluded
        } else {
            Whither::Meant
        };
        for (at, word) in segment.iter().enumerate() {
            let ahead = segment[at..].iter().any(|word| matches!(word, AnswerWord::Number(_)));
            match word {
                AnswerWord::Number(number) => match to {
                    Whither::Meant => self.meant.push(*number),
                    Whither::Excluded => self.excluded.push(*number),
                    Whither::BehindNo => self.behind_no.push(*number),
                },
                AnswerWord::Says(Sense::Not | Sense::Left) if ahead => to = Whither::Excluded,
                AnswerWord::Says(Sense::No) if ahead => to = Whither::BehindNo,
                AnswerWord::Says(Sense::Not | Sense::Left | Sense::No) if numbers => self.exclude(segment),
                AnswerWord::Says(Sense::Except) => {
                    self.excepts = true;
                    to = Whither::Excluded;
                }
                AnswerWord::Says(Sense::Not | Sense::Left) => self.denied = true,
                AnswerWord::Says(Sense::No) => self.no = true,
                AnswerWord::Says(Sense::Yes) => self.yes = true,
                AnswerWord::Says(Sense::Really) => self.really = true,
                AnswerWord::Says(Sense::Only) => self.only = true,
                AnswerWord::Says(Sense::All) => self.all |= !denies,
                AnswerWord::Says(Sense::Done) => self.done |= !denies,
                AnswerWord::Says(Sense::Stuck) => self.stuck |= !denies,
                AnswerWord::Says(Sense::Undo) => self.undo |= !denies,
                AnswerWord::Says(Sense::But | Sense::Filler) => {}
            }
        }
        Some(())
    }

    /// "4 is not": the numbers of this part are not meant.
    fn exclude(&mut self, segment: &[AnswerWord]) {
        for number in segment {
            if let AnswerWord::Number(number) = number {
                self.meant.retain(|other| other != number);
                self.excluded.push(*number);
            }
        }
    }

    fn answer(mut self) -> Option<ShortAnswer> {
        if self.meant.is_empty() && self.excluded.is_empty() && !self.behind_no.is_empty() {
            self.no = true;
            self.meant = std::mem::take(&mut self.behind_no);
        }
        self.excluded.append(&mut self.behind_no);
        self.excluded.sort_unstable();
        self.excluded.dedup();
        let states = u8::from(self.done) + u8::from(self.stuck) + u8::from(self.undo);
        // "Yes and no", "done, stuck", "step 4 done", "no, done": two things are said, or a step of its own.
        let is_unclear = self.yes && self.no
            || states > 1
            || states > 0 && !self.meant.is_empty()
            || self.no && self.done && self.excluded.is_empty();
        if is_unclear {
            return None;
        }
        let affirmed = self.yes || self.all || self.done;
        match () {
            () if !self.meant.is_empty() && self.no => Some(ShortAnswer::Instead(self.meant)),
            () if !self.meant.is_empty() => Some(ShortAnswer::Steps(self.meant)),
            () if !self.excluded.is_empty() && (self.only || affirmed && (self.excepts || !self.no)) => {
                Some(ShortAnswer::AllBut(self.excluded))
            }
            () if !self.excluded.is_empty() && self.undone => Some(ShortAnswer::NotDone(self.excluded)),
            () if !self.excluded.is_empty() => Some(ShortAnswer::NotThese(self.excluded)),
            // "No, still stuck" tells what it is instead.
            () if self.no && self.stuck && !self.denied => Some(ShortAnswer::Stuck),
            () if self.no || self.denied => Some(ShortAnswer::No),
            () if self.all && self.done && !self.yes && !self.really => Some(ShortAnswer::AllDone),
            () if self.all => Some(ShortAnswer::All),
            () if self.done => Some(ShortAnswer::Done),
            () if self.stuck => Some(ShortAnswer::Stuck),
            () if self.undo => Some(ShortAnswer::Undo),
            () if self.yes => Some(ShortAnswer::Yes),
            () => None,
        }
    }
}

/// Where the numbers of a part belong.
#[derive(Clone, Copy)]
enum Whither {
    Meant,
    Excluded,
    BehindNo,
}

#[cfg(test)]
mod tests;
