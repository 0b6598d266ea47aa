// Runs before anything is drawn: signs people in with the shell's own form, paints the frame of whoever is here, and starts the
// app. What the app will ask for first is asked for meanwhile. What keeps the app for offline use is loaded once the app runs,
// so that it never slows a start.
"use strict";

(() => {
  // Empty while somebody works on the app and wants to see every change at once.
  const offline = "%OFFLINE%";
  // Every text in both languages.
  const TEXTS = "%TEXTS%";
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const text = (key) => TEXTS[root.lang === "en" ? "en" : "vi"][key];

  function remembered(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      // A browser that remembers nothing still works.
      return null;
    }
  }

  root.lang = remembered("chitieu.language") === "en" ? "en" : "vi";
  // Somebody is here: their frame is shown in place of the form.
  const isHere = remembered("chitieu.here") !== null;
  if (isHere) root.dataset.here = "";

  // What is asked before the app can, by path; the app takes each once.
  const early = new Map();

  // Status, text, for how many seconds the server asks to be left alone, and its clock: as the app reads an answer.
  async function asked(method, path, body) {
    const headers = body ? { "content-type": "application/json" } : {};
    const answer = await fetch(path, { method, headers, body, signal: AbortSignal.timeout?.(body ? 60000 : 20000) });
    const words = await answer.text();
    return [answer.status, words, Number(answer.headers.get("retry-after")) || 0, Date.parse(answer.headers.get("date"))];
  }

  function askEarly(path) {
    const answer = asked("GET", path);
    // Where it fails the app asks itself.
    answer.catch(() => {});
    early.set(path, answer);
  }

  // A session may outlive what the browser had stored.
  if (!isHere) askEarly("/api/v1/me");

  // The form. What was sent is handed to the app, whether it runs already or not.
  let screen, form;
  let isRunning = false, isSending = false, isTaken = false, said = "enter";
  const brought = [];
  let waiting, left;

  const isBusy = () => isSending || isTaken || brought.length > 0;

  // Says on the button what is under way.
  function button(key) {
    const one = form.querySelector("button");
    said = key;
    one.disabled = isBusy();
    one.textContent = text(key);
  }

  function say(why) {
    form.querySelector(".fault").textContent = why ?? "";
  }

  function translate() {
    for (const part of [...screen.querySelectorAll("[data-text]"), ...form.querySelectorAll("[data-text]")]) {
      part.textContent = text(part.dataset.text);
    }
    button(said);
  }

  function give() {
    if (!waiting || !brought.length) return;
    isTaken = true;
    waiting(brought.shift());
    waiting = undefined;
  }

  // Ends the session of whoever left, and gives whether the server knows. A sign-in waits for it: it would end that one.
  function leave() {
    left = asked("DELETE", "/api/v1/session").then(([status]) => status < 300, () => false);
    return left;
  }

  function problem(words) {
    try {
      return JSON.parse(words);
    } catch {
      return {};
    }
  }

  async function signIn(name, password) {
    if (!isRunning && remembered("chitieu.leaving") !== null) leave();
    await left;
    const answer = await asked("POST", "/api/v1/session", JSON.stringify({ username: name, password }));
    const isIn = answer[0] < 300;
    const why = isIn ? {} : problem(answer[1]);
    if (!isIn && why.code !== "must_change_password") return why[root.lang === "en" ? "title_en" : "title"] ?? text("internal");
    // A device without the app has no plan either.
    if (isIn && !isRunning) askEarly("/api/v1/plan/bundle");
    brought.push([name, password, !isIn, ...answer]);
    return "";
  }

  addEventListener("submit", async (event) => {
    if (event.target !== form) return;
    event.preventDefault();
    if (isBusy()) return;
    isSending = true;
    button("busy");
    say();
    early.clear();
    say(await signIn(form.elements.username.value.trim(), form.elements.password.value).catch(() => text("unreachable")));
    isSending = false;
    button(brought.length ? "opening" : "enter");
    give();
  });

  // The shell's own screens go once the app draws one.
  function bare() {
    delete root.dataset.here;
    find("boot")?.remove();
  }

  // What the app calls.
  globalThis.chitieu = {
    early,
    leave,
    isBusy,
    paintsFrame: () => !isWebKit,
    // What the next sign-in brings: user name, password, whether that has to be changed, and the answer. The one before is done.
    next() {
      if (isTaken) form.reset();
      isTaken = false;
      if (!isBusy()) button("enter");
      return new Promise((done) => {
        waiting = done;
        give();
      });
    },
    // Shows the form on a screen of its own, with what is to be said first.
    show(why) {
      bare();
      const place = screen.querySelector(".sign-in-place");
      // What is typed in it stays, and the focus.
      if (form.parentNode !== place) place.append(form);
      if (!screen.isConnected) document.body.prepend(screen);
      screen.querySelector(".fault").textContent = why ?? "";
      translate();
    },
    // Puts the form where a session is renewed, for this person.
    place(element, username) {
      element.append(form);
      form.elements.username.value = username;
      translate();
    },
    hide() {
      bare();
      screen.remove();
      if (!screen.contains(form)) return;
      form.reset();
      say();
    },
  };

  // WebKit may never answer an open of the database on a page that is going, or right after one, and every later open waits behind
  // it: there no frame is kept, and it comes with the app.
  const isWebKit = /AppleWebKit/.test(navigator.userAgent) && !/Chrom/.test(navigator.userAgent);

  // The frame: who is here and which screens they have, as the app wrote them down when they were here last. It goes with them.
  function frame() {
    const request = indexedDB.open("chitieu");
    // There is nothing yet, and the app is who makes it.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => {
      const database = request.result;
      const rows = database.transaction("rows").objectStore("rows");
      const [user, record] = ["k|last_user", "k|frame"].map((key) => rows.get(key));
      rows.transaction.oncomplete = () => {
        database.close();
        const [of, ...lines] = (record.result ?? "").split("\n");
        if (of && of === user.result) paint(lines);
        else if (!isRunning) chitieu.show();
      };
    };
    request.onerror = (event) => {
      event.preventDefault();
      if (!isRunning) chitieu.show();
    };
  }

  function paint([name, roles, ...links]) {
    const box = find("boot");
    if (!box) return;
    box.querySelector(".who b").textContent = name;
    box.querySelector(".who span").textContent = roles;
    for (const [href, title, path] of links.map((line) => line.split("\t"))) {
      const icon = box.querySelector(".brand svg").cloneNode();
      icon.setAttribute("class", "icon");
      icon.setAttribute("viewBox", "0 0 18 18");
      const line = document.createElementNS(icon.namespaceURI, "path");
      line.setAttribute("d", path);
      icon.append(line);
      const link = element("a", { href }, icon, ` ${title}`);
      if (href === location.pathname) link.setAttribute("aria-current", "page");
      box.querySelector(".menu-links").append(link);
    }
  }

  // Traps.
  let hasStopped = false;
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
    const report = [
      isTrap(error) ? String(error) : error.name,
      "build %BUILD%",
      "%WASM%",
      navigator.userAgent,
      new Date().toISOString(),
      frames(error),
    ].join("\n");
    import("%TRAP%").then(({ tell }) => tell(report, TEXTS), () => failed(error));
  }

  // The app.
  async function compiled(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const isTyped = answer.headers.get("content-type") === "application/wasm";
    return isTyped && WebAssembly.compileStreaming ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
  }

  function failed(error) {
    find("boot-error").hidden = false;
    find("boot-error").className = "card now";
    find("boot")?.querySelector(".starting")?.remove();
    find("boot-why").textContent = error.message;
  }

  async function start(wasm, glue) {
    // The page shows it by itself where not even this script comes.
    find("boot-error").hidden = true;
    screen = find("sign-in");
    form = screen.querySelector("form");
    translate();
    if (isHere) screen.remove();
    try {
      if (isHere && !isWebKit && globalThis.indexedDB) frame();
      const { default: init } = await glue;
      await init({ module_or_path: await wasm });
      isRunning = true;
      if (offline) import(offline).catch((error) => console.warn(error));
    } catch (error) {
      if (isTrap(error)) stopped(error);
      else failed(error);
      // A kept file may be damaged: the next start has it whole.
      navigator.serviceWorker?.controller?.postMessage({ look: "all" });
    }
  }

  // The fonts, and the style of what a start does not draw: where the device has none of the app's files they would only
  // delay it.
  function dress() {
    document.head.append(element("link", { rel: "stylesheet", href: "%LATER_STYLE%" }));
  }

  const [wasm, glue] = [compiled("%WASM%"), import("%SCRIPT%")];
  // Whoever waits for them tells of their faults.
  for (const one of [wasm, glue]) one.catch(() => {});
  if (navigator.serviceWorker?.controller) dress();
  else wasm.then(dress, dress);
  addEventListener("DOMContentLoaded", () => start(wasm, glue), { once: true });
})();
