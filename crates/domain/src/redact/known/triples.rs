//! Every three characters in a row of every value: where a piece may begin that is too short for a window.
use super::value::KnownValue;

/// So many characters tell where a piece may be of.
pub(super) const TRIPLE: usize = 3;

/// Three letters or digits in one case are one of so many.
const TRIPLES: usize = 36 * 36 * 36;

/// Every three characters in a row of every value, with their places.
pub(super) struct Triples {
    held: Vec<u64>,
    places: Vec<Triple>,
}

/// Three characters of a value.
struct Triple {
    number: u32,
    value: u32,
    place: u32,
}

impl Triples {
    pub(super) fn of<'a>(values: impl Iterator<Item = (usize, &'a KnownValue)>) -> Self {
        let sought = values.filter(|(_, value)| value.weak.is_none() && !value.spoken);
        let mut places: Vec<Triple> = sought
            .flat_map(|(number, value)| {
                let secret = value.codes.windows(TRIPLE).enumerate().skip(value.public);
                secret.map(move |(place, codes)| Triple {
                    number: u32::try_from(number_of(codes)).unwrap_or(0),
                    value: u32::try_from(number).unwrap_or(u32::MAX),
                    place: u32::try_from(place).unwrap_or(u32::MAX),
                })
            })
            .collect();
        places.sort_unstable_by_key(|triple| triple.number);
        let mut held = vec![0; if places.is_empty() { 0 } else { TRIPLES.div_ceil(64) }];
        for triple in &places {
            held[triple.number as usize / 64] |= 1 << (triple.number % 64);
        }
        Self { held, places }
    }

    /// Whether a value holds these three.
    #[inline]
    pub(super) fn holds(&self, number: usize) -> bool {
        self.held
            .get(number / 64)
            .is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }

    /// The values that hold these three, with the places.
    pub(super) fn look_up(&self, number: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let first = self.places.partition_point(|triple| (triple.number as usize) < number);
        let same = self.places[first..].iter();
        same.take_while(move |triple| triple.number as usize == number)
            .map(|triple| (triple.value as usize, triple.place as usize))
    }
}

/// The number of three codes.
pub(super) fn number_of(codes: &[u8]) -> usize {
    codes.iter().fold(0, |number, code| number * 36 + usize::from(*code))
}
