//! The numbers of steps, where people write one twice, leave one out, or begin anew.
use super::remark::Remark;
use super::step_begin::StepBegin;
use std::collections::HashSet;

/// No comment can name a step beyond this one.
pub(super) const MOST_STEPS: u32 = 63;

/// Which step each beginning belongs to; `None`: it is left out.
pub(super) struct Numbering {
    pub(super) numbers: Vec<Option<u8>>,
    pub(super) remarks: Vec<Remark>,
}

/// Numbers the steps. What is written counts, unless a number stands twice in a way that none can be meant: where they
/// begin anew, all are counted from the top. A number that stands twice is the next one where that is missing, a slip of
/// the pen; else both parts are one step.
///
/// What has number and title of a step above it tells of that one again. Parts, "1.1" and "1.2", are steps where nothing else is.
pub(super) fn number(begins: &mut [StepBegin]) -> Numbering {
    let are_parts = !begins.is_empty() && begins.iter().all(|begin| begin.is_part);
    for begin in begins.iter_mut().filter(|_| are_parts) {
        begin.is_part = false;
        begin.number = None;
        let title = std::mem::take(&mut begin.title);
        begin.title = [begin.written.as_str(), &title].join(" ");
        begin.title.truncate(begin.title.trim_end().len());
    }
    for begin in begins
        .iter_mut()
        .filter(|begin| begin.until.is_some() && !begin.title.is_empty())
    {
        begin.title = format!("{} ({})", begin.title, begin.written);
    }
    let mut known = HashSet::new();
    for begin in begins
        .iter_mut()
        .filter(|begin| begin.number.is_some() && !begin.title.is_empty())
    {
        begin.is_part |= !known.insert((begin.number, begin.title.to_lowercase()));
    }
    let begins = &*begins;
    let whole: Vec<&StepBegin> = begins.iter().filter(|begin| !begin.is_part).collect();
    let written: Option<Vec<u32>> = whole.iter().map(|begin| begin.number).collect();
    let mut remarks: Vec<Remark> = are_parts.then_some(Remark::PartsAreSteps).into_iter().collect();
    let mut numbers = match written {
        Some(written) if is_usable(&written) => as_written(begins, &written, &mut remarks),
        other => {
            remarks.extend(other.filter(|written| !written.is_empty()).map(|_| Remark::CountedOn));
            counted(begins)
        }
    };
    if whole.iter().any(|begin| begin.is_letter) {
        remarks.insert(0, Remark::Lettered);
    }
    let is_beyond = |number: &&mut Option<u32>| number.is_none_or(|number| number > MOST_STEPS);
    let left_out = numbers
        .iter_mut()
        .filter(is_beyond)
        .map(|number| *number = None)
        .count();
    if left_out > 0 {
        remarks.push(Remark::TooManySteps { left_out });
    }
    let numbers: Vec<Option<u8>> = numbers.into_iter().map(|number| number?.try_into().ok()).collect();
    let told = begins.iter().zip(&numbers);
    remarks.extend(told.filter_map(|(begin, number)| {
        let name = begin.name.clone();
        Some(Remark::OneForSeveral {
            name: begin.until.map(|_| name)?,
            number: (*number)?,
        })
    }));
    remarks.extend(order(begins, &numbers));
    Numbering { numbers, remarks }
}

/// Whether the numbers that are written can be meant: none begins anew, and none is beyond what can be named while there
/// are fewer steps.
fn is_usable(written: &[u32]) -> bool {
    let firsts = written.iter().filter(|number| **number == 1).count();
    let is_one_alone = written.len() > 1 && written.iter().all(|number| *number == written[0]);
    let is_named = |number: &u32| *number <= MOST_STEPS;
    let is_small = written.iter().all(is_named) || written.len() > MOST_STEPS as usize;
    firsts < 2 && !is_one_alone && is_small
}

/// From 1 on in page order; a part goes to the step before it.
fn counted(begins: &[StepBegin]) -> Vec<Option<u32>> {
    let mut last = 0;
    let mut number = |begin: &StepBegin| {
        if !begin.is_part || last == 0 {
            last += 1;
        }
        Some(last)
    };
    begins.iter().map(&mut number).collect()
}

fn as_written(begins: &[StepBegin], written: &[u32], remarks: &mut Vec<Remark>) -> Vec<Option<u32>> {
    let mut taken: HashSet<u32> = HashSet::new();
    let written: HashSet<u32> = written.iter().copied().collect();
    let mut number = |begin: &StepBegin| {
        let number = begin.number?;
        if begin.is_part || taken.insert(number) {
            return Some(number);
        }
        let (next, title) = (number.saturating_add(1), begin.title.clone());
        let [number_written, number_next] = [number, next].map(|number| u8::try_from(number).unwrap_or(u8::MAX));
        if next <= MOST_STEPS && !written.contains(&next) && taken.insert(next) {
            remarks.push(Remark::TakenForNext {
                written: number_written,
                number: number_next,
                title,
            });
            return Some(next);
        }
        remarks.push(Remark::Joined {
            number: number_written,
            title,
        });
        Some(number)
    };
    begins.iter().map(&mut number).collect()
}

/// What is to be said of numbers that are missing, and of their order.
fn order(begins: &[StepBegin], numbers: &[Option<u8>]) -> Vec<Remark> {
    let listed: Vec<u8> = numbers.iter().flatten().copied().collect();
    let mut known: HashSet<u8> = listed.iter().copied().collect();
    let spans = begins
        .iter()
        .filter_map(|begin| Some(begin.number?..=begin.until?.min(MOST_STEPS)));
    known.extend(spans.flatten().filter_map(|number| u8::try_from(number).ok()));
    let (Some(first), Some(last)) = (listed.iter().min(), listed.iter().max()) else {
        return Vec::new();
    };
    let missing: Vec<u8> = (*first..*last).filter(|number| !known.contains(number)).collect();
    let mut seen = HashSet::new();
    let firsts: Vec<u8> = listed.iter().copied().filter(|number| seen.insert(*number)).collect();
    let is_in_order = firsts.is_sorted();
    let missing = (!missing.is_empty()).then_some(Remark::Missing(missing));
    missing
        .into_iter()
        .chain((!is_in_order).then_some(Remark::OutOfOrder))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(number: Option<u32>, is_part: bool) -> StepBegin {
        StepBegin {
            number,
            is_part,
            ..StepBegin::default()
        }
    }

    #[track_caller]
    fn check(written: &[u32], expected: &[u8], remarks: &[Remark]) {
        let titled = |(at, number): (usize, &u32)| StepBegin {
            title: format!("T{at}"),
            ..begin(Some(*number), false)
        };
        let mut begins: Vec<StepBegin> = written.iter().enumerate().map(titled).collect();
        let numbering = number(&mut begins);
        let numbers: Vec<u8> = numbering
            .numbers
            .into_iter()
            .map(|number| number.unwrap_or(0))
            .collect();
        assert_eq!(
            (numbers.as_slice(), numbering.remarks.as_slice()),
            (expected, remarks),
            "{written:?}"
        );
    }

    #[test]
    fn what_is_written_counts_unless_none_can_be_meant() {
        let title = || "T2".to_owned();
        let next = |written, number| Remark::TakenForNext {
            written,
            number,
            title: title(),
        };
        check(&[1, 2, 3], &[1, 2, 3], &[]);
        check(&[2, 1, 3], &[2, 1, 3], &[Remark::OutOfOrder]);
        check(&[1, 2, 5], &[1, 2, 5], &[Remark::Missing(vec![3, 4])]);
        check(&[1, 2, 2, 4], &[1, 2, 3, 4], &[next(2, 3)]);
        check(&[1, 2, 2], &[1, 2, 3], &[next(2, 3)]);
        check(
            &[1, 2, 2, 3],
            &[1, 2, 2, 3],
            &[Remark::Joined {
                number: 2,
                title: title(),
            }],
        );
        check(&[1, 2, 1, 2, 3], &[1, 2, 3, 4, 5], &[Remark::CountedOn]);
        check(&[1, 1, 1], &[1, 2, 3], &[Remark::CountedOn]);
        check(&[100, 200], &[1, 2], &[Remark::CountedOn]);
        check(&[7], &[7], &[]);
    }

    #[test]
    fn steps_beyond_what_can_be_named_are_left_out_and_told() {
        let mut begins: Vec<StepBegin> = (1..=70).map(|number| begin(Some(number), false)).collect();
        let numbering = number(&mut begins);
        assert_eq!(numbering.numbers.iter().flatten().count(), 63);
        assert_eq!(numbering.remarks, [Remark::TooManySteps { left_out: 7 }]);
    }

    #[test]
    fn a_part_belongs_to_its_step() {
        let mut begins = [
            begin(Some(1), false),
            begin(Some(1), true),
            begin(Some(2), true),
            begin(Some(2), true),
        ];
        assert_eq!(number(&mut begins).numbers, [Some(1), Some(1), Some(2), Some(2)]);
        let mut begins = [begin(None, false), begin(None, false)];
        assert_eq!(number(&mut begins).numbers, [Some(1), Some(2)]);
        let mut begins = [begin(Some(1), true), begin(Some(1), true), begin(Some(2), true)];
        let numbering = number(&mut begins);
        assert_eq!(numbering.numbers, [Some(1), Some(2), Some(3)]);
        assert_eq!(numbering.remarks, [Remark::PartsAreSteps]);
    }
}
