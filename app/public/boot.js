// Starts the app: fetches the wasm bytes with a progress bar and hands them over as an ArrayBuffer, which
// every browser takes. What keeps the app for offline use is loaded once the app runs, so that it never slows a start.

// Empty while somebody works on the app and wants to see every change at once.
const offline = "%OFFLINE%";
const bar = document.getElementById("boot-progress");
const fault = document.getElementById("boot-error");
let hasStopped = false;
// The page shows it by itself where not even this script comes.
fault.hidden = true;

// Chromium gives ten frames where nobody asks for more.
Error.stackTraceLimit = 50;
addEventListener("error", ({ error }) => {
  // Whatever was thrown through wasm left it in the middle of something.
  if (isTrap(error) || frames(error).includes("wasm-function")) stopped(error);
});
addEventListener("unhandledrejection", ({ reason }) => {
  if (isTrap(reason)) stopped(reason);
});

function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError;
}

// The stack without the message, which Chromium puts before it and which may quote what somebody typed.
function frames(error) {
  const stack = String(error?.stack ?? "");
  return stack.includes("\n    at ") ? stack.split("\n").filter((line) => line.startsWith("    at ")).join("\n") : stack;
}

function element(name, properties, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

// Says that the app has stopped, once. The rest of the page is dead from now on.
function stopped(error) {
  if (hasStopped) return;
  hasStopped = true;
  // Nobody is left to ask whether the page may be left.
  addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
  const report = [
    isTrap(error) ? String(error) : error.name,
    "build %BUILD%",
    "%WASM%",
    navigator.userAgent,
    new Date().toISOString(),
    frames(error),
  ].join("\n");
  const text = element("pre", { textContent: report, tabIndex: 0 });
  const copy = element("button", { className: "button quiet small", textContent: "Sao chép / Copy" });
  copy.onclick = () => {
    getSelection().selectAllChildren(text);
    navigator.clipboard?.writeText(report);
  };
  const reload = element("button", { id: "trap-reload", className: "button", textContent: "Tải lại / Reload" });
  reload.onclick = () => location.reload();
  const english = { lang: "en", className: "muted" };
  const box = element(
    "div",
    { className: "card" },
    element("h1", { id: "trap-title", textContent: "Chương trình đã dừng vì một lỗi" }),
    element("p", { id: "trap-text", textContent: "Những gì đã gõ vẫn được giữ trên máy này. Hãy tải lại trang để làm tiếp." }),
    element("p", { ...english, textContent: "The program stopped because of an error. What was typed is kept on this device. Reload to go on." }),
    reload,
    element("details", {}, element("summary", { textContent: "Báo cáo lỗi / Error report" }), text, copy),
  );
  const dialog = element("div", { className: "trap" }, box);
  const attributes = { role: "alertdialog", "aria-modal": "true", "aria-labelledby": "trap-title", "aria-describedby": "trap-text" };
  for (const [name, value] of Object.entries(attributes)) dialog.setAttribute(name, value);
  for (const part of document.body.children) part.inert = true;
  document.body.append(dialog);
  reload.focus();
}

async function bytes(url, size) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  if (!answer.body) return answer.arrayBuffer();
  const reader = answer.body.getReader();
  const parts = [];
  let got = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    got += value.length;
    bar.value = Math.min(99, (100 * got) / size);
  }
  const all = new Uint8Array(got);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}

try {
  const { default: init } = await import("%SCRIPT%");
  await init({ module_or_path: await bytes("%WASM%", %WASM_SIZE%) });
  document.getElementById("boot")?.remove();
  if (offline) import(offline).catch((error) => console.warn(error));
} catch (error) {
  if (isTrap(error)) stopped(error);
  fault.hidden = hasStopped;
  fault.className = "now";
  for (const part of [bar, bar.previousElementSibling]) part.hidden = true;
  document.getElementById("boot-why").textContent = error.message;
  // A kept file may be damaged: the next start has it whole.
  navigator.serviceWorker?.controller?.postMessage({ look: "all" });
}
