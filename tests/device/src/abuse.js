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

export function makeRoom() {
  IDBObjectStore.prototype.put = realPut;
}

// The next write transaction is aborted from outside.
export function abortNext() {
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...rest) {
    const transaction = real.apply(this, rest);
    if (rest[1] !== "readwrite") return transaction;
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
