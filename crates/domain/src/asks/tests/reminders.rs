//! Reminders: when, whom, and of what.
use super::*;
use chrono::TimeZone as _;

/// Monday 30 November 2026, 08:00 in Amsterdam.
fn moment(text: &str) -> Option<String> {
    let zone = chrono_tz::Europe::Amsterdam;
    let now = zone.with_ymd_and_hms(2026, 11, 30, 8, 0, 0).unwrap().to_utc();
    let asked = read(text);
    let [wish] = asked.wishes.as_slice() else { return None };
    assert_eq!((wish.way, wish.tentative), (DateWay::Reminder, false), "{text}");
    let at = wish.moment(now, zone)?;
    Some(at.map_or_else(
        |doubt| format!("{doubt:?}"),
        |at| at.with_timezone(&zone).format("%a %-d %H:%M").to_string(),
    ))
}

#[test]
fn a_reminder_has_the_time_that_is_named() {
    for (text, at) in [
        ("remind me at 8", "Tue 1 08:00"),
        ("remind me at 9", "Mon 30 09:00"),
        ("remind me at 8pm", "Mon 30 20:00"),
        ("please remind me at 8:30 am", "Mon 30 08:30"),
        ("remind me at half past ten", "Mon 30 10:30"),
        ("remind me at 15:30", "Mon 30 15:30"),
        ("remind me at noon", "Mon 30 12:00"),
        ("remind me tomorrow at noon", "Tue 1 12:00"),
        ("can you remind me at 4 pm tomorrow?", "Tue 1 16:00"),
        ("remind me tomorrow at 7", "Tue 1 07:00"),
        ("remind me on Friday at 10:15", "Fri 4 10:15"),
        ("remind me on Friday", "Fri 4 09:00"),
        ("remind me on the 8th", "Tue 8 09:00"),
        ("remind me on 8 December at 9:30", "Tue 8 09:30"),
        ("remind me today at 17:00", "Mon 30 17:00"),
        ("remind me today at 7:00", "Past { day: 2026-11-30 }"),
        ("remind me in two hours", "Mon 30 10:00"),
        ("remind me in half an hour", "Mon 30 08:30"),
        ("remind me in 90 minutes", "Mon 30 09:30"),
        ("remind me in an hour", "Mon 30 09:00"),
        ("remind me in 24 hours", "Tue 1 08:00"),
        ("remind me in two weeks", "Mon 14 09:00"),
        ("remind me next week Monday", "Mon 7 09:00"),
        ("remind me Friday next week at 14:00", "Fri 11 14:00"),
        ("herinner me om 15:30", "Mon 30 15:30"),
        ("herinner me om 15.30 uur", "Mon 30 15:30"),
        ("herinner me om 8 uur", "Tue 1 08:00"),
        ("herinner me om half tien", "Mon 30 09:30"),
        ("herinner me om kwart over 9", "Mon 30 09:15"),
        ("herinner me over twee uur", "Mon 30 10:00"),
        ("herinner me over een half uur", "Mon 30 08:30"),
        ("herinner me over een kwartier", "Mon 30 08:15"),
        ("herinner me morgen om 8 uur 's avonds", "Tue 1 20:00"),
        ("herinner me vrijdag om 10 uur", "Fri 4 10:00"),
        ("herinner me volgende week maandag", "Mon 7 09:00"),
        ("herinner ons woensdag van volgende week", "Wed 9 09:00"),
        ("erinnere mich um 15:30", "Mon 30 15:30"),
        ("erinnere mich um 9 Uhr", "Mon 30 09:00"),
        ("erinnere mich in zwei Stunden", "Mon 30 10:00"),
        ("erinnere mich nächste Woche Montag", "Mon 7 09:00"),
        ("rappelle-moi à 15h30", "Mon 30 15:30"),
        ("rappelle-moi dans deux heures", "Mon 30 10:00"),
        ("recuérdame a las 15:30", "Mon 30 15:30"),
        ("recuérdame en dos horas", "Mon 30 10:00"),
        ("me lembre em 2 horas", "Mon 30 10:00"),
    ] {
        assert_eq!(moment(text).as_deref(), Some(at), "{text}");
    }
}

#[test]
fn a_number_that_is_no_time_makes_none() {
    for text in [
        "herinner me om 2 dozen te kopen",
        "remind me about the 2 hour call",
        "remind me to buy 8 boxes",
    ] {
        assert_eq!(moment(text), None, "{text}");
    }
    // Only a reminder has a time.
    assert!(
        read("move groq to Friday at 8")
            .wishes
            .iter()
            .all(|wish| wish.clock.is_none())
    );
}

#[test]
fn whom_and_what_are_read_in_the_words_of_who_asks() {
    for (text, whom, what) in [
        (
            "remind me on Friday to call the caterer",
            None,
            Some("call the caterer"),
        ),
        (
            "remind Bram on Friday to call the caterer",
            Some("Bram"),
            Some("call the caterer"),
        ),
        (
            "remind Bram to call the caterer on Friday at 8",
            Some("Bram"),
            Some("call the caterer"),
        ),
        ("remind us in two hours about the old key.", None, Some("the old key")),
        ("Remind me at 8", None, None),
        ("remind Friday", None, None),
        (
            "herinner Bram vrijdag om 10 uur aan de taart",
            Some("Bram"),
            Some("de taart"),
        ),
        (
            "herinner me om 15:30 om de sleutel te halen",
            None,
            Some("de sleutel te halen"),
        ),
        (
            "herinner me over twee weken aan het contract",
            None,
            Some("het contract"),
        ),
        ("erinnere mich am Freitag an die Torte", None, Some("die Torte")),
        ("rappelle-moi vendredi de payer la salle", None, Some("payer la salle")),
        ("remind me about it on Friday", None, None),
    ] {
        let wish = AskReader::builtin().reminder(&CleanText::passed(text.to_owned()));
        let errand = wish.map(|wish| wish.errand).unwrap_or_default();
        assert_eq!((errand.whom.as_deref(), errand.what.as_deref()), (whom, what), "{text}");
    }
}
