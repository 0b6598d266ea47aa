// Loaded once the app runs: registers the worker, measures whether this device would open without a network, and
// brings new builds in where nobody is disturbed. The screens read what it says from attributes of the document:
// `data-standing` is "ready", "preparing" or "not" with the reason, `data-build` is "offered" or "refused".

const BUILD = "%BUILD%";
const MINUTE = 60_000;
// How long a worker may take to answer at all.
const PATIENCE = 15_000;
// For how long a worker that was told to take over is waited for.
const HELD = 5_000;

const root = document.documentElement;
const workers = navigator.serviceWorker;
let registration;
let lastWhy = "files";
// What the active worker answered last.
let lastAnswer;
let hasAsked = false;
let lastUpdate = Date.now();

function tell(name, value) {
  if (root.dataset[name] === value) return;
  root.dataset[name] = value;
  dispatchEvent(new Event("chitieu:offline"));
}

// Unsaved text in this tab, something that is being stored, or somebody in a field.
function isBusy() {
  if ("storing" in root.dataset) return true;
  const field = document.activeElement;
  if (field?.matches("input, select, textarea") && !field.readOnly) return true;
  if (document.querySelector("dialog[open], [data-unsaved]:not([data-unsaved='0']), .figure.draft")) return true;
  if ([...document.querySelectorAll("textarea")].some((text) => text.value)) return true;
  try {
    const tab = sessionStorage.getItem("chitieu.tab");
    const drafts = Object.keys(localStorage).filter((key) => key.startsWith("chitieu.draft|"));
    return drafts.some((key) => key.split("|")[2] === tab);
  } catch {
    return false;
  }
}

// What a worker answers; nothing where it does not, as an earlier build's.
function ask(worker, message, isFetching) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    const timer = setTimeout(done, PATIENCE);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      if (data === "preparing") isFetching();
      else done(data);
    };
    worker.postMessage(message, [port2]);
  });
}

function watch() {
  const worker = registration.installing;
  if (!worker) return;
  worker.onstatechange = () => {
    if (worker.state === "installed" && registration.active) look("names");
    if (worker.state === "activated") look("all");
    if (worker.state === "redundant" && !registration.active) tell("standing", `not ${lastWhy}`);
  };
}

// Sees to it that there is a worker.
async function register() {
  registration = await workers.getRegistration();
  if (!registration?.active) registration = await workers.register("/sw.js", { updateViaCache: "none" });
  registration.onupdatefound = watch;
  watch();
}

async function look(how) {
  try {
    await register();
  } catch (error) {
    // The script did not come, or the browser forbids it.
    return tell("standing", error.name === "TypeError" ? "not files" : "not private");
  }
  const { active, installing, waiting } = registration;
  if (!active) {
    return tell("standing", installing || waiting ? "preparing" : `not ${lastWhy}`);
  }
  const answer = await ask(active, { look: how }, () => tell("standing", "preparing"));
  lastAnswer = answer;
  if (answer) tell("standing", answer.why ? `not ${answer.why}` : "ready");
  else tell("standing", registration.installing || registration.waiting ? "preparing" : "not storage");
  await consider();
}

// A new build waits, or has taken over from that of this tab.
async function consider() {
  const { waiting } = registration;
  if (!waiting) {
    const isOther = lastAnswer && lastAnswer.build !== BUILD;
    // It has taken over since it was asked for, or while this page was being loaded, and this tab was not told.
    if (isOther && hasAsked) return location.reload();
    if (isOther && !isBusy() && loadAnew("chitieu.taken-over", `${BUILD} ${lastAnswer.build}`)) return;
    return tell("build", isOther ? "offered" : "");
  }
  const isTaken = !isBusy() && (await ask(waiting, { take: "idle" }));
  if (isTaken) setTimeout(letGo, HELD, waiting);
  else if (root.dataset.build !== "refused") tell("build", "offered");
}

// Chromium was seen to keep the former worker though none of its events was open and the next one had asked to take over; why
// is not known. It lets go as a page is loaded anew, which this one would be now in any case.
function letGo(waiting) {
  if (registration.waiting !== waiting) return;
  if (isBusy()) hasAsked = false;
  else if (hasAsked) location.reload();
  else loadAnew("chitieu.let-go", BUILD);
}

// Loads the page anew, once for a reason: one that comes back as it was would be loaded without end. False where that was done.
function loadAnew(name, reason) {
  try {
    if (sessionStorage.getItem(name) === reason) return false;
    sessionStorage.setItem(name, reason);
  } catch {
    // A browser that remembers nothing would not know.
    return false;
  }
  location.reload();
  return true;
}

// Somebody asks for the new build.
async function take() {
  hasAsked = true;
  const { waiting } = registration;
  if (!waiting) return location.reload();
  const isTaken = await ask(waiting, { take: "asked" });
  if (isTaken) return setTimeout(letGo, HELD, waiting);
  hasAsked = false;
  if (isTaken === false) tell("build", "refused");
}

function update() {
  lastUpdate = Date.now();
  registration?.update().catch(() => {});
}

function returned() {
  if (Date.now() - lastUpdate > MINUTE) update();
  look("names");
}

// A worker says why it was not installed, before or after the browser says that it was not.
function failed(why) {
  lastWhy = why;
  if (root.dataset.standing?.startsWith("not ") && !registration?.active) tell("standing", `not ${why}`);
}

async function changed() {
  const answer = await ask(workers.controller, { look: "names" }, () => {});
  const isOther = answer && answer.build !== BUILD;
  if (isOther && (hasAsked || !isBusy())) location.reload();
  else look("names");
}

if (workers) {
  workers.addEventListener("controllerchange", changed);
  workers.addEventListener("message", ({ data, ports }) => {
    if (data === "tab?") ports[0].postMessage({ build: BUILD, isBusy: isBusy() });
    else failed(data);
  });
  workers.startMessages();
  tell("standing", "preparing");
  look("all");
  for (const [target, name] of [[window, "online"], [window, "focus"], [document, "visibilitychange"]]) {
    target.addEventListener(name, returned);
  }
  // What waits for somebody to finish typing is tried again soon. The active worker is not asked: a browser lets the
  // waiting one take over only while the active one has nothing to do.
  setInterval(() => root.dataset.build && consider(), 10_000);
  setInterval(() => {
    look("names");
    if (Date.now() - lastUpdate > 180 * MINUTE) update();
  }, 5 * MINUTE);
  addEventListener("click", (event) => event.target.closest?.("[data-take]") && take());
} else {
  tell("standing", isSecureContext ? "not private" : "not http");
}
