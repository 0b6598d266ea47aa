//! Pictures of a page as a phone, a tablet and a desk show it, in the light and in the dark; for looking at, not for judging.

use super::browser::Device;
use serde_json::json;

/// Widths, in CSS pixels.
const WIDTHS: [u32; 3] = [360, 768, 1366];

/// Pictures of the whole page, where a folder for them is named (`CHITIEU_SHOTS`); the page is left as it was.
pub async fn pictures(device: &Device, name: &str) {
    if std::env::var("CHITIEU_SHOTS").is_err() {
        return;
    }
    for scheme in ["light", "dark"] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        device.chromium("Emulation.setEmulatedMedia", features).await;
        for width in WIDTHS {
            let screen = |height: u64| json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            device.chromium("Emulation.setDeviceMetricsOverride", screen(900)).await;
            let height = device.text("document.documentElement.scrollHeight").await.parse().unwrap_or(900);
            device.chromium("Emulation.setDeviceMetricsOverride", screen(height)).await;
            device.picture(&format!("{name}-{width}-{scheme}")).await;
        }
    }
    device.chromium("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
    device.chromium("Emulation.clearDeviceMetricsOverride", json!({})).await;
}
