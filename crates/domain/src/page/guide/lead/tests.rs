//! Leads of lines as people write them, in six languages.
use super::*;
use LeadKind::{Number, Part, Step};

/// Each means step 1, and its title is "Go".
const STEP_ONE: &str = "Step 1: Go;🔐 Step 1 – Go;STEP ONE Go;Step 1 Go;step 1) Go;Stap 1. Go;Schritt 1 - Go;Étape 1 : Go;\
    Paso 1.- Go;Passo nº 1: Go;Step no. 1: Go;Step #1: Go;Step 1/5: Go;Step 1 of 5 – Go;Stap 1 van 5: Go;First step: Go;\
    1st step: Go;1e stap: Go;1. Schritt: Go;1ère étape : Go;1º passo: Go;Erster Schritt: Go;Stap één: Go;**Step 1:** Go;\
    Step I: Go;Step 1️⃣ Go;1. Step 1: Go;Step 1 🔐 Go;E\u{301}tape 1 : Go;Step 1 | Go;[Step 1] Go";

/// Each is numbered 1, and its title is "Go".
const NUMBER_ONE: &str = "1. Go;1) Go;(1) Go;1: Go;1 – Go;1.Go;1️⃣ Go;① Go;#1 Go;🔑 1. Go;[1] Go;No. 1: Go;Nr. 1 – Go;A. Go;\
    A) Go;I. Go;1.2 Go";

/// None of these begins a step.
const NO_LEADS: &str = "Go;🔑;2026-11-30 Review;10:00 Doors open;2nd floor;5min break;A plan;I think so;One more thing;\
    Steps 3 to 1;Steps;Steps 1;Step 3-1;Step back;Part of the plan;Phase out the old;Stepping 1;Step a little;Step one foot inside;1-2 people;\
    2026 plans;1.12.2026 Review;First things first;Steps;Task force;Note: go;5 minutes";

#[track_caller]
fn check(line: &str, expected: Option<(LeadKind, u32, &str)>) {
    let found = lead(line);
    let found = found.map(|lead| (lead.kind, lead.number, &line[lead.title_at..]));
    assert_eq!(found, expected, "{line}");
}

#[test]
fn steps_are_told_by_a_word_and_a_number() {
    for line in STEP_ONE.split(';') {
        check(line, Some((Step, 1, line[line.len() - 2..].trim())));
    }
    check("Deploy | Step 1: Go", Some((Step, 1, "Go")));
    check("Step 2", Some((Step, 2, "")));
    check("Step 2:", Some((Step, 2, "")));
    check("Step 2 (5 minutes)", Some((Step, 2, "(5 minutes)")));
    check("Step 2.1: Go", Some((Step, 2, "Go")));
    check("Step 2b: Go", Some((Step, 2, "Go")));
    check("Step 12 Write", Some((Step, 12, "Write")));
    check("Step 0: Before", Some((Step, 0, "Before")));
    check("Schritt IV: Los", Some((Step, 4, "Los")));
    for (line, number) in [
        ("Phase A – Go", 1),
        ("Part B: Go", 2),
        ("Phase 3 Go", 3),
        ("Fase II: Go", 2),
        ("Teil C. Go", 3),
    ] {
        check(line, Some((Part, number, "Go")));
    }
}

#[test]
fn numbers_alone_are_leads_when_a_sign_follows() {
    for line in NUMBER_ONE.split(';') {
        check(line, Some((Number, 1, "Go")));
    }
    check("3 ways to go", Some((Number, 3, "ways to go")));
    for line in NO_LEADS.split(';') {
        let found = lead(line).filter(|lead| lead.is_closed || lead.kind != Number);
        assert_eq!(found, None, "{line}");
    }
    assert_eq!(lead(""), None);
}

#[test]
fn several_steps_and_parts_are_told_from_one() {
    for line in [
        "Steps 1 to 3: Go",
        "Steps 1-3: Go",
        "Steps 1 – 3: Go",
        "Step 1-3: Go",
        "Step 1 to 3: Go",
        "Stappen 1 t/m 3: Go",
        "Stap 1 tot 3: Go",
        "Schritte 1 bis 3: Go",
        "Étapes 1 à 3 : Go",
        "Pasos 1 y 3: Go",
    ] {
        check(line, Some((Step, 1, "Go")));
        assert_eq!(lead(line).and_then(|lead| lead.until), Some(3), "{line}");
    }
    for line in ["Step 1 – 3 boxes", "Step 1 of 3: Go", "Step 1/3: Go", "1-3 people"] {
        assert_eq!(lead(line).and_then(|lead| lead.until), None, "{line}");
    }
    for (line, minor) in [("Step 1b: Go", 2), ("1.3 Go", 3), ("Step 2: Go", 0), ("2C. Go", 3)] {
        assert_eq!(
            lead(line).map(|lead| (lead.is_part, lead.minor)),
            Some((minor > 0, minor)),
            "{line}"
        );
    }
}
