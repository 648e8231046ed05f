//! `schedule set` with dates and intervals as people say them.
use super::{Folder, next_year};
use chrono::{Days, NaiveDate, Utc};
use chrono_tz::Europe::Amsterdam;

fn next(folder: &Folder) -> String {
    let shown = folder.json(&["schedule", "show"]);
    shown["next_at"].as_str().unwrap_or_default().to_owned()
}

fn today() -> NaiveDate {
    Utc::now().with_timezone(&Amsterdam).date_naive()
}

#[test]
fn a_date_may_be_said_in_words_and_with_an_offset() {
    let folder = Folder::with_env("API_Groq=made-up\n");
    folder.run(&["schedule", "set", "tomorrow"], 0);
    let tomorrow = today() + Days::new(1);
    assert!(
        next(&folder).starts_with(&format!("{tomorrow}T09:00")),
        "{}",
        next(&folder)
    );
    folder.run(&["schedule", "set", "next monday"], 0);
    let monday: NaiveDate = next(&folder)[..10].parse().unwrap();
    assert!(monday > today() && monday <= today() + Days::new(7));
    assert_eq!(monday.format("%a").to_string(), "Mon");
    folder.run(&["schedule", "set", "over 3 weken"], 0);
    assert!(next(&folder).starts_with(&(today() + Days::new(21)).to_string()));
    folder.run(&["schedule", "set", &next_year("YYYY-01-15T09:00+05:30")], 0);
    assert_eq!(next(&folder), next_year("YYYY-01-15T04:30:00+01:00"));
}

#[test]
fn what_is_not_sure_is_refused_in_words_and_changes_nothing() {
    let folder = Folder::with_env("API_Groq=made-up\n");
    folder.run(&["schedule", "set", &next_year("YYYY-01-15")], 0);
    for (text, why) in [
        ("5/1", "may be"),
        ("31 February", "no such day"),
        ("January", "which day"),
        ("2020-01-15", "in the past"),
        ("soon", "is no date"),
        ("2099-01-15T25:00", "is no date"),
        ("9999-12-31", "more than two years"),
        ("in 200 years", "more than two years"),
    ] {
        let said = folder.run(&["schedule", "set", text], 1);
        assert!(said.contains(why), "{text}: {said}");
        assert!(next(&folder).starts_with(&next_year("YYYY-01-15T09:00")), "{text}");
    }
    let said = folder.run(&["schedule", "set", "--every", "often"], 1);
    assert!(said.contains("quarterly"), "{said}");
}

#[test]
fn an_interval_may_be_a_word_and_one_key_may_have_its_own() {
    let folder = Folder::with_env("API_Groq=made-up\nNOTION_TOKEN=made-up\n");
    for (text, every) in [
        ("monthly", "1 month"),
        ("quarterly", "3 months"),
        ("weekly", "1 week"),
        ("1mo", "1 month"),
    ] {
        folder.run(&["schedule", "set", &next_year("YYYY-01-15"), "--every", text], 0);
        assert_eq!(folder.json(&["schedule", "show"])["every"], every);
    }
    folder.run(
        &[
            "schedule",
            "set",
            &next_year("YYYY-03-01"),
            "--every",
            "60d",
            "--key",
            "groq",
        ],
        0,
    );
    let shown = folder.json(&["schedule", "show"]);
    assert_eq!(shown["keys"]["groq"]["every"], "60 days");
    assert!(
        shown["keys"]["groq"]["next_at"]
            .as_str()
            .unwrap()
            .starts_with(&next_year("YYYY-03-01"))
    );
    assert!(
        shown["keys"]["notion"]["next_at"]
            .as_str()
            .unwrap()
            .starts_with(&next_year("YYYY-01-15"))
    );
    let said = folder.run(&["schedule", "set", &next_year("YYYY-03-01"), "--key", "datadog"], 1);
    assert!(said.contains("datadog"), "{said}");
}

#[test]
fn a_key_is_moved_by_a_span_from_its_own_date() {
    let folder = Folder::with_env("API_Groq=made-up\nNOTION_TOKEN=made-up\n");
    folder.run(&["schedule", "set", &next_year("YYYY-01-15")], 0);
    folder.run(&["schedule", "set", &next_year("YYYY-03-01"), "--key", "groq"], 0);
    let date = |id: &str| {
        let shown = folder.json(&["schedule", "show"]);
        shown["keys"][id]["next_at"].as_str().unwrap()[..10].to_owned()
    };
    folder.run(&["schedule", "set", "--later", "2 weeks", "--key", "groq"], 0);
    assert_eq!(
        (date("groq"), date("notion")),
        (next_year("YYYY-03-15"), next_year("YYYY-01-15"))
    );
    folder.run(&["schedule", "set", "--later", "1w"], 0);
    assert_eq!(
        (date("groq"), date("notion")),
        (next_year("YYYY-03-22"), next_year("YYYY-01-22"))
    );
    folder.run(&["schedule", "set", "--earlier", "1w", "--key", "notion"], 0);
    assert_eq!(date("notion"), next_year("YYYY-01-15"));
    for span in ["200 years", "25 months"] {
        let said = folder.run(&["schedule", "set", "--later", span], 1);
        assert!(said.contains("two years"), "{span}: {said}");
    }
    assert_eq!(date("groq"), next_year("YYYY-03-22"));
}

#[test]
fn a_date_for_all_says_which_due_keys_it_postpones() {
    let folder = Folder::with_env("API_Groq=made-up\nNOTION_TOKEN=made-up\nMISTRAL_API_KEY=made-up-too\n");
    folder.run(&["leak", "mistral"], 0);
    let said = folder.run(&["schedule", "set"], 0);
    assert!(said.contains("note: due now as before: mistral"), "{said}");
    assert!(
        said.contains("postponed with the others: notion, groq") && said.contains("--key notion"),
        "{said}"
    );
    let said = folder.run(&["schedule", "set", &next_year("YYYY-03-01")], 0);
    assert!(!said.contains("postponed"), "{said}");
}

#[test]
fn a_key_that_is_not_there_gets_no_date() {
    let folder = Folder::with_env("API_Groq=made-up\n");
    let said = folder.run(&["schedule", "set", "tomorrow", "--key", "bybit"], 1);
    assert!(
        said.contains("no key of Bybit") && said.contains("it holds: groq"),
        "{said}"
    );
    assert!(!folder.path("config/rotation_schedule.json").exists());
}
