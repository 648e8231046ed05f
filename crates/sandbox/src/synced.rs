//! Synced blocks: a copy names its original and shows what lies in that. In Markdown both are called by a name of one's
//! own, `<synced_block url="rules">` and `<synced_block_reference url="rules"/>`; a name that no page has stands for an
//! original that is not shared.
use super::block::Block;
use super::ids::Id;
use super::world::World;
use serde_json::json;

/// The kind of an original and of its copies.
const KIND: &str = "synced_block";

/// Puts ids in the place of the names that a new page's synced blocks have.
pub fn resolve(world: &mut World, rng: &mut fastrand::Rng, page: Id) {
    let of_page = |block: &&mut Block| block.page == page && block.kind == KIND;
    for block in world.blocks.values_mut().filter(of_page) {
        if block.value["synced_from"].is_null() {
            let name = block.value["url"].as_str().unwrap_or_default().to_owned();
            world.originals.insert(name, block.id);
            block.value = json!({ "synced_from": null });
        }
    }
    for block in world.blocks.values_mut().filter(of_page) {
        if let Some(name) = block.value["synced_from"]["url"].as_str() {
            let original = world.originals.get(name).copied();
            let original = original.unwrap_or_else(|| Id::object(rng));
            block.value = json!({ "synced_from": { "type": "block_id", "block_id": original } });
        }
    }
}

/// What is listed of a block: of a copy what lies in its original, as far as that is shared. That both ways to list a copy
/// are met, nothing and all, there is a switch.
pub fn children<'a>(world: &'a World, block: &'a Block) -> &'a [Id] {
    match block.original() {
        None => &block.children,
        Some(_) if world.copies_are_empty => &[],
        Some(original) => world
            .visible_block(original)
            .map_or(&[], |original| original.children.as_slice()),
    }
}
