//! Whether what a step should bring about can be seen: on the page, in the project, in what a command said.
use super::page_view::PageView;
use super::script::Expectation;
use super::setup::Demo;

impl Expectation {
    /// Says what is missing; `None` when it is there.
    pub(super) fn missing(&self, demo: &Demo, page: &PageView) -> Option<String> {
        let reply = || demo.reply(page).unwrap_or_default();
        match self {
            Self::Says(text) => {
                (!reply().contains(text)).then(|| format!("the reply does not say {text:?}: {:?}", reply()))
            }
            Self::SomewhereSays(text) => {
                (!page.ours().any(|said| said.contains(text))).then(|| format!("no reply says {text:?}"))
            }
            Self::NowhereSays(text) => page
                .ours()
                .any(|said| said.contains(text))
                .then(|| "a piece of a key is in a reply".to_owned()),
            Self::Status(status) => {
                (page.status != *status).then(|| format!("Status is {:?}, not {status:?}", page.status))
            }
            Self::Box(number, ticked) => {
                let found = page.boxes.get(number - 1).is_some_and(|(_, found)| found == ticked);
                (!found).then(|| format!("box {number} is not {}", if *ticked { "ticked" } else { "open" }))
            }
            Self::OldIsBack(provider) => {
                let holds = demo.old.get(*provider).is_some_and(|values| demo.env_holds(values));
                (!holds).then(|| format!(".env does not hold the old key of {provider}"))
            }
            Self::NewStands(provider) => {
                let holds = demo.new.get(*provider).is_some_and(|values| demo.env_holds(values));
                (!holds).then(|| format!(".env does not hold the new key of {provider}"))
            }
            Self::NotDue(provider) => {
                (demo.is_due(provider)).then(|| format!("the key of {provider} is due yet, though it is new"))
            }
            Self::Told(text) => {
                let lines = &demo.output.lines;
                let is_told = lines.iter().any(|line| line.contains(text));
                (!is_told).then(|| format!("the command does not say {text:?}: {lines:?}"))
            }
            Self::Refused => (!demo.output.refused).then(|| "the command did not refuse".to_owned()),
            Self::File(path) => (!demo.project.join(path).is_file()).then(|| format!("there is no {path}")),
        }
    }
}
