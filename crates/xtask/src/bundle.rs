//! Packs the app: wasm and its glue by the wasm-bindgen library, every file named by the hash of its final
//! bytes, the boot module, the precache list with digests, and compressed copies.

use crate::compress::{brotli, gzip};
use crate::minify::{Text, minify};
use crate::texts::Texts;
use crate::{Result, components, machine, order, run, say, snippets, split, symbols, target, tree};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How the app is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Small, slow to build: what is shipped and measured.
    Size,
    /// Quick to build and larger.
    Dev,
    /// As `Dev`, without the worker, and reloading itself when a new build is there.
    Watch,
}

impl Profile {
    fn cargo(self) -> &'static str {
        match self {
            Self::Size => "wasm-size",
            Self::Dev | Self::Watch => "wasm-dev",
        }
    }

    /// The packed app's folder below `target/app`.
    pub fn folder(self) -> PathBuf {
        self.folder_with(None)
    }

    fn folder_with(self, feature: Option<&str>) -> PathBuf {
        let name = if self == Self::Watch { "watch" } else { self.cargo() };
        target().join("app").join(named(name, feature))
    }
}

/// A packed app.
pub struct App {
    /// Its folder.
    pub folder: PathBuf,
    /// Files that a start needs, by path inside the folder.
    pub start: Vec<String>,
    /// What is loaded soon after a start.
    pub later: Vec<String>,
    /// The tasks' own file, which is loaded after that.
    pub tasks: Vec<String>,
    /// Fonts: the first screen fetches them all.
    pub fonts: Vec<String>,
    /// Files that an install fetches, the start's included.
    pub install: Vec<String>,
}

/// Builds and packs the app, as it is shipped.
pub fn bundle(profile: Profile) -> Result<App> {
    packed(profile, None)
}

/// The same with the page that shows every part in every state, for whoever works on the app.
pub fn bundle_with_components(profile: Profile) -> Result<App> {
    packed(profile, Some(components::FEATURE))
}

fn packed(profile: Profile, feature: Option<&'static str>) -> Result<App> {
    say(&format!("building the app ({})", profile.cargo()));
    let glue = built("chitieu-app", "app", profile, feature)?;
    say("packing");
    Pack::new(profile, feature).pack(&glue)
}

/// Builds a crate for the browser and gives the folder of its wasm and glue, named `name`.
pub fn glue(package: &str, name: &str, profile: Profile) -> Result<PathBuf> {
    built(package, name, profile, None)
}

fn built(package: &str, name: &str, profile: Profile, feature: Option<&str>) -> Result<PathBuf> {
    machine::wasm_target()?;
    let mut folder = target();
    let is_app = package == "chitieu-app";
    let mut arguments = vec![
        if is_app { "rustc" } else { "build" },
        "--package",
        package,
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        profile.cargo(),
    ];
    arguments.extend(feature.iter().flat_map(|feature| ["--features", feature]));
    let mut variables = Vec::new();
    let (small, flags);
    if profile == Profile::Size {
        // The standard library that rustup ships is compiled for speed. Compiled for size with the app, from the
        // sources of the pinned compiler, it makes a start 10 KB lighter. The option is not stable yet, so that
        // the compiler must be told to take it; its output stays apart, since build scripts look at that too.
        machine::library_sources()?;
        folder = folder.join("small");
        small = folder.to_string_lossy().into_owned();
        arguments.extend(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        arguments.extend(["--target-dir", &small]);
        // A panic is then a trap without words, and all code that would write them falls away: 14 KB of a start.
        // Given in this way cargo joins it to the flags of `.cargo/config.toml`.
        let immediate = "['-Zunstable-options', '-Cpanic=immediate-abort']";
        flags = format!("target.wasm32-unknown-unknown.rustflags={immediate}");
        arguments.extend(["--config", &flags]);
        variables.push(("RUSTC_BOOTSTRAP", "1"));
    }
    if is_app {
        // What the splitter goes by; asked of the last crate alone, so that nothing else is built for it.
        arguments.extend(["--bin", package, "--", "-Clink-arg=--emit-relocs"]);
    }
    run("cargo", &arguments, &variables)?;
    // A library's file has underscores, a program's the package's own name.
    let built = folder.join("wasm32-unknown-unknown").join(profile.cargo());
    let library = built.join(format!("{}.wasm", package.replace('-', "_")));
    let wasm = if library.exists() && !is_app { library } else { built.join(format!("{package}.wasm")) };
    let glue = target().join("glue").join(named(profile.cargo(), feature)).join(name);
    let wasm = if is_app { split::divide(&wasm, &glue, name)? } else { wasm };
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(&wasm)
        .web(true)
        .and_then(|b| {
            b.keep_lld_exports(is_app)
                .typescript(false)
                // What is shipped loses its names last, once it was ordered by them.
                .remove_name_section(profile != Profile::Size)
                .remove_producers_section(true)
                .omit_default_module_path(true)
                .out_name(name)
                .generate(&glue)
        })
        .map_err(|e| format!("wasm-bindgen: {e:#}"))?;
    if is_app {
        split::take_in_loader(&glue, name)?;
    }
    snippets::take_in(&glue, name)?;
    shorten(&glue, name, profile)?;
    if profile == Profile::Size {
        finish(&glue.join(format!("{name}_bg.wasm")))?;
    }
    if is_app {
        for late in split::LATE {
            let path = glue.join(late.cut);
            walrus_again(&path, profile)?;
            if profile == Profile::Size {
                finish(&path)?;
            }
        }
    }
    Ok(glue)
}

/// The folder of a build, beside that of the build without a feature.
fn named(folder: &str, feature: Option<&str>) -> String {
    feature.map_or_else(|| folder.to_owned(), |feature| format!("{folder}-{feature}"))
}

/// Puts a file's functions in order, takes their names out and leaves them beside it.
fn finish(path: &Path) -> Result {
    let ordered = order::by_likeness(&bytes_of(path)?)?;
    tree::write(path, &ordered.wasm)?;
    symbols::write(&path.with_extension(SYMBOLS), &ordered.names)
}

/// The ending of a symbol file beside its wasm.
const SYMBOLS: &str = "symbols";

/// Writes a file anew: the splitter leaves numbers as wide as a linker needs them.
fn walrus_again(path: &Path, profile: Profile) -> Result {
    let mut config = walrus::ModuleConfig::new();
    config.generate_name_section(profile == Profile::Size).generate_producers_section(false);
    let mut wasm = config.parse(&bytes_of(path)?).map_err(|e| format!("{}: {e:#}", path.display()))?;
    tree::write(path, &wasm.emit_wasm())
}

fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Makes the glue and what it gives to the wasm short: the bindings' names end in a hash each, which no packing
/// makes smaller, and the glue is written for readers. 3 KB of a start.
fn shorten(glue: &Path, name: &str, profile: Profile) -> Result {
    let (script_path, wasm_path) = (glue.join(format!("{name}.js")), glue.join(format!("{name}_bg.wasm")));
    let mut script = tree::read(&script_path)?;
    let bytes = bytes_of(&wasm_path)?;
    let mut config = walrus::ModuleConfig::new();
    config.generate_name_section(profile == Profile::Size).generate_producers_section(false);
    let mut wasm = config.parse(&bytes).map_err(|e| format!("{}: {e:#}", wasm_path.display()))?;
    for (place, import) in wasm.imports.iter_mut().enumerate() {
        // What is named anywhere else keeps its name.
        let key = format!("{}: function(", import.name);
        if script.matches(&import.name).count() == 1 && script.contains(&key) {
            let short = format!("i{place}");
            script = script.replace(&key, &format!("{short}: function("));
            import.name = short;
        }
    }
    // The longest first: one name may begin another.
    let mut calls: Vec<_> = wasm.exports.iter_mut().filter(|e| e.name.starts_with("wasm_bindgen_")).collect();
    calls.sort_by_key(|export| std::cmp::Reverse(export.name.len()));
    for (place, export) in calls.into_iter().enumerate() {
        let short = format!("call{place}");
        script = script.replace(&export.name, &short);
        export.name = short;
    }
    tree::write(&script_path, script.as_bytes())?;
    tree::write(&wasm_path, &wasm.emit_wasm())
}

struct Pack {
    profile: Profile,
    feature: Option<&'static str>,
    root: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
}

/// First 16 hexadecimal digits of a digest: enough to name a file.
fn hash(bytes: &[u8]) -> String {
    digest(bytes)[..16].to_owned()
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

impl Pack {
    fn new(profile: Profile, feature: Option<&'static str>) -> Self {
        Self { profile, feature, root: tree::root(), files: BTreeMap::new() }
    }

    fn source(&self, path: &str) -> Result<Vec<u8>> {
        bytes_of(&self.root.join(path))
    }

    fn text(&self, path: &str) -> Result<String> {
        tree::read(&self.root.join(path))
    }

    /// A text as it is shipped. Whoever works on the app reads it as it is written.
    fn short(&self, text: &str, what: Text) -> Result<Vec<u8>> {
        if self.profile == Profile::Size { minify(text, what) } else { Ok(text.into()) }
    }

    /// Puts a file under a name with its hash and gives that name.
    fn add_hashed(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let name = format!("{stem}-{}.{ending}", hash(&bytes));
        self.files.insert(name.clone(), bytes);
        name
    }

    /// Puts the files that are loaded later in; gives their names, and the glue with them.
    fn add_late(&mut self, glue: &Path, script: &str) -> Result<(Vec<String>, String)> {
        let (mut names, mut script) = (Vec::new(), script.to_owned());
        for late in split::LATE {
            names.push(self.add_hashed(&format!("{}.wasm", late.name), bytes_of(&glue.join(late.cut))?));
            script = script.replace(late.place, &format!("/{}", names[names.len() - 1]));
        }
        Ok((names, script))
    }

    fn pack(mut self, glue: &Path) -> Result<App> {
        let wasm = bytes_of(&glue.join("app_bg.wasm"))?;
        let script = bytes_of(&glue.join("app.js"))?;
        // A function of a snippet that has neither arguments nor a result nor `catch` is imported past the glue.
        if String::from_utf8_lossy(&script).contains("./snippets/") {
            return Err("a snippet is imported past the glue; give its function a result or `catch`".into());
        }
        let (late, script) = self.add_late(glue, &String::from_utf8_lossy(&script))?;
        let script = self.short(&script, Text::Module)?;
        let script = self.add_hashed("app.js", script);
        let wasm = self.add_hashed("app.wasm", wasm);
        if self.profile == Profile::Size {
            let names = |file: &str| glue.join(file).with_extension(SYMBOLS);
            let late = split::LATE.map(|file| (file.name, names(file.cut)));
            symbols::keep(&wasm, &names("app_bg.wasm"), &late)?;
        }
        let mut fonts = Vec::new();
        let mut later_css = self.text("style/fonts.css")? + &self.text("style/later.css")?;
        let mut css = String::new();
        for sheet in ["tokens", "base", "components", "layout"] {
            css.push_str(&self.text(&format!("style/{sheet}.css"))?);
        }
        if self.feature.is_some() {
            later_css += &components::style(&css, &later_css)?;
            later_css += &self.text("style/all_parts.css")?;
        }
        for font in tree::files(&self.root.join("app/public/fonts"), &[".woff2"])? {
            let name = font.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let bytes = self.source(&format!("app/public/fonts/{name}"))?;
            let hashed = self.add_hashed(&format!("fonts/{name}"), bytes);
            later_css = later_css.replace(&format!("/fonts/{name}"), &format!("/{hashed}"));
            fonts.push(hashed);
        }
        let (later_css, css) = (self.short(&later_css, Text::Sheet)?, self.short(&css, Text::Sheet)?);
        let later_css = self.add_hashed("later.css", later_css);
        let css = self.add_hashed("style.css", css);
        let mut icons = Vec::new();
        let mut manifest = self.text("app/public/manifest.webmanifest")?;
        for icon in tree::files(&self.root.join("app/public/icons"), &[".png", ".svg"])? {
            let name = icon.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let bytes = self.source(&format!("app/public/icons/{name}"))?;
            let hashed = self.add_hashed(&format!("icons/{name}"), bytes);
            manifest = manifest.replace(&format!("/icons/{name}"), &format!("/{hashed}"));
            icons.push((name, hashed));
        }
        let manifest = self.add_hashed("manifest.webmanifest", manifest.into_bytes());
        let texts = Texts::read()?;
        let index = texts.fill(&self.text("index.html")?)?;
        let boot = self.text("app/public/boot.js")?.replace("\"%TEXTS%\"", &texts.of_script()?);
        let (offline, worker) = (self.text("app/public/offline.js")?, self.text("app/public/sw.js")?);
        // Of all that is in it; those four say it, or name who does, so that they cannot count with it in.
        let trap = self.text("app/public/trap.js")?;
        let own = [&*index, &*boot, &*offline, &*trap, &*worker];
        let parts: Vec<&str> = self.files.keys().map(String::as_str).chain(own).collect();
        let build = hash(parts.join("\n").as_bytes());
        let offline = self.short(&offline.replace("%BUILD%", &build), Text::Module)?;
        let offline = self.add_hashed("offline.js", offline);
        let trap = self.short(&trap, Text::Module)?;
        let trap = self.add_hashed("trap.js", trap);
        let mut boot = boot
            .replace("%LATER_STYLE%", &format!("/{later_css}"))
            .replace("%TRAP%", &format!("/{trap}"))
            .replace("%SCRIPT%", &format!("/{script}"))
            .replace("%WASM%", &format!("/{wasm}"))
            .replace("%BUILD%", &build)
            .replace(
                "%OFFLINE%",
                &if self.profile == Profile::Watch { String::new() } else { format!("/{offline}") },
            );
        if self.profile == Profile::Watch {
            boot.push('\n');
            boot.push_str(&self.text("app/public/watch.js")?);
        }
        let boot = self.short(&boot, Text::Script)?;
        let boot = self.add_hashed("boot.js", boot);
        let mut index = index
            .replace("%STYLE%", &format!("/{css}"))
            .replace("%BOOT%", &format!("/{boot}"))
            .replace("%SCRIPT%", &format!("/{script}"))
            .replace("%WASM%", &format!("/{wasm}"))
            .replace("%MANIFEST%", &format!("/{manifest}"));
        for (name, hashed) in &icons {
            index = index.replace(&format!("/icons/{name}"), &format!("/{hashed}"));
        }
        if self.feature.is_some() {
            self.files.insert(components::PAGE.into(), index.clone().into_bytes());
        }
        self.files.insert("index.html".into(), index.into_bytes());
        let start = vec!["index.html".to_owned(), boot, script, wasm, css];
        let mut install = start.clone();
        // What the two share comes with the first of them.
        let (tasks, mut later) = late.into_iter().partition::<Vec<_>, _>(|name| name.starts_with("tasks-"));
        later.push(later_css);
        install.extend(later.iter().chain(&tasks).cloned());
        install.extend([offline, trap]);
        install.push(manifest);
        install.extend(fonts.iter().cloned());
        install.extend(icons.into_iter().map(|(_, hashed)| hashed));
        self.worker(&worker, &install, &build)?;
        let folder = self.profile.folder_with(self.feature);
        self.write(&folder)?;
        install.push("sw.js".into());
        Ok(App { folder, start, later, tasks, fonts, install })
    }

    /// The worker with its list, and the build's id where a page asks for it.
    fn worker(&mut self, worker: &str, install: &[String], build: &str) -> Result {
        let list: Vec<(String, String)> = install
            .iter()
            .map(|name| {
                let url = if name == "index.html" { "/".to_owned() } else { format!("/{name}") };
                (url, digest(&self.files[name]))
            })
            .collect();
        let list = serde_json::to_string(&list).map_err(|e| e.to_string())?;
        let worker = worker.replace("%BUILD%", build).replace("\"%LIST%\"", &list);
        // As it is written: a start does not wait for it, and tests make other builds' workers of it.
        self.files.insert("sw.js".into(), worker.into_bytes());
        let version = serde_json::json!({ "build": build }).to_string();
        self.files.insert("version.json".into(), version.into_bytes());
        Ok(())
    }

    fn write(&self, folder: &Path) -> Result {
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        for (name, bytes) in &self.files {
            tree::write(&folder.join(name), bytes)?;
            let packed_already = name.ends_with(".png") || name.ends_with(".woff2");
            if !packed_already && self.profile == Profile::Size {
                tree::write(&folder.join(format!("{name}.br")), &brotli(bytes)?)?;
                tree::write(&folder.join(format!("{name}.gz")), &gzip(bytes)?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packed_app_refers_only_to_files_it_has() {
        let folder = Profile::Size.folder();
        if !folder.join("index.html").exists() {
            // `cargo xtask test` packs before it runs this; a bare `cargo test` may come first.
            return;
        }
        let index = tree::read(&folder.join("index.html")).expect("the shell");
        assert!(!index.contains('%'), "a placeholder is left");
        assert!(!index.contains("://"), "an outside host");
        for file in tree::files(&folder, &[".wasm", ".css"]).expect("the files") {
            let bytes = bytes_of(&file).expect("a file");
            let has = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
            assert!(
                !has(b"/_components") && !has(b"data-scheme"),
                "{}: the page of all parts",
                file.display()
            );
        }
        assert!(!folder.join(components::PAGE).exists(), "the page of all parts has an address");
        for part in index.split(['"']).filter(|p| p.starts_with('/') && p.len() > 1) {
            assert!(folder.join(&part[1..]).is_file(), "{part} is missing");
        }
        let worker = tree::read(&folder.join("sw.js")).expect("the worker");
        let list =
            worker.split_once("const LIST = ").and_then(|(_, r)| r.split_once(';')).expect("the list").0;
        let list: Vec<(String, String)> = serde_json::from_str(list).expect("the list reads");
        assert!(list.len() > 8);
        for (url, sum) in list {
            let name = if url == "/" { "index.html" } else { &url[1..] };
            let bytes = std::fs::read(folder.join(name)).expect("a listed file");
            assert_eq!(digest(&bytes), sum, "{url}");
        }
    }
}
