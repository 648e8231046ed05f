//! Reading what may hold keys: where the bytes must move to grow, no copy of them is left behind in memory.
use std::io::{self, Read};
use zeroize::Zeroizing;

/// The least room for one reading.
const ROOM: usize = 4 << 10;

/// All that a source gives.
pub(super) fn read_all(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    read_into(source, &mut bytes)?;
    Ok(bytes)
}

/// All that a source gives, behind what is there.
pub(super) fn read_into(mut source: impl Read, bytes: &mut Zeroizing<Vec<u8>>) -> io::Result<()> {
    loop {
        make_room(bytes, ROOM);
        let room = bytes.capacity() - bytes.len();
        // No more than there is room for, so that the vector never grows by itself.
        let read = source.by_ref().take(room as u64).read_to_end(bytes)?;
        if read < room {
            return Ok(());
        }
    }
}

/// Adds to bytes.
pub(super) fn grow(bytes: &mut Zeroizing<Vec<u8>>, part: &[u8]) {
    make_room(bytes, part.len());
    bytes.extend_from_slice(part);
}

/// Room for so many more; where the bytes lay before they are wiped.
fn make_room(bytes: &mut Zeroizing<Vec<u8>>, more: usize) {
    let needed = bytes.len() + more;
    if bytes.capacity() < needed {
        let mut larger = Zeroizing::new(Vec::with_capacity(2 * needed));
        larger.extend_from_slice(bytes);
        *bytes = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time.
    struct Dribble<'b>(&'b [u8]);

    impl Read for Dribble<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = into.len().min(1_000);
            (&mut self.0).take(most as u64).read(into)
        }
    }

    #[test]
    fn everything_is_read_whatever_its_length() {
        for length in [0, 1, ROOM - 1, ROOM, 2 * ROOM, 2 * ROOM + 1, 9 * ROOM + 7] {
            let text: Vec<u8> = (0..=250).cycle().take(length).collect();
            assert_eq!(*read_all(Dribble(&text)).unwrap(), text);
        }
        let mut bytes = Zeroizing::new(b"before".to_vec());
        read_into(&b" and behind"[..], &mut bytes).unwrap();
        assert_eq!(bytes.as_slice(), b"before and behind");
    }

    #[test]
    fn a_reading_never_lets_the_vector_move_by_itself() {
        /// Looks where it is read into: a vector that grew by itself would be larger than the room that was made.
        struct Endless(usize);
        impl Read for Endless {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                let count = into.len().min(self.0);
                into[..count].fill(b'k');
                self.0 -= count;
                Ok(count)
            }
        }
        let bytes = read_all(Endless(100_000)).unwrap();
        // Each time the room was doubled, from its first size: 2 * ROOM, and so on.
        let mut capacity = 2 * ROOM;
        while capacity < bytes.capacity() {
            capacity = 2 * (capacity + ROOM);
        }
        assert_eq!((bytes.len(), bytes.capacity()), (100_000, capacity));
    }
}
