// Starts the app: fetches the wasm bytes with a progress bar and hands them over as an ArrayBuffer, which
// every browser takes. The worker is registered once the app runs, so that it never slows a first start.
import init from "%SCRIPT%";

// Empty while somebody works on the app and wants to see every change at once.
const worker = "%WORKER%";
const bar = document.getElementById("boot-progress");
const fault = document.getElementById("boot-error");

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
  await init({ module_or_path: await bytes("%WASM%", %WASM_SIZE%) });
  document.getElementById("boot")?.remove();
  if (worker && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(worker, { updateViaCache: "none" }).catch((error) => console.warn(error));
  }
} catch (error) {
  fault.hidden = false;
  fault.textContent = `Không mở được ứng dụng, hãy tải lại trang. / The app did not start; reload. (${error.message})`;
}
