//! What the project says about a page: the check behind each step and criterion (`config/pages/<ID>.toml`).
use super::guide::Guide;
use crate::evidence::Check;
use crate::ids::PageId;
use crate::toml_fault;
use serde::Deserialize;

/// A page's description, as in its file.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PageDescription {
    /// The id at the start of the page's title, or any name where `page` says which page is meant.
    pub id: String,
    /// The page itself, by its id in Notion or its address: for one whose title begins with no id.
    #[serde(default)]
    pub page: Option<String>,
    /// The action item that follows.
    #[serde(default)]
    pub next_action: Option<String>,
    /// The plan in minutes, where the page states none.
    #[serde(default)]
    pub estimate_minutes: Option<u32>,
    /// The steps, as far as they need a description.
    #[serde(default, rename = "step")]
    pub steps: Vec<StepDescription>,
    /// The criteria, each with its check.
    #[serde(default, rename = "criterion")]
    pub criteria: Vec<CriterionDescription>,
}

/// What the project says about one step.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct StepDescription {
    /// The step's number on the page.
    pub number: u8,
    /// The criteria that this step leads to.
    #[serde(default)]
    pub criteria: Vec<u8>,
    /// How a step without a criterion is proven.
    #[serde(default)]
    pub check: Option<Check>,
}

/// What the project says about one criterion.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct CriterionDescription {
    /// The criterion's number, in the order of the boxes.
    pub number: u8,
    /// Words of its box, in lower case: the box is found by them, else by its number.
    #[serde(default, rename = "match")]
    pub words: Option<String>,
    /// How it is proven.
    #[serde(default)]
    pub check: Option<Check>,
}

impl PageDescription {
    /// Reads a description; the error says where and what.
    pub fn parse(text: &str, file: &str) -> Result<Self, String> {
        let mut description: Self =
            toml::from_str(text).map_err(|error| format!("{file}: {}", toml_fault::in_words(text, &error)))?;
        if let Some(page) = &description.page {
            let id = PageId::parse(page)
                .ok_or_else(|| format!("{file}: page is neither the id of a page nor its address"))?;
            description.page = Some(id.as_str().to_owned());
        }
        for step in &description.steps {
            for number in &step.criteria {
                if !description.criteria.iter().any(|criterion| criterion.number == *number) {
                    return Err(format!(
                        "{file}: step {} leads to criterion {number}, which has no [[criterion]] table; add one",
                        step.number
                    ));
                }
            }
        }
        Ok(description)
    }

    /// Whether it says that this very page is meant.
    pub fn is_of(&self, page: &PageId) -> bool {
        self.page.as_deref() == Some(page.as_str())
    }

    /// The number of the box on the page that a criterion's description means.
    pub fn box_of(&self, guide: &Guide, criterion: &CriterionDescription) -> Option<u8> {
        let words = criterion.words.as_deref().unwrap_or_default().to_lowercase();
        let by_words = guide
            .criteria
            .iter()
            .find(|on_page| !words.is_empty() && on_page.text.to_lowercase().contains(&words));
        by_words.map(|on_page| on_page.number).or_else(|| {
            guide
                .criteria
                .iter()
                .find(|on_page| on_page.number == criterion.number)
                .map(|on_page| on_page.number)
        })
    }

    /// The check behind a criterion, by its number here.
    pub fn check(&self, number: u8) -> Option<&Check> {
        self.criteria
            .iter()
            .find(|criterion| criterion.number == number)?
            .check
            .as_ref()
    }

    /// Every check, of criteria and of steps.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        let criteria = self.criteria.iter().filter_map(|criterion| criterion.check.as_ref());
        criteria.chain(self.steps.iter().filter_map(|step| step.check.as_ref()))
    }

    /// The description of a step.
    pub fn step(&self, number: u8) -> Option<&StepDescription> {
        self.steps.iter().find(|step| step.number == number)
    }
}
