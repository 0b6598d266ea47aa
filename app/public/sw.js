// Keeps the app for offline use. What is kept is compared with a list of digests, at the install and whenever a page
// asks, and what is missing or damaged is fetched again. Where the storage fails, the network answers. No data of the
// interface ever enters the cache, and nothing here touches IndexedDB.
const BUILD = "%BUILD%";
const LIST = "%LIST%";
const PREFIX = "chitieu-";
const CACHE = PREFIX + BUILD;
const NETWORK_ONLY = ["/api/", "/public/", "/embed/", "/oembed", "/quan-tri/", "/healthz", "/readyz", "/metrics", "/version.json"];
// The query of a navigation that its person wants answered by the server.
const FROM_SERVER = "?may-chu";
// For how long the storage is waited for before the network is asked.
const PATIENCE = 3000;
// For how long a tab may think about whether somebody types in it: one in the background of a slow device takes seconds, an
// earlier build's never answers.
const ANSWER = 3000;

const pause = (time) => new Promise((done) => setTimeout(done, time));

async function digest(buffer) {
  const sum = await crypto.subtle.digest("SHA-256", buffer);
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A file of the list. What the page has loaded is taken from the browser's own cache, however old: the digest decides.
async function fetched([url, sum]) {
  for (const cache of ["force-cache", "reload"]) {
    const answer = await fetch(url, { cache });
    if (answer.ok && (await digest(await answer.clone().arrayBuffer())) === sum) return answer;
  }
  throw new Error(`${url}: wrong digest`);
}

async function isKept(cache, [url, sum], isThorough) {
  try {
    const kept = await cache.match(url);
    return Boolean(kept) && (!isThorough || (await digest(await kept.arrayBuffer())) === sum);
  } catch {
    return false;
  }
}

// Fetches what is not kept. Gives "" where all is there, else what failed: "files" on the way here, "storage" on the
// way into the cache. What is there is never thrown away for it.
async function filled(isThorough, isFetching = () => {}) {
  try {
    const cache = await caches.open(CACHE);
    const kept = await Promise.all(LIST.map((file) => isKept(cache, file, isThorough)));
    const missing = LIST.filter((_, nth) => !kept[nth]);
    if (missing.length) isFetching();
    const ends = await Promise.allSettled(
      missing.map(async (file) => {
        const answer = await fetched(file).catch(() => null);
        if (!answer) return "files";
        await cache.put(file[0], answer);
        return "";
      }),
    );
    if (ends.some((end) => end.status === "rejected")) return "storage";
    return ends.some((end) => end.value) ? "files" : "";
  } catch {
    return "storage";
  }
}

const tabs = () => self.clients.matchAll({ includeUncontrolled: true, type: "window" });

// Of which build a tab is and whether it has unsaved text or a focused field; nothing where it does not answer.
function asked(tab) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((done) => (port1.onmessage = ({ data }) => done(data)));
  tab.postMessage("tab?", [port2]);
  return Promise.race([answer, pause(ANSWER)]);
}

// Takes over where no tab is busy; whoever asked for it knows of its own text.
async function taken(asker) {
  const others = (await tabs()).filter((tab) => tab.id !== asker);
  const answers = await Promise.all(others.map(asked));
  if (answers.some((answer) => answer?.isBusy)) return false;
  // Not waited for: it ends when this worker is active, which the asker may learn before.
  self.skipWaiting();
  return true;
}

async function install() {
  const why = await filled(true);
  if (why) {
    for (const tab of await tabs()) tab.postMessage(why);
    throw new Error(why);
  }
  if (self.registration.active) await taken();
}

// Former builds' files go when no tab of theirs is left; one that does not answer may be such a tab.
async function tidied() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  if (!names.length) return;
  const answers = await Promise.all((await tabs()).map(asked));
  const { installing, waiting } = self.registration;
  // One of them may be the next build's.
  if (installing || waiting || answers.some((answer) => !answer)) return;
  const builds = answers.map((answer) => PREFIX + answer.build);
  await Promise.all(names.filter((name) => !builds.includes(name)).map((name) => caches.delete(name)));
}

async function looked(isThorough, port) {
  const why = await filled(isThorough, () => port?.postMessage("preparing"));
  port?.postMessage({ why, build: BUILD });
  // A cache too many costs room alone.
  if (!why && isThorough) await tidied().catch(() => {});
}

async function kept(path) {
  // Names with a hash are the same file in any build; the shell is this build's.
  if (path === "/") return (await caches.open(CACHE)).match(path);
  return caches.match(path);
}

async function answered(request, path) {
  const found = kept(path).catch(() => undefined);
  const soon = await Promise.race([found, pause(PATIENCE)]);
  if (soon) return soon;
  try {
    return await fetch(request);
  } catch (error) {
    // A slow storage is better than none.
    const late = await Promise.race([found, pause(PATIENCE)]);
    if (late) return late;
    throw error;
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  const { data, ports, source } = event;
  if (data?.look) event.waitUntil(looked(data.look === "all", ports[0]));
  if (data?.take) event.waitUntil(taken(data.take === "asked" && source?.id).then((is) => ports[0].postMessage(is)));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (NETWORK_ONLY.some((path) => url.pathname.startsWith(path)) || url.search === FROM_SERVER) return;
  event.respondWith(answered(event.request, event.request.mode === "navigate" ? "/" : url.pathname));
});
