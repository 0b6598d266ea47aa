//! Browsers with a profile of their own, driven through their driver; every wait is for a condition.

use chitieu_tests::server::{Scratch, free_port};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use thirtyfour::prelude::*;

/// Longest wait for a condition.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A device: a profile that survives its browser.
pub struct Device {
    profile: Scratch,
    driver_process: Option<Child>,
    engine: Engine,
    pub driver: WebDriver,
}

/// A kind of browser. WebKitGTK stands for Safari.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

impl Engine {
    pub fn named(name: &str) -> Self {
        match name {
            "chromium" => Self::Chromium,
            "firefox" => Self::Firefox,
            "webkit" => Self::WebKit,
            other => panic!("{other} is no browser of ours"),
        }
    }

    /// Its driver, listening on a port.
    fn driver(self, port: u16) -> Command {
        let mut command = match self {
            Self::Chromium => Command::new("chromedriver"),
            Self::Firefox => {
                Command::new(std::env::var("CHITIEU_GECKODRIVER").unwrap_or("geckodriver".into()))
            }
            Self::WebKit => {
                // It has no headless mode: it draws on a screen in memory.
                let mut command = Command::new("xvfb-run");
                command.args(["-a", "WebKitWebDriver"]);
                command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
                command
            }
        };
        if self == Self::Firefox {
            command.arg("--port").arg(port.to_string());
        } else {
            command.arg(format!("--port={port}"));
        }
        command
    }

    fn capabilities(self, profile: &Path) -> Capabilities {
        let mut all = match self {
            Self::Chromium => {
                let mut chrome = DesiredCapabilities::chrome();
                for argument in [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--window-size=1366,900",
                    &format!("--user-data-dir={}", profile.display()),
                ] {
                    chrome.add_arg(argument).expect("an argument");
                }
                let downloads =
                    serde_json::json!({ "download.default_directory": profile.join("downloads") });
                chrome.add_experimental_option("prefs", downloads).expect("an option");
                Capabilities::from(chrome)
            }
            Self::Firefox => {
                let mut firefox = DesiredCapabilities::firefox();
                firefox.set_headless().expect("an argument");
                firefox.add_arg("-profile").expect("an argument");
                firefox.add_arg(&profile.display().to_string()).expect("an argument");
                Capabilities::from(firefox)
            }
            Self::WebKit => Capabilities::default(),
        };
        if self == Self::WebKit {
            let libraries = Path::new("/usr/lib/x86_64-linux-gnu");
            let found = ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"]
                .map(|name| libraries.join(name).join("MiniBrowser"))
                .into_iter()
                .find(|path| path.exists());
            let browser = found.expect("MiniBrowser is installed");
            let options = serde_json::json!({ "binary": browser, "args": ["--automation"] });
            all.insert("browserName".into(), serde_json::json!("MiniBrowser"));
            all.insert("webkitgtk:browserOptions".into(), options);
        }
        all
    }
}

async fn connect(engine: Engine, capabilities: Capabilities) -> (Child, WebDriver) {
    let port = free_port();
    let mut process = engine
        .driver(port)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|e| panic!("the driver of {engine:?} is installed: {e}"));
    let address = format!("http://127.0.0.1:{port}");
    let mut why = String::new();
    for _ in 0..150 {
        match WebDriver::new(&address, capabilities.clone()).await {
            Ok(driver) => return (process, driver),
            Err(error) => why = error.to_string(),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    process.kill().ok();
    process.wait().ok();
    panic!("{engine:?} did not start: {why}");
}

impl Device {
    pub async fn new(name: &str) -> Self {
        Self::of(Engine::Chromium, name).await
    }

    pub async fn of(engine: Engine, name: &str) -> Self {
        Self::loading(engine, name, "normal").await
    }

    /// One that is looked at while its pages still load.
    pub async fn impatient(name: &str) -> Self {
        Self::loading(Engine::Chromium, name, "none").await
    }

    async fn loading(engine: Engine, name: &str, strategy: &str) -> Self {
        let profile = Scratch::new(name);
        let mut capabilities = engine.capabilities(&profile.0);
        capabilities.insert("pageLoadStrategy".into(), strategy.into());
        let (process, driver) = connect(engine, capabilities).await;
        Self { profile, driver_process: Some(process), engine, driver }
    }

    /// Makes the window as large as a phone's screen.
    pub async fn as_a_phone(&self) {
        let screen =
            serde_json::json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true });
        self.chromium("Emulation.setDeviceMetricsOverride", screen).await;
        self.chromium("Emulation.setTouchEmulationEnabled", serde_json::json!({ "enabled": true })).await;
    }

    /// Opens another tab and works in it; gives both.
    pub async fn second_tab(&self) -> [WindowHandle; 2] {
        let first = self.driver.window().await.expect("a tab");
        let second = self.driver.new_tab().await.expect("a tab");
        self.work_in(&second).await;
        [first, second]
    }

    /// Opens an empty tab beside the one worked in; gives this one and that.
    pub async fn spare_tab(&self) -> [WindowHandle; 2] {
        let here = self.driver.window().await.expect("a tab");
        [here, self.driver.new_tab().await.expect("a tab")]
    }

    pub async fn work_in(&self, tab: &WindowHandle) {
        self.driver.switch_to_window(tab.clone()).await.expect("the tab is open");
    }

    /// Closes the tab worked in and works in another.
    pub async fn close_tab(&self, then: &WindowHandle) {
        self.driver.close_window().await.expect("a tab");
        self.work_in(then).await;
    }

    /// Kills the browser's processes as a power cut would, and opens it again on the same profile.
    pub async fn crash_and_reopen(&mut self) {
        Command::new("pkill").args(["-9", "-f", &self.pattern()]).status().expect("pkill is there");
        self.stop_driver();
        for lock in ["SingletonLock", "SingletonSocket", "SingletonCookie", "lock", ".parentlock"] {
            std::fs::remove_file(self.profile.0.join(lock)).ok();
        }
        let (process, driver) = connect(self.engine, self.engine.capabilities(&self.profile.0)).await;
        self.driver_process = Some(process);
        let dead = std::mem::replace(&mut self.driver, driver);
        // Its browser is gone: there is nothing to say good-bye to.
        dead.leak().expect("a handle can be given up");
    }

    /// What the command lines of this browser's processes have in them, and no others. Only Firefox's first process names
    /// its profile; the others end with it.
    fn pattern(&self) -> String {
        let option = if self.engine == Engine::Firefox { "profile " } else { "user-data-dir=" };
        format!("{option}{}", self.profile.0.display())
    }

    fn stop_driver(&mut self) {
        if let Some(mut process) = self.driver_process.take() {
            process.kill().ok();
            process.wait().ok();
        }
    }

    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.expect("the page opens");
    }

    /// The element, once it is there.
    pub async fn see(&self, css: &str) -> WebElement {
        let found = self.driver.query(By::Css(css)).wait(TIMEOUT, Duration::from_millis(50)).first().await;
        if let Ok(element) = found {
            return element;
        }
        let page = self.text("document.body.innerText").await;
        self.picture("not-seen").await;
        panic!("waited in vain for {css}\n{page}");
    }

    /// Waits until a script gives true.
    pub async fn until(&self, what: &str, script: &str) {
        let script = format!("try {{ return Boolean({script}); }} catch {{ return false; }}");
        let rounds = TIMEOUT.as_millis() / 50;
        for _ in 0..rounds {
            if let Ok(answer) = self.driver.execute(&script, Vec::new()).await
                && answer.json().as_bool() == Some(true)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let page = self.text("document.body.innerText").await;
        let figures = "[...document.querySelectorAll('.figure')].map((f) => f.id + '=' + f.value).join(' ')";
        let figures = self.text(figures).await;
        panic!("waited in vain for: {what}\n{page}\n{figures}");
    }

    /// What a script gives, as text. While a page is being left a driver may answer with nothing, or with an error, in the
    /// script's place; it is asked again.
    pub async fn text(&self, script: &str) -> String {
        let mut why = "it gives nothing".to_owned();
        for _ in 0..TIMEOUT.as_millis() / 50 {
            match self.driver.execute(format!("return String({script});"), Vec::new()).await {
                Ok(answer) => {
                    if let Some(text) = answer.json().as_str() {
                        return text.to_owned();
                    }
                }
                Err(error) => why = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{script}: {why}");
    }

    /// Runs a script.
    pub async fn run(&self, script: &str) {
        self.driver.execute(script, Vec::new()).await.unwrap_or_else(|e| panic!("{script}: {e}"));
    }

    /// Runs a script that awaits, to its end.
    pub async fn run_to_end(&self, script: &str) {
        let all = format!("const done = arguments[0]; (async () => {{ {script} }})().then(done, done);");
        self.driver.execute_async(&all, Vec::new()).await.unwrap_or_else(|e| panic!("{script}: {e}"));
    }

    /// Waits until one of these elements has a text in it.
    pub async fn says(&self, css: &str, text: &str) {
        let script =
            format!("[...document.querySelectorAll(\"{css}\")].some((e) => e.innerText.includes('{text}'))");
        self.until(&format!("{css} says {text}"), &script).await;
    }

    /// Types a figure into a row and waits until the server has it.
    pub async fn send_figure(&self, row: u16, text: &str) {
        self.type_figure(row, text).await;
        self.saved_here().await;
        self.click("#sync").await;
        self.all_sent().await;
        let sent = format!("document.querySelector('#d{row}').closest('.cell').dataset.status === 'sent'");
        self.until("it was accepted", &sent).await;
        self.shows(row, text).await;
    }

    pub async fn click(&self, css: &str) {
        self.see(css).await;
        // In the middle of the page nothing that sticks to an edge lies over it.
        let middle = format!("document.querySelector(\"{css}\")?.scrollIntoView({{ block: 'center' }});");
        self.driver.execute(&middle, Vec::new()).await.expect("it can be scrolled to");
        // What is loaded later moves it; a click at where it was would miss it.
        let place = format!("document.querySelector(\"{css}\")?.getBoundingClientRect().y");
        let mut before = String::new();
        for _ in 0..100 {
            let now = self.text(&place).await;
            if std::mem::replace(&mut before, now.clone()) == now {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.see(css).await.click().await.unwrap_or_else(|e| panic!("{css}: {e}"));
    }

    pub async fn sign_in(&self, url: &str, username: &str) {
        self.open(url).await;
        self.see("#username").await.send_keys(username).await.expect("a field");
        self.see("#password").await.send_keys("chitieu-demo").await.expect("a field");
        self.click("button[type=submit]").await;
        self.see("#sync").await;
    }

    /// Gives the password where a session has ended; the name is there.
    pub async fn renew_session(&self) {
        self.see(".renew #password").await.send_keys("chitieu-demo").await.expect("a field");
        self.click(".renew button[type=submit]").await;
        self.until("the question is gone", "!document.querySelector('.renew')").await;
    }

    pub async fn sign_out(&self) {
        self.click("#sign-out").await;
        self.see("#username").await;
    }

    /// A row's field with the focus. Notes that come and go move the rows, so that a click may miss.
    async fn enter_row(&self, row: u16) -> WebElement {
        let middle = format!("document.querySelector('#d{row}')?.scrollIntoView({{ block: 'center' }});");
        let mut why = String::new();
        for _ in 0..100 {
            // It may have been drawn anew meanwhile.
            let field = self.see(&format!("#d{row}")).await;
            self.driver.execute(&middle, Vec::new()).await.expect("it can be scrolled to");
            match field.click().await {
                Ok(()) => return field,
                Err(error) => why = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.picture("not-clicked").await;
        panic!("row {row} cannot be clicked: {why}");
    }

    /// Types a figure into a row and moves on.
    pub async fn type_figure(&self, row: u16, text: &str) {
        let field = self.enter_row(row).await;
        field.send_keys(Key::Control + "a").await.expect("a field");
        field.send_keys(text).await.expect("a field");
        field.send_keys(Key::Enter + "").await.expect("a field");
    }

    /// Presses Enter in a row as it stands.
    pub async fn press_enter(&self, row: u16) {
        self.see(&format!("#d{row}")).await.send_keys(Key::Enter + "").await.expect("a field");
    }

    /// Gives the first element of these the focus and presses a key in it.
    pub async fn press_digit(&self, css: &str, digit: &str) {
        self.see(css).await;
        let focus = format!("document.querySelector('{css}').focus(); return true;");
        self.driver.execute(&focus, Vec::new()).await.expect("it takes the focus");
        self.driver.action_chain().send_keys(digit).perform().await.expect("a key");
    }

    /// Types a figure and returns in the moment in which the page calls it saved.
    pub async fn type_until_saved(&self, row: u16, text: &str) {
        let field = self.enter_row(row).await;
        field.send_keys(Key::Control + "a").await.expect("a field");
        field.send_keys(text).await.expect("a field");
        let watch = r"
            const [row, text] = arguments;
            const field = document.getElementById('d' + row), cell = field.closest('.cell');
            const saved = () => field.value === text && cell.dataset.status === 'saved'
                && document.querySelector('[data-unsaved]').dataset.unsaved === '0';
            window.onceSaved = new Promise((done) => new MutationObserver(() => saved() && done())
                .observe(document.body, { subtree: true, attributes: true, childList: true }));
        ";
        let arguments = vec![serde_json::json!(row), serde_json::json!(text)];
        self.driver.execute(watch, arguments).await.expect("it is watched");
        field.send_keys(Key::Enter + "").await.expect("a field");
        self.driver.set_script_timeout(TIMEOUT).await.expect("a longer wait");
        let done = "window.onceSaved.then(() => arguments[0]('saved'));";
        self.driver.execute_async(done, Vec::new()).await.expect("it is saved");
    }

    /// Types keys into whatever has the focus.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.expect("keys");
    }

    /// Presses a key while Control is held.
    pub async fn with_control(&self, key: char) {
        let chain = self.driver.action_chain().key_down(Key::Control).send_keys(key.to_string());
        chain.key_up(Key::Control).perform().await.expect("keys");
    }

    /// Puts the caret behind all that is in a row's field.
    pub async fn at_end_of(&self, row: u16) -> WebElement {
        let field = self.enter_row(row).await;
        self.keys(Key::End + "").await;
        field
    }

    /// One command of Chromium's own protocol.
    pub async fn chromium(&self, command: &str, parameters: serde_json::Value) {
        let tools = thirtyfour::extensions::cdp::ChromeDevTools::new(self.driver.handle.clone());
        tools.execute_cdp_with_params(command, parameters).await.unwrap_or_else(|e| panic!("{command}: {e}"));
    }

    /// What a composition of an input method shows while it is under way.
    pub async fn compose(&self, text: &str) {
        let end = text.chars().count();
        let shown = serde_json::json!({ "text": text, "selectionStart": end, "selectionEnd": end });
        self.chromium("Input.imeSetComposition", shown).await;
    }

    /// A text that comes at once: a composition that ends, speech.
    pub async fn insert(&self, text: &str) {
        self.chromium("Input.insertText", serde_json::json!({ "text": text })).await;
    }

    /// Pastes into a row, as a program puts it on the clipboard: text and, where there is some, markup.
    pub async fn paste(&self, row: u16, text: &str, html: Option<&str>) {
        self.enter_row(row).await;
        let script = r"
            const [text, html] = arguments, data = new DataTransfer();
            data.setData('text/plain', text);
            if (html) data.setData('text/html', html);
            const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(paste);
        ";
        let arguments = vec![serde_json::json!(text), serde_json::json!(html)];
        self.driver.execute(script, arguments).await.expect("it is pasted");
    }

    /// What the fault beside a row says; empty where nothing is wrong.
    pub async fn fault(&self, row: u16) -> String {
        self.text(&format!("document.querySelector('#d{row}-note .fault')?.innerText ?? ''")).await
    }

    /// How a row's cell stands: empty, saved, sending, sent, contested, rejected.
    pub async fn status(&self, row: u16) -> String {
        self.text(&format!("document.querySelector('#d{row}').closest('.cell').dataset.status")).await
    }

    pub async fn saved_here(&self) {
        let saved = "document.querySelector('[data-unsaved]').dataset.unsaved === '0'";
        self.until("everything typed is saved here", saved).await;
    }

    pub async fn all_sent(&self) {
        self.until("nothing waits", "document.querySelector('#sync').dataset.waiting === '0'").await;
    }

    pub async fn shows(&self, row: u16, text: &str) {
        let shown = format!("document.querySelector('#d{row}').value === '{text}'");
        self.until(&format!("row {row} shows {text}"), &shown).await;
    }

    /// The file with this ending that was downloaded, once it is whole.
    pub async fn downloaded(&self, ending: &str) -> std::path::PathBuf {
        let folder = self.profile.0.join("downloads");
        for _ in 0..TIMEOUT.as_millis() / 50 {
            let files = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
            if let Some(path) = files.into_iter().find(|path| path.extension().is_some_and(|e| e == ending)) {
                return path;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nothing was downloaded");
    }

    /// Chooses a file in an input.
    pub async fn choose_file(&self, css: &str, path: &Path) {
        let present = format!("document.querySelector('{css}')");
        self.until("the input is there", &present).await;
        let input = self.driver.find(By::Css(css)).await.expect("an input");
        input.send_keys(path.to_string_lossy()).await.expect("an input for files");
    }

    /// Saves a picture where CHITIEU_SHOTS names a folder; for looking at, not for judging.
    pub async fn picture(&self, name: &str) {
        if let Ok(folder) = std::env::var("CHITIEU_SHOTS") {
            let path = Path::new(&folder).join(format!("{name}.png"));
            self.driver.screenshot(&path).await.expect("a picture");
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        Command::new("pkill").args(["-9", "-f", &self.pattern()]).status().ok();
        self.stop_driver();
    }
}
