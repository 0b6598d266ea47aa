//! axe-core in a page: rules by which whoever uses it otherwise than by eye and mouse can use it.

use super::browser::Device;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// Most that one look takes on a slow machine.
const MOST: Duration = Duration::from_secs(90);

/// What it gives: each rule that is broken, with the parts that break it.
#[derive(Deserialize)]
struct Broken {
    id: String,
    parts: Vec<(String, String)>,
}

/// Looks at pages and keeps what it found.
pub struct Axe {
    script: String,
    found: Vec<String>,
}

impl Axe {
    pub fn new() -> Self {
        let path = std::env::var("CHITIEU_AXE").expect("`cargo xtask test` says where axe-core is");
        let script = std::fs::read_to_string(path).expect("axe-core is there");
        Self { script, found: Vec::new() }
    }

    /// Looks at the page as it stands, by the rules that are on by default.
    pub async fn look(&mut self, device: &Device, state: &str) {
        device.driver.set_script_timeout(MOST).await.expect("a longer wait");
        if device.text("typeof window.axe").await != "object" {
            device.driver.execute(&self.script, Vec::new()).await.expect("axe-core is put in");
        }
        let run = "const done = arguments[0]; axe.run(document).then(({ violations }) => done(violations.map((one) => ({ \
            id: one.id, parts: one.nodes.map((part) => [part.html.slice(0, 300), part.failureSummary]) }))), \
            (error) => done([{ id: String(error), parts: [] }]));";
        let answer = device.driver.execute_async(run, Vec::new()).await.expect("axe-core answers");
        let broken: Vec<Broken> = serde_json::from_value(answer.json().clone()).expect("what is broken");
        for one in broken {
            let parts =
                one.parts.iter().map(|(html, why)| format!("    {html}\n      {}", why.replace('\n', " ")));
            self.found.push(format!("{state}: {}\n{}", one.id, parts.collect::<Vec<_>>().join("\n")));
        }
        device.picture(&format!("axe-{}", state.replace([' ', ','], "-"))).await;
    }

    /// Looks at a page on a phone and in the dark too, and leaves it as it was.
    pub async fn look_everywhere(&mut self, device: &Device, state: &str) {
        self.look(device, state).await;
        let dark =
            |scheme: &str| json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        device.chromium("Emulation.setEmulatedMedia", dark("dark")).await;
        self.look(device, &format!("{state}, dark")).await;
        let phone = json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true });
        device.chromium("Emulation.setDeviceMetricsOverride", phone).await;
        self.look(device, &format!("{state}, narrow, dark")).await;
        device.chromium("Emulation.setEmulatedMedia", dark("light")).await;
        self.look(device, &format!("{state}, narrow")).await;
        device.chromium("Emulation.clearDeviceMetricsOverride", json!({})).await;
    }

    /// Fails where a rule was broken anywhere.
    pub fn nothing_was_found(self) {
        assert!(
            self.found.is_empty(),
            "{} states break a rule:\n{}",
            self.found.len(),
            self.found.join("\n")
        );
    }
}
