//! What a comment did is undone with it, and only that.
use crate::stage::{Scene, Who};
use keyminder::domain::event::Authority;
use std::time::Instant;

const ANA: Who = ("ana", Authority::Full);
const BRAM: Who = ("bram", Authority::Full);

#[test]
fn a_page_with_hundreds_of_blockers() {
    let scene = Scene::new();
    let mut stage = scene.stage(&[]);
    stage.post(ANA, "Stuck on step 3, permission denied");
    let one = stage.state.blockers[0].clone();
    stage.state.blockers = vec![one; 600];
    let begun = Instant::now();
    for number in 0..100 {
        stage.post(BRAM, &format!("Working on step 2, part {number}"));
    }
    println!("{:?} a comment", begun.elapsed() / 100);
}
