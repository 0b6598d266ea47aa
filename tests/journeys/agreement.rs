//! The domain gives the same results on the server and in the browser.

use super::support::browser::Device;
use super::support::portal;
use chitieu_tests::server::{Scratch, Server};
use std::net::TcpListener;
use std::path::PathBuf;

/// How many generated cases are compared.
const CASES: u32 = 40;

fn glue(file: &str) -> Vec<u8> {
    let folder = std::env::var_os("CHITIEU_AGREEMENT").expect("cargo xtask test says where the glue is");
    let path = PathBuf::from(folder).join(file);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[tokio::test]
async fn generated_cases_give_the_same_bytes_natively_and_in_the_browser() {
    let folder = Scratch::new("agreement-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("agreement").await;
    device.sign_in(&server.url("/"), "auditor").await;
    let fetched = device
        .driver
        .execute_async(
            "const done = arguments[0]; fetch('/api/v1/plan').then(r => r.text()).then(done);",
            Vec::new(),
        )
        .await
        .expect("the plan");
    let plan = fetched.json().as_str().expect("text").to_owned();
    let native = chitieu_agreement::results(&plan, CASES);
    assert!(native.starts_with("case 0\n") && native.contains("\"verdict\":\"met\""), "{}", &native[..200]);

    // A page of another origin, without the app's security policy, runs the same crate as wasm.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let portal = portal::open(listener, server.url("/embed/v1/target/T04"));
    device.open(&portal).await;
    let script = r"
        const [glue, bytes, plan, cases, done] = arguments;
        (async () => {
            const module = await import(URL.createObjectURL(new Blob([glue], { type: 'text/javascript' })));
            await module.default({ module_or_path: new Uint8Array(bytes) });
            return module.results(plan, cases);
        })().then(done, error => done('failed: ' + error));
    ";
    let arguments = vec![
        serde_json::json!(String::from_utf8(glue("agreement.js")).expect("text")),
        serde_json::json!(glue("agreement_bg.wasm")),
        serde_json::json!(plan),
        serde_json::json!(CASES),
    ];
    device.driver.set_script_timeout(std::time::Duration::from_mins(2)).await.expect("a longer wait");
    let answer = device.driver.execute_async(script, arguments).await.expect("the cases run");
    let wasm = answer.json().as_str().expect("text").to_owned();
    if let Some((a, b)) = native.lines().zip(wasm.lines()).find(|(a, b)| a != b) {
        panic!("natively: {a}\nin the browser: {b}");
    }
    assert_eq!(native.len(), wasm.len());
}
