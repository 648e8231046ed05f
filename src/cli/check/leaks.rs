//! The parts of replies that tell of leaks: each way in which exposed keys can stand, for how long, alone and together.
use crate::domain::exposure::{ExposedKey, ExposureStanding};
use crate::domain::page::{Asked, ReplyPart, StandingMark, WhyExposed};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// What is told where no key is known yet.
pub(super) fn parts() -> Vec<ReplyPart> {
    let of_former = ReplyPart::Leaked {
        variables: Vec::new(),
        all: false,
        former: vec!["A0_KEY".to_owned()],
    };
    let unnamed = ReplyPart::Leaked {
        variables: Vec::new(),
        all: false,
        former: Vec::new(),
    };
    vec![
        unnamed,
        of_former,
        ReplyPart::LeakByGuest { told: true },
        ReplyPart::LeakByGuest { told: false },
        ReplyPart::NotLeaked {
            variables: vec!["A0_KEY".to_owned()],
            all: false,
            former: Vec::new(),
            stays: Vec::new(),
        },
        ReplyPart::NotLeaked {
            variables: Vec::new(),
            all: false,
            former: vec!["A0_KEY".to_owned()],
            stays: Vec::new(),
        },
        ReplyPart::NotLeaked {
            variables: Vec::new(),
            all: true,
            former: Vec::new(),
            stays: stays(false),
        },
        ReplyPart::NotLeaked {
            variables: Vec::new(),
            all: false,
            former: Vec::new(),
            stays: stays(true),
        },
        asks(&[]),
        asks(&["A0_KEY", "A0_KEY_2"]),
        whether(&[], false),
        whether(&[], true),
        whether(&["A0_KEY"], false),
        whether(&["A0_KEY", "A1_KEY"], false),
    ]
}

fn whether(variables: &[&str], all: bool) -> ReplyPart {
    let variables = variables.iter().map(|&name| name.to_owned()).collect();
    ReplyPart::Asks {
        asked: Asked::WhetherLeaked { variables, all },
    }
}

fn asks(among: &[&str]) -> ReplyPart {
    let among = among.iter().map(|&name| name.to_owned()).collect();
    ReplyPart::Asks {
        asked: Asked::Leaked { among },
    }
}

/// What still counts as exposed, by each word that it can stand on.
fn stays(all: bool) -> Vec<StandingMark> {
    let by = |name: &str| WhyExposed::Other {
        by: Some(name.to_owned()),
    };
    let every = [
        WhyExposed::Stood,
        WhyExposed::Own,
        by("A"),
        WhyExposed::Other { by: None },
        WhyExposed::Elsewhere,
    ];
    let mark = |why| StandingMark {
        variables: vec!["A0_KEY".to_owned()],
        all,
        former: if all { Vec::new() } else { vec!["A1_KEY".to_owned()] },
        why,
    };
    every.into_iter().map(mark).collect()
}

/// A part, and the exposed keys that it tells of.
pub(super) fn told(now: DateTime<Utc>) -> Vec<(ReplyPart, Vec<ExposedKey>)> {
    use ExposureStanding::{
        Absent, Dead, FormerDead, GoneAlive, GoneUnknown, InUseAlive, InUseRefused, InUseUnknown, NoFormer, NoProvider,
        OldAlive, OldRefused, OldUnknown, OldUnreadable, ProbablyDead,
    };
    let alone = [
        Absent,
        Dead,
        FormerDead,
        NoFormer,
        GoneAlive,
        GoneUnknown,
        InUseAlive,
        InUseRefused,
        InUseUnknown,
        NoProvider,
        OldAlive,
        OldRefused,
        OldUnknown,
        OldUnreadable,
        ProbablyDead,
    ];
    let together = [vec![], vec![InUseAlive; 12], vec![Dead, OldAlive]];
    let mut told = Vec::new();
    for standings in alone.into_iter().map(|standing| vec![standing]).chain(together) {
        for minutes in [0, 1, 40, 60, 180, 2_880, 5_000] {
            let since = now - TimeDelta::minutes(minutes);
            let keys: Vec<ExposedKey> = standings
                .iter()
                .enumerate()
                .map(|(at, is)| key(at, *is, since))
                .collect();
            for all in [false, true] {
                let mut tell = |variables: Vec<String>, former: Vec<String>| {
                    told.push((ReplyPart::Leaked { variables, all, former }, keys.clone()));
                };
                let name = || vec!["A0_KEY".to_owned()];
                tell(name(), Vec::new());
                if !all {
                    tell(Vec::new(), name());
                }
            }
        }
    }
    told
}

fn key(at: usize, standing: ExposureStanding, since: DateTime<Utc>) -> ExposedKey {
    ExposedKey {
        is_rotating: false,
        is_newer: false,
        id: format!("a{at}"),
        title: format!("A{at}"),
        variables: vec![format!("A{at}_KEY")],
        fingerprints: BTreeMap::new(),
        manage_url: Some("https://a.example".to_owned()),
        since: Some(since),
        standing,
        ended_at: None,
        next_proof_at: None,
    }
}
