// What browsers do to a database, done on purpose.

// The next transaction finds its connection dead, as in WebKit after its storage process has ended.
export function loseConnection() {
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function () {
    IDBDatabase.prototype.transaction = real;
    throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
  };
}

// Every put from now on finds the disk full after `good` more; `0` ends it.
const realPut = IDBObjectStore.prototype.put;
export function fillUp(good) {
  let left = good;
  IDBObjectStore.prototype.put = function (...rest) {
    left -= 1;
    if (left < 0) throw new DOMException("full", "QuotaExceededError");
    return realPut.apply(this, rest);
  };
}

// Every transaction with a put from now on is aborted for a full disk, after `good` more puts: so browsers do it mostly.
export function abortFull(good) {
  let left = good;
  const full = new WeakSet();
  const { get } = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "error");
  Object.defineProperty(IDBTransaction.prototype, "error", {
    configurable: true,
    get() {
      return full.has(this) ? new DOMException("full", "QuotaExceededError") : get.call(this);
    },
  });
  IDBObjectStore.prototype.put = function (...rest) {
    left -= 1;
    if (left >= 0) return realPut.apply(this, rest);
    full.add(this.transaction);
    return this.transaction.abort();
  };
}

// Every put finds the disk full until the copy is deleted.
export function fillUpWithCopy() {
  fillUp(0);
  const real = IDBObjectStore.prototype.delete;
  IDBObjectStore.prototype.delete = function (what) {
    if (what instanceof IDBKeyRange) {
      makeRoom();
      IDBObjectStore.prototype.delete = real;
    }
    return real.call(this, what);
  };
}

export function makeRoom() {
  IDBObjectStore.prototype.put = realPut;
}

// The write transaction after `good` more is aborted from outside.
export function abortAfter(good) {
  const real = IDBDatabase.prototype.transaction;
  let left = good;
  IDBDatabase.prototype.transaction = function (...rest) {
    const transaction = real.apply(this, rest);
    if (rest[1] !== "readwrite" || left-- > 0) return transaction;
    IDBDatabase.prototype.transaction = real;
    queueMicrotask(() => transaction.abort());
    return transaction;
  };
}

// Which durability the next write asks for.
export function watchDurability() {
  const real = IDBDatabase.prototype.transaction;
  const seen = { durability: "none" };
  IDBDatabase.prototype.transaction = function (...rest) {
    if (rest[1] === "readwrite") {
      seen.durability = rest[2]?.durability ?? "default";
      IDBDatabase.prototype.transaction = real;
    }
    return real.apply(this, rest);
  };
  return seen;
}

export function durability(seen) {
  return seen.durability;
}

function ended(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

// A database as the first version made it, written without the app.
export async function makeFirstVersion(name, rows) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("rows");
  const database = await ended(request);
  const transaction = database.transaction("rows", "readwrite");
  for (const [key, value] of JSON.parse(rows)) transaction.objectStore("rows").put(value, key);
  await new Promise((done) => { transaction.oncomplete = done; });
  database.close();
}

// Reading pages of a copy fails, as in Chromium where it has lost the file of a long row.
const realGetAll = IDBObjectStore.prototype.getAll;
export function losePages(isLost) {
  IDBObjectStore.prototype.getAll = function (...rest) {
    if (isLost && rest[0]?.lower === "k|copy|page|") this.transaction.abort();
    else return realGetAll.apply(this, rest);
  };
}

// A row is written as versions of the app did that knew of no copy.
export async function writeAsBefore(name, key, value) {
  const database = await ended(indexedDB.open(name));
  const transaction = database.transaction("rows", "readwrite");
  const rows = transaction.objectStore("rows");
  const version = Number(await ended(rows.get("k|turn")));
  rows.put(value, key);
  rows.put(String(version + 1), "k|turn");
  await new Promise((done) => { transaction.oncomplete = done; });
  database.close();
}

// All keys that are there, as one text.
export async function keysOf(name) {
  const database = await ended(indexedDB.open(name));
  const keys = await ended(database.transaction("rows").objectStore("rows").getAllKeys());
  database.close();
  return keys.join("\u0001");
}

// A newer version of the app takes the database over.
export async function takeOver(name) {
  (await ended(indexedDB.open(name, 999))).close();
}

// Somebody clears the site's data.
export async function clear(name) {
  await ended(indexedDB.deleteDatabase(name));
}

export async function clearAll() {
  for (const { name } of await indexedDB.databases()) await clear(name);
}
