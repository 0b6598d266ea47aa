// A database of rows of text in IndexedDB. Every write is one transaction with strict durability; it is called
// written only after the browser reported it complete. Each one raises a version that all tabs share, and a write
// that names an older version is refused, so that tabs never overwrite what they have not seen.

const ROWS = "rows";
const STORE_VERSION = "k|turn";
// An upgrade only adds: what an older version wrote stays where it is.
const VERSION = 1;

// The copy of the rows whose key begins with COPIED: pages, which are texts with a line for each key and each value. A leader's
// device has tens of thousands of these rows, and browsers give a few long ones ten times faster than many short ones.
// The rows alone are true. The row COPY says at which version the copy was begun, by whom, and how many pages it has once it is
// whole. As long as there is that row, every write adds one that names the keys it wrote: where one is missing, an older version
// of the app has written, and the copy is not used. Such a version passes over what begins with `k|`, and deletes it when the
// person leaves.
const COPIED = "e|";
const COPY = "k|copy";
const PAGE = "k|copy|page|";
const CHANGED = "k|copy|changed|";
// Rows of a page: so many are read and joined in a few milliseconds.
const PAGE_ROWS = 200;
// From so many writes or changed keys on a copy is made anew; from four times as many keys on, reading them one by one takes longer
// than reading all rows.
const MANY_CHANGED = 500;

function upgrade(database, from) {
  if (from < 1) database.createObjectStore(ROWS);
}

// Milliseconds after which what the browser owes is named.
const SLOW = 4000;
// Milliseconds after which an open that says nothing is asked for once more: browsers have lost such requests.
const AGAIN = 2500;
const owed = new Map();
let tellOwed = () => {};
let isWithout = false;
let doWithout = () => {};
// Resolves when the person chooses to work without a store.
const without = new Promise((chosen) => (doWithout = chosen));

// Calls back with the name of what the browser has owed an answer for some seconds, or nothing.
export function hearOwed(call) {
  tellOwed = call;
  tellOwed([...owed.values()].at(-1));
}

// From now on nothing is stored on this device: databases are in the memory of this tab. What is stored stays as it is.
export function workWithout() {
  isWithout = true;
  doWithout();
}

// WebKit may keep a page that is left, with its transactions: the next page then waits for them for ever. So none begins while
// the page is away; a write is committed as soon as all is asked of it, and ends without the page then; what still needs the
// page is taken back as it goes, and done again should the page come back.
let isHere = Promise.resolve();
const unfinished = new Set();
addEventListener("pagehide", ({ persisted }) => {
  isHere = new Promise((back) => addEventListener("pageshow", back, { once: true }));
  // The transactions of a page that is not kept end by themselves.
  if (!persisted) return;
  for (const transaction of unfinished) {
    try {
      transaction.abort();
    } catch {
      // It is over, and its event has not come yet.
    }
  }
  unfinished.clear();
});

// Writes that are under way. The page says so, so that it is not loaded anew meanwhile.
let writes = 0;

function isStoring(by) {
  writes += by;
  document.documentElement.toggleAttribute("data-storing", writes > 0);
}

async function answered(what, promise) {
  const timer = setTimeout(() => {
    owed.set(timer, what);
    tellOwed(what);
  }, SLOW);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    if (owed.delete(timer)) tellOwed([...owed.values()].at(-1));
  }
}

// What a promise gives, or another value where it is silent.
function soon(promise, otherwise) {
  return Promise.race([promise, new Promise((done) => setTimeout(done, SLOW, otherwise))]).catch(() => otherwise);
}

function open(name) {
  return new Promise((done, failed) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = (event) => {
      upgrade(request.result, event.oldVersion);
      request.transaction.commit?.();
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

// The database; none where there is to be no store.
function connect(name) {
  if (isWithout || !globalThis.indexedDB) return Promise.resolve(null);
  let isOpen = false;
  const first = open(name);
  const again = new Promise((done, failed) => {
    setTimeout(() => isOpen || open(name).then(done, failed), AGAIN);
  });
  const here = Promise.race([first, again, without.then(() => null)]).finally(() => (isOpen = true));
  // Whichever comes too late is not needed.
  const close = async (database) => {
    if ((await here.catch(() => null)) !== database) database.close();
  };
  for (const one of [first, again]) one.then(close, () => {});
  return answered("open", here);
}

// The keys that begin so, or all from another key up to them.
const range = (prefix, from = prefix) => IDBKeyRange.bound(from, `${prefix}\uffff`);

// A transaction that needs the page until it is complete; then it gives what `ask` has given a function for.
function work(database, ask, ...mode) {
  return new Promise((done, failed) => {
    const transaction = database.transaction(ROWS, ...mode);
    // Not committed: Chromium then never gives what `getAll` asked for.
    const given = ask(transaction.objectStore(ROWS), transaction);
    unfinished.add(transaction);
    transaction.oncomplete = () => {
      unfinished.delete(transaction);
      done(given?.());
    };
    transaction.onabort = () => {
      unfinished.delete(transaction);
      failed(transaction.error);
    };
  });
}

// Calls with the version, the keys that were written since the copy was begun (none where it cannot be used), and by how many writes.
function judge(rows, call) {
  const [storeVersion, copy] = [rows.get(STORE_VERSION), rows.get(COPY)];
  const [pages, changed] = [rows.count(range(PAGE)), rows.getAll(range(CHANGED))];
  changed.onsuccess = () => {
    const [begun, , count] = copy.result?.split(" ") ?? [];
    const isWhole = Number(count) === pages.result && storeVersion.result - begun === changed.result.length;
    const keys = isWhole ? new Set(changed.result.flatMap((keys) => JSON.parse(keys))) : null;
    call(storeVersion.result, keys, changed.result.length);
  };
}

// The texts that one is made of, by their lengths; none for a length below 0.
export function textsOf(text, lengths) {
  let end = 0;
  return Array.from(lengths, (length) => length < 0 ? undefined : text.slice(end, (end += length)));
}

// A database in the memory of this tab, by the same rules.
const memories = new Map();

function readMemory(name, prefix) {
  const rows = memories.get(name) ?? new Map();
  const keys = [...rows.keys()].filter((key) => key.startsWith(prefix)).sort();
  return [Number(rows.get(STORE_VERSION) ?? 0), keys, keys.map((key) => rows.get(key)), [], []];
}

function writeMemory(name, storeVersion, rows) {
  const all = memories.get(name) ?? new Map();
  memories.set(name, all);
  if (storeVersion >= 0 && Number(all.get(STORE_VERSION) ?? 0) !== storeVersion) return 0;
  for (let i = 0; i < rows.length; i += 2) {
    if (rows[i + 1] === undefined) all.delete(rows[i]);
    else all.set(rows[i], rows[i + 1]);
  }
  if (storeVersion >= 0) all.set(STORE_VERSION, String(storeVersion + 1));
  return storeVersion + 1;
}

export class Database {
  #name;
  #connection = null;
  #channel = null;
  #isCopying = false;

  constructor(name) {
    this.#name = name;
  }

  // None where the browser has none: other tabs then find what was written when they look.
  get #tabs() {
    if (!globalThis.BroadcastChannel) return null;
    return (this.#channel ??= new BroadcastChannel(this.#name));
  }

  // The connection, made anew where the browser or a newer version of the app has closed it.
  #connected() {
    this.#connection ??= connect(this.#name).then((database) => {
      if (database) {
        database.onversionchange = () => this.#leave();
        database.onclose = () => this.#leave();
      }
      return database;
    });
    return this.#connection;
  }

  #leave() {
    this.#connection?.then((database) => database?.close(), () => {});
    this.#connection = null;
  }

  // A transaction that failed did nothing. Browsers lose connections now and then and a lost one never comes
  // back by itself: it is tried once more on a fresh one. A full disk is not mended by that.
  async #run(work) {
    await isHere;
    try {
      return await work(await this.#connected());
    } catch (error) {
      this.#leave();
      if (error?.name === "QuotaExceededError") throw error;
      await isHere;
      return work(await this.#connected());
    }
  }

  // The version, keys and values of the rows whose key begins so, and two empty lists. With `isAll` of all rows; those in the
  // pages of the copy, which follow, may be missing, and none counts in the pages whose key is in the last list.
  read(prefix, isAll) {
    let isCopied = isAll;
    return this.#run((database) => {
      if (!database) return readMemory(this.#name, prefix);
      // Where pages do not read, they are given up for the rows.
      if (isAll && !isCopied) this.#forgetCopy();
      const read = this.#read(database, prefix, isCopied);
      isCopied = false;
      return answered("read", read);
    });
  }

  #read(database, prefix, isCopied) {
    return work(database, (rows) => {
      const [asked, storeVersion] = [[], rows.get(STORE_VERSION)];
      let [pages, changed] = [{ result: [] }, []];
      const ask = (range) => asked.push([rows.getAllKeys(range), rows.getAll(range)]);
      // All that begins so, but for what begins as one of these.
      const but = [isCopied && COPIED, `${COPY}|`].filter((other) => other && other.startsWith(prefix));
      const ends = [prefix, ...but.flatMap((other) => [other, `${other}\uffff`]), `${prefix}\uffff`];
      while (ends.length) ask(IDBKeyRange.bound(...ends.splice(0, 2)));
      if (isCopied) {
        judge(rows, (_, keys) => {
          if (!(keys?.size < 4 * MANY_CHANGED)) return ask(range(COPIED));
          changed = [...keys];
          pages = rows.getAll(range(PAGE));
          asked.push(...changed.map((key) => [{ result: key }, rows.get(key)]));
        });
      }
      const all = (nth) => asked.flatMap((one) => one[nth].result);
      return () => [Number(storeVersion.result ?? 0), all(0), all(1), pages.result, changed];
    });
  }

  #forgetCopy() {
    return this.write(-1, [COPY, undefined]).catch(() => {});
  }

  // Makes the copy where there is none that can be used, or much was written since. It is but a copy: whatever ends this, nothing
  // is lost, and a later start tries again.
  async copy() {
    if (this.#isCopying) return;
    this.#isCopying = true;
    try {
      const database = await this.#connected();
      let begun;
      await isHere;
      const begin = (rows) => judge(rows, (storeVersion, changed, writes) => {
        if (changed && Math.max(changed.size, writes) < MANY_CHANGED) return;
        begun = `${storeVersion} ${Math.random()}`;
        rows.delete(range(`${COPY}|`, COPY));
        rows.put(begun, COPY);
      });
      await work(database, begin, "readwrite");
      for (let [nth, after] = [0, begun && COPIED]; after; nth++) {
        await isHere;
        after = await work(database, this.#copyPage(begun, nth, after), "readwrite", { durability: "relaxed" });
      }
      this.#isCopying = false;
    } catch (error) {
      // It leaves room for the rows.
      if (error?.name === "QuotaExceededError") await this.#forgetCopy();
    }
  }

  // Writes the page of the rows after a key, where nobody has begun another copy or deleted this one; gives its last key, or
  // nothing after the last page.
  #copyPage(begun, nth, after) {
    return (rows, transaction) => {
      let last;
      const next = [IDBKeyRange.bound(after, `${COPIED}\uffff`, nth > 0), PAGE_ROWS];
      const [copy, keys, values] = [rows.get(COPY), rows.getAllKeys(...next), rows.getAll(...next)];
      values.onsuccess = () => {
        const lines = keys.result.flatMap((key, i) => [key, values.result[i]]);
        if (copy.result !== begun || lines.some((line) => line.includes("\n"))) return transaction.abort();
        rows.put(lines.join("\n"), `${PAGE}${nth}`);
        last = keys.result[PAGE_ROWS - 1];
        if (!last) rows.put(`${begun} ${nth + 1}`, COPY);
      };
      return () => last;
    };
  }

  // Writes rows, given as key, value, key, value; no value deletes. Gives the new version, or 0 where another tab
  // has written since `version`. Below 0 any version will do, and nobody is told.
  async write(storeVersion, rows) {
    const write = () =>
      this.#run((database) => database ? answered("write", this.#write(database, storeVersion, rows)) : writeMemory(this.#name, storeVersion, rows));
    isStoring(1);
    try {
      return await write();
    } catch (error) {
      if (error?.name !== "QuotaExceededError" || rows[0] === COPY) throw error;
      // The copy makes room.
      await this.#forgetCopy();
      return await write();
    } finally {
      isStoring(-1);
    }
  }

  #write(database, storeVersion, rows) {
    return new Promise((done, failed) => {
      const transaction = database.transaction(ROWS, "readwrite", { durability: "strict" });
      const store = transaction.objectStore(ROWS);
      let isStale = false;
      let fault = null;
      // A row that cannot be put takes the others back with it: else they would be written alone.
      const ask = (requests) => {
        try {
          requests();
        } catch (error) {
          fault = error;
          transaction.abort();
        }
      };
      const commit = () => {
        unfinished.delete(transaction);
        transaction.commit?.();
      };
      unfinished.add(transaction);
      ask(() => {
        const [found, copy] = storeVersion < 0 ? [] : [store.get(STORE_VERSION), store.get(COPY)];
        // Put before the version is known, so that the browser writes while the page goes on: a stale one takes them all back.
        for (let i = 0; i < rows.length; i += 2) {
          if (rows[i + 1] === undefined) store.delete(rows[i] === COPY ? range(`${COPY}|`, COPY) : rows[i]);
          else store.put(rows[i + 1], rows[i]);
        }
        if (!copy) return commit();
        copy.onsuccess = () => ask(() => {
          isStale = Number(found.result ?? 0) !== storeVersion;
          if (isStale) return transaction.abort();
          // Not where the copy goes with this write, as it does when the person leaves.
          if (copy.result && !rows.includes(COPY)) {
            const changed = rows.filter((key, i) => i % 2 === 0 && key.startsWith(COPIED));
            store.put(JSON.stringify(changed), `${CHANGED}${storeVersion + 1}`);
          }
          store.put(String(storeVersion + 1), STORE_VERSION);
          commit();
        });
      });
      transaction.oncomplete = () => {
        if (storeVersion >= 0) this.#tabs?.postMessage([storeVersion + 1, rows]);
        done(storeVersion + 1);
      };
      transaction.onabort = () => {
        unfinished.delete(transaction);
        if (isStale) done(0);
        else failed(fault ?? transaction.error);
      };
    });
  }

  // Keeps a key, given in hexadecimal digits, that pages may use and never read.
  async keepKey(digits) {
    const bytes = Uint8Array.from(digits.match(/../g), (two) => parseInt(two, 16));
    const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    return this.write(-1, ["key", key]);
  }

  // Texts under the key that is kept, or (`isBack`) texts out of it: none for one that was made under another key.
  async seal(texts, isBack) {
    const { subtle } = crypto;
    const [, , [key]] = await this.read("key");
    return Promise.all(texts.map(async (text) => {
      if (isBack) {
        const all = Uint8Array.from(atob(text), (one) => one.charCodeAt());
        const opened = subtle.decrypt({ name: "AES-GCM", iv: all.slice(0, 12) }, key, all.slice(12));
        return opened.then((bytes) => new TextDecoder().decode(bytes), () => null);
      }
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const bytes = await subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
      return btoa(String.fromCharCode(...iv, ...new Uint8Array(bytes)));
    }));
  }

  // True once it is known that nothing of this is stored on the device.
  async isMemory() {
    return (await this.#connected()) === null;
  }

  // Calls back with what other tabs wrote, and with the words they said (version 0).
  hear(heard) {
    const tabs = this.#tabs;
    if (tabs) tabs.onmessage = ({ data: [storeVersion, rows] }) => heard(storeVersion, rows);
  }

  say(word) {
    this.#tabs?.postMessage([0, word]);
  }

  // Resolves once this tab is the only one that leads; what it gives ends that. Where the browser has no locks, or
  // keeps one from this tab though nobody holds it, this tab leads all the same: two that do repeat one another, no more.
  lead() {
    const locks = navigator.locks;
    if (!locks) return Promise.resolve(() => {});
    return new Promise((granted) => {
      const alone = () => new Promise((leave) => granted(leave));
      locks.request(this.#name, alone).catch(() => granted(() => {}));
      const look = async () => {
        const held = await soon(locks.query().then((all) => all.held), null);
        if (held?.some((lock) => lock.name === this.#name)) setTimeout(look, SLOW);
        else granted(() => {});
      };
      setTimeout(look, SLOW);
    });
  }

  close() {
    this.#leave();
    this.#channel?.close();
  }
}
