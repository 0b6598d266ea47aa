//! Chromium with a profile of its own, driven through its driver; every wait is for a condition.

use super::server::{Scratch, free_port};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use thirtyfour::prelude::*;

/// Longest wait for a condition.
const PATIENCE: Duration = Duration::from_secs(30);

/// A device: a profile that survives its browser.
pub struct Device {
    profile: Scratch,
    driver_process: Option<Child>,
    pub driver: WebDriver,
}

async fn connect(profile: &Path) -> (Child, WebDriver) {
    let port = free_port();
    let mut process = Command::new("chromedriver")
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed");
    let mut capabilities = DesiredCapabilities::chrome();
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
        capabilities.add_arg(argument).expect("an argument");
    }
    let address = format!("http://127.0.0.1:{port}");
    for _ in 0..100 {
        if let Ok(driver) = WebDriver::new(&address, capabilities.clone()).await {
            return (process, driver);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    process.kill().ok();
    process.wait().ok();
    panic!("the browser did not start");
}

impl Device {
    pub async fn new(name: &str) -> Self {
        let profile = Scratch::new(name);
        let (process, driver) = connect(&profile.0).await;
        Self { profile, driver_process: Some(process), driver }
    }

    /// Kills the browser's processes as a power cut would, and opens it again on the same profile.
    pub async fn crash_and_reopen(&mut self) {
        let pattern = format!("user-data-dir={}", self.profile.0.display());
        Command::new("pkill").args(["-9", "-f", &pattern]).status().expect("pkill is there");
        self.stop_driver();
        for lock in ["SingletonLock", "SingletonSocket", "SingletonCookie"] {
            std::fs::remove_file(self.profile.0.join(lock)).ok();
        }
        let (process, driver) = connect(&self.profile.0).await;
        self.driver_process = Some(process);
        let dead = std::mem::replace(&mut self.driver, driver);
        // Its browser is gone: there is nothing to say good-bye to.
        dead.leak().expect("a handle can be given up");
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
        self.driver
            .query(By::Css(css))
            .wait(PATIENCE, Duration::from_millis(50))
            .first()
            .await
            .unwrap_or_else(|e| panic!("{css}: {e}"))
    }

    /// Waits until a script gives true.
    pub async fn until(&self, what: &str, script: &str) {
        let script = format!("try {{ return Boolean({script}); }} catch {{ return false; }}");
        let rounds = PATIENCE.as_millis() / 50;
        for _ in 0..rounds {
            if let Ok(answer) = self.driver.execute(&script, Vec::new()).await
                && answer.json().as_bool() == Some(true)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let page = self.text("document.body.innerText").await;
        panic!("waited in vain for: {what}\n{page}");
    }

    /// What a script gives, as text.
    pub async fn text(&self, script: &str) -> String {
        let answer = self.driver.execute(format!("return String({script});"), Vec::new()).await;
        answer.expect("the script runs").json().as_str().unwrap_or_default().to_owned()
    }

    pub async fn click(&self, css: &str) {
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

    /// Types a figure into a row and moves on.
    pub async fn type_figure(&self, row: u16, text: &str) {
        let field = self.see(&format!("#d{row}")).await;
        field.click().await.expect("a field");
        field.send_keys(Key::Control + "a").await.expect("a field");
        field.send_keys(text).await.expect("a field");
        field.send_keys(Key::Enter + "").await.expect("a field");
    }

    /// Types a figure and returns in the moment in which the page calls it saved.
    pub async fn type_until_saved(&self, row: u16, text: &str) {
        let field = self.see(&format!("#d{row}")).await;
        field.click().await.expect("a field");
        field.send_keys(Key::Control + "a").await.expect("a field");
        field.send_keys(text).await.expect("a field");
        let script = r"
            const [row, text, done] = arguments;
            const field = document.getElementById('d' + row), cell = field.closest('.cell');
            const saved = () => field.value === text && cell.dataset.status === 'saved'
                && document.querySelector('[data-unsaved]').dataset.unsaved === '0';
            new MutationObserver(() => saved() && done('saved'))
                .observe(document.body, { subtree: true, attributes: true, childList: true });
            field.blur();
            if (saved()) done('saved');
        ";
        self.driver.set_script_timeout(PATIENCE).await.expect("a longer wait");
        let arguments = vec![serde_json::json!(row), serde_json::json!(text)];
        self.driver.execute_async(script, arguments).await.expect("it is saved");
    }

    pub async fn saved_here(&self) {
        self.until(
            "everything typed is saved here",
            "document.querySelector('[data-unsaved]').dataset.unsaved === '0'",
        )
        .await;
    }

    pub async fn all_sent(&self) {
        self.until("nothing waits", "document.querySelector('#sync').dataset.waiting === '0'").await;
    }

    pub async fn shows(&self, row: u16, text: &str) {
        self.until(
            &format!("row {row} shows {text}"),
            &format!("document.querySelector('#d{row}').value === '{text}'"),
        )
        .await;
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
        let pattern = format!("user-data-dir={}", self.profile.0.display());
        Command::new("pkill").args(["-9", "-f", &pattern]).status().ok();
        self.stop_driver();
    }
}
