// A database of rows of text in IndexedDB. Every write is one transaction with strict durability; it is called
// written only after the browser reported it complete. Each one raises a turn that all tabs share, and a write
// that names an older turn is refused, so that tabs never overwrite what they have not seen.

const ROWS = "rows";
const TURN = "k|turn";
// An upgrade only adds: what an older version wrote stays where it is.
const VERSION = 1;

function upgrade(database, from) {
  if (from < 1) database.createObjectStore(ROWS);
}

function connect(name) {
  return new Promise((done, failed) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = (event) => upgrade(request.result, event.oldVersion);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

export class Database {
  #name;
  #connection = null;
  #channel = null;

  constructor(name) {
    this.#name = name;
  }

  get #tabs() {
    return (this.#channel ??= new BroadcastChannel(this.#name));
  }

  // The connection, made anew where the browser or a newer version of the app has closed it.
  #connected() {
    this.#connection ??= connect(this.#name).then((database) => {
      database.onversionchange = () => this.#leave();
      database.onclose = () => this.#leave();
      return database;
    });
    return this.#connection;
  }

  #leave() {
    this.#connection?.then((database) => database.close(), () => {});
    this.#connection = null;
  }

  // A transaction that failed did nothing. Browsers lose connections now and then and a lost one never comes
  // back by itself: it is tried once more on a fresh one. A full disk is not mended by that.
  async #run(work) {
    try {
      return await work(await this.#connected());
    } catch (error) {
      this.#leave();
      if (error?.name === "QuotaExceededError") throw error;
      return work(await this.#connected());
    }
  }

  // Keys and values of the rows whose key begins so, and the turn.
  read(prefix) {
    return this.#run((database) => new Promise((done, failed) => {
      const transaction = database.transaction(ROWS);
      const rows = transaction.objectStore(ROWS);
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const [keys, values, turn] = [rows.getAllKeys(range), rows.getAll(range), rows.get(TURN)];
      transaction.oncomplete = () => done([Number(turn.result ?? 0), keys.result, values.result]);
      transaction.onabort = () => failed(transaction.error);
    }));
  }

  // Writes rows, given as key, value, key, value; no value deletes. Gives the new turn, or 0 where another tab
  // has written since `turn`. Below 0 any turn will do, and nobody is told.
  write(turn, rows) {
    return this.#run((database) => new Promise((done, failed) => {
      const transaction = database.transaction(ROWS, "readwrite", { durability: "strict" });
      const store = transaction.objectStore(ROWS);
      let isStale = false;
      let fault = null;
      // A row that cannot be put takes the others back with it: else they would be written alone.
      const put = () => {
        try {
          for (let i = 0; i < rows.length; i += 2) {
            if (rows[i + 1] === undefined) store.delete(rows[i]);
            else store.put(rows[i + 1], rows[i]);
          }
          if (turn >= 0) store.put(String(turn + 1), TURN);
        } catch (error) {
          fault = error;
          transaction.abort();
        }
      };
      if (turn < 0) {
        put();
      } else {
        const found = store.get(TURN);
        found.onsuccess = () => {
          isStale = Number(found.result ?? 0) !== turn;
          if (isStale) transaction.abort();
          else put();
        };
      }
      transaction.oncomplete = () => {
        if (turn >= 0) this.#tabs.postMessage([turn + 1, rows]);
        done(turn + 1);
      };
      transaction.onabort = () => (isStale ? done(0) : failed(fault ?? transaction.error));
    }));
  }

  // Calls back with what other tabs wrote, and with the words they said (turn 0).
  hear(heard) {
    this.#tabs.onmessage = ({ data: [turn, rows] }) => heard(turn, rows);
  }

  say(word) {
    this.#tabs.postMessage([0, word]);
  }

  // Resolves once this tab is the only one that leads; what it gives ends that.
  lead() {
    return new Promise((granted) => {
      const alone = () => new Promise((leave) => granted(leave));
      if (navigator.locks) navigator.locks.request(this.#name, alone).catch(alone);
      else alone();
    });
  }

  close() {
    this.#leave();
    this.#channel?.close();
  }
}
