//! Settings: flags over environment over `config/keyminder.toml` over defaults; read once; all faults reported at once.
mod faults;
mod files;
mod load;
mod playbook;
mod reader;
mod settings;
mod text;
mod values;

pub use faults::Faults;
pub use files::files_of_keys;
pub use playbook::{asks, is_included_by_builtin, playbook, prompt_files};
pub use settings::{
    AlertSettings, Backlog, EffectSettings, EvidenceSettings, MayAct, NotionSettings, PageSource, PeopleSettings,
    PollSettings, ProjectArgs, ReplySettings, RotationSettings, Settings,
};
pub use text::text_of;

#[cfg(test)]
mod tests;
