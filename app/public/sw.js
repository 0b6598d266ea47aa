// Keeps the app for offline use. An install is all or nothing: each file is fetched anew and its digest
// compared with the list. No data of the interface ever enters the cache, and nothing here touches IndexedDB.
const BUILD = "%BUILD%";
const LIST = "%LIST%";
const CACHE = `chitieu-${BUILD}`;
const NETWORK_ONLY = ["/api/", "/public/", "/embed/", "/oembed", "/healthz", "/readyz", "/metrics", "/version.json"];

async function digest(buffer) {
  const sum = await crypto.subtle.digest("SHA-256", buffer);
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function install() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(
      LIST.map(async ([url, sum]) => {
        const answer = await fetch(url, { cache: "reload" });
        if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
        const body = await answer.clone().arrayBuffer();
        if ((await digest(body)) !== sum) throw new Error(`${url}: wrong digest`);
        await cache.put(url, answer);
      }),
    );
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("chitieu-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (NETWORK_ONLY.some((path) => url.pathname.startsWith(path))) return;
  const wanted = event.request.mode === "navigate" ? "/" : url.pathname;
  event.respondWith(
    caches.open(CACHE).then(async (cache) => (await cache.match(wanted)) ?? fetch(event.request)),
  );
});
