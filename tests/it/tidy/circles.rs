//! No circles of files: whoever reads a file reads the files that it uses first, and never comes back to where he began.
use super::{Source, crate_of, none, production, without_comments};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// From file to file, the names that the first takes from the second.
type Uses = BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>>;

/// What is taken from a module of which all is taken.
const ALL: &str = "*";

/// A file as a module of its crate.
struct Module {
    file: String,
    /// The path of the module within its crate, the crate's own name first.
    path: Vec<String>,
    code: String,
    /// What its `use` lines bring in: the name by which it is known here, and the path that it stands for. `*` for all.
    imports: Vec<(String, Vec<String>)>,
    defined: BTreeSet<String>,
}

/// All modules of the program and of the crates beside it.
struct House {
    modules: Vec<Module>,
    by_path: BTreeMap<Vec<String>, usize>,
}

impl Module {
    fn new(source: &Source) -> Option<Self> {
        let of = crate_of(&source.name)?;
        let (_, below) = source.name.rsplit_once("src/")?;
        let mut path = vec![of.to_owned()];
        path.extend(below.trim_end_matches(".rs").split('/').map(str::to_owned));
        if path.last().is_some_and(|last| last == "mod" || last == "lib") {
            path.pop();
        }
        let code = inline_modules_opened(&without_comments(source.production()));
        Some(Self {
            file: source.name.clone(),
            imports: imports(&code),
            defined: defined(&code),
            path,
            code,
        })
    }

    /// A path in the code whose first name is imported here, with the imported path in its place; whole paths as they are.
    fn spelled_out(&self, written: &[String]) -> Option<Vec<String>> {
        if ["crate", "self", "super"].contains(&written[0].as_str()) {
            return Some(written.to_vec());
        }
        let (_, imported) = self.imports.iter().find(|(known_as, _)| *known_as == written[0])?;
        Some([imported, &written[1..]].concat())
    }

    /// A path as it is written here, from the crate's name on; none when it leads out of the crate.
    fn absolute(&self, written: &[String]) -> Option<Vec<String>> {
        let mut at = match written.first()?.as_str() {
            "crate" => vec![self.path[0].clone()],
            "self" => self.path.clone(),
            "super" => self.path[..self.path.len().checked_sub(1)?].to_vec(),
            _ => return None,
        };
        for part in &written[1..] {
            if part == "super" {
                at.pop()?;
            } else {
                at.push(part.clone());
            }
        }
        Some(at)
    }
}

impl House {
    fn new(sources: &[Source]) -> Self {
        let modules: Vec<Module> = sources.iter().filter_map(Module::new).collect();
        let paths = modules.iter().enumerate().map(|(at, module)| (module.path.clone(), at));
        Self {
            by_path: paths.collect(),
            modules,
        }
    }

    /// The path from the crate on. One may also begin with a module below this one: `pub use below::Thing`.
    fn absolute(&self, from: usize, written: &[String]) -> Option<Vec<String>> {
        let module = &self.modules[from];
        if let Some(path) = module.absolute(written) {
            return Some(path);
        }
        let mut below = module.path.clone();
        below.push(written.first()?.clone());
        self.by_path.contains_key(&below).then(|| {
            below.extend(written[1..].iter().cloned());
            below
        })
    }

    /// The file that defines what a path names, and the name that it has there.
    fn defining(&self, path: &[String], depth: usize) -> Option<(usize, String)> {
        let known = (1..=path.len())
            .rev()
            .find(|length| self.by_path.contains_key(&path[..*length]))?;
        let at = self.by_path[&path[..known]];
        let Some(name) = path.get(known) else {
            return Some((at, ALL.to_owned()));
        };
        let module = &self.modules[at];
        if module.code.contains(&format!("mod {name};")) {
            // Left out: a file of tests.
            return None;
        }
        if depth > 8 || module.defined.contains(name) {
            return Some((at, name.clone()));
        }
        let follow = |written: &[String]| self.defining(&self.absolute(at, written)?, depth + 1);
        let by_name = module.imports.iter().find(|(known_as, _)| known_as == name);
        if let Some((_, written)) = by_name {
            // What comes from another crate is nobody's here.
            return follow(written);
        }
        let all = module.imports.iter().filter(|(known_as, _)| known_as == ALL);
        all.filter_map(|(_, written)| {
            let mut named = written.clone();
            named.push(name.clone());
            follow(&named)
        })
        .find(|(file, name)| self.modules[*file].defined.contains(name))
        .or(Some((at, name.clone())))
    }

    /// What each file takes from which other one: by `use`, and by whole paths and imported names in its code. That a
    /// folder calls what lies below it by `below::thing()` is the folder at work and no use in this sense.
    fn uses(&self) -> Uses {
        let inline = Regex::new(r"\b[a-z_]+(?:::[A-Za-z0-9_]+)+").unwrap();
        let mut uses = Uses::new();
        for (from, module) in self.modules.iter().enumerate() {
            let inline = inline.find_iter(&module.code).map(|path| split(path.as_str()));
            let inline = inline.filter_map(|path| module.spelled_out(&path));
            // A module that is brought in is used where its name stands in the code.
            let of_module = |known_as: &str, name: &str| name == ALL && known_as != ALL;
            let imported = module
                .imports
                .iter()
                .map(|(known_as, path)| (known_as.clone(), path.clone()));
            for (known_as, written) in imported.chain(inline.map(|path| (String::new(), path))) {
                let path = self.absolute(from, &written);
                let found = path.and_then(|path| self.defining(&path, 0));
                let Some((to, name)) = found.filter(|(_, name)| !of_module(&known_as, name)) else {
                    continue;
                };
                if to != from {
                    uses.entry(from).or_default().entry(to).or_default().insert(name);
                }
            }
        }
        uses
    }

    /// The circle in words, and every use that ties it.
    fn told(&self, circle: &[usize], uses: &Uses) -> String {
        let mut text = format!("a circle of {} files:", circle.len());
        for from in circle {
            for (to, names) in uses
                .get(from)
                .into_iter()
                .flatten()
                .filter(|(to, _)| circle.contains(to))
            {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let [from, to] = [*from, *to].map(|at| &self.modules[at].file);
                text.extend(["\n  ", from, " -> ", to, ": ", &names.join(", ")]);
            }
        }
        text
    }
}

/// Code in which a module within a file counts as the file itself: what it takes from above, it takes from there.
fn inline_modules_opened(code: &str) -> String {
    static OPENS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^( *)(?:pub(?:\([a-z: ]+\))? )?mod [a-z_]+ \{$").unwrap());
    let mut closes = None;
    let mut opened = String::new();
    for line in code.lines() {
        if closes.is_none() {
            closes = OPENS.captures(line).map(|indented| format!("{}}}", &indented[1]));
        } else if closes.as_deref() == Some(line) {
            closes = None;
        }
        let inside = closes.is_some();
        opened += &if inside {
            line.replace("super::", "self::")
        } else {
            line.to_owned()
        };
        opened.push('\n');
    }
    opened
}

fn split(path: &str) -> Vec<String> {
    path.split("::").map(|part| part.trim().to_owned()).collect()
}

const DEFINITION: &str = r"(?m)^ *(?:pub(?:\([a-z: ]+\))? )?(?:const |async |unsafe )*(?:struct|enum|trait|union|type|fn|const|static|macro_rules!) ([A-Za-z0-9_]+)";
const USE: &str = r"(?m)^ *(?:pub(?:\([a-z: ]+\))? )?use ([^;]+);";

/// What a file defines by a name that others can take.
fn defined(code: &str) -> BTreeSet<String> {
    static WANTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(DEFINITION).unwrap());
    WANTED.captures_iter(code).map(|named| named[1].to_owned()).collect()
}

/// Every `use` line, its braces opened: the name that it gives, and the path.
fn imports(code: &str) -> Vec<(String, Vec<String>)> {
    static WANTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(USE).unwrap());
    let mut found = Vec::new();
    for tree in WANTED.captures_iter(code) {
        open_braces("", &tree[1], &mut found);
    }
    found
}

fn open_braces(before: &str, tree: &str, found: &mut Vec<(String, Vec<String>)>) {
    let tree = tree.trim();
    if let Some((head, list)) = tree.split_once('{') {
        let list = list.trim_end().trim_end_matches('}');
        let mut depth = 0;
        let items = list.split(|letter: char| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            letter == ',' && depth == 0
        });
        let head = format!("{before}{head}");
        items
            .filter(|item| !item.trim().is_empty())
            .for_each(|item| open_braces(&head, item, found));
        return;
    }
    let (path, renamed) = match tree.split_once(" as ") {
        Some((path, name)) => (path, Some(name.trim())),
        None => (tree, None),
    };
    let mut path = split(&format!("{before}{path}"));
    let last = path.last().cloned().unwrap_or_default();
    if last == "self" || last == ALL {
        path.pop();
    }
    let name = match last.as_str() {
        ALL => ALL,
        "self" => path.last().map_or("", String::as_str),
        other => other,
    };
    found.push((renamed.unwrap_or(name).to_owned(), path));
}

/// Every set of files each of which leads to each other (Tarjan's strongly connected components, of two files or more).
fn circles(files: usize, uses: &Uses) -> Vec<Vec<usize>> {
    let mut search = Search {
        uses,
        number: vec![None; files],
        lowest: vec![0; files],
        stack: Vec::new(),
        next: 0,
        found: Vec::new(),
    };
    for file in 0..files {
        if search.number[file].is_none() {
            search.visit(file);
        }
    }
    search.found
}

struct Search<'a> {
    uses: &'a Uses,
    number: Vec<Option<usize>>,
    lowest: Vec<usize>,
    stack: Vec<usize>,
    next: usize,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, file: usize) {
        self.number[file] = Some(self.next);
        self.lowest[file] = self.next;
        self.next += 1;
        self.stack.push(file);
        for to in self.uses.get(&file).into_iter().flat_map(BTreeMap::keys) {
            match self.number[*to] {
                None => {
                    self.visit(*to);
                    self.lowest[file] = self.lowest[file].min(self.lowest[*to]);
                }
                Some(number) if self.stack.contains(to) => self.lowest[file] = self.lowest[file].min(number),
                Some(_) => {}
            }
        }
        if self.number[file] == Some(self.lowest[file]) {
            let begin = self.stack.iter().position(|on| *on == file).unwrap();
            let mut circle = self.stack.split_off(begin);
            circle.sort_unstable();
            if circle.len() > 1 {
                self.found.push(circle);
            }
        }
    }
}

#[test]
fn files_use_each_other_in_one_direction() {
    let house = House::new(&production());
    let uses = house.uses();
    let count: usize = uses.values().map(BTreeMap::len).sum();
    assert!(count > 500, "only {count} uses of one file by another were found");
    let circles = circles(house.modules.len(), &uses);
    none(
        &circles
            .iter()
            .map(|circle| house.told(circle, &uses))
            .collect::<Vec<_>>(),
    );
}

fn made_up(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn a_circle_is_found_through_what_its_folder_passes_on() {
    let files = [
        made_up("src/lib.rs", "pub mod room;"),
        made_up(
            "src/room/mod.rs",
            "mod a;\nmod b;\npub use b::{Bell, self as bells};\npub struct Door;",
        ),
        made_up("src/room/a.rs", "use super::Bell;\nstruct Lamp;"),
        made_up("src/room/b.rs", "pub struct Bell(super::a::Lamp);"),
        made_up("src/room/c.rs", "use super::{Door, bells::Bell};"),
    ];
    let house = House::new(&files);
    let uses = house.uses();
    let found = circles(house.modules.len(), &uses);
    assert_eq!(found.len(), 1);
    assert_eq!(
        house.told(&found[0], &uses),
        "a circle of 2 files:\n  src/room/a.rs -> src/room/b.rs: Bell\n  src/room/b.rs -> src/room/a.rs: Lamp"
    );
}
