// Which tabs of the app live: each holds a lock of its own for as long as its page does.

const LOCK = "chitieu-tab|";
const BEFORE = "chitieu.tab";
let isKnown = false;

// Takes the lock of this page and gives the names of the pages that live. The page that this tab showed before a
// reload may take a moment to let go of its own.
export async function living(name) {
  const locks = navigator.locks;
  if (!locks) return [];
  let before = null;
  if (!isKnown) {
    locks.request(LOCK + name, () => new Promise(() => {})).catch(() => {});
    try {
      before = sessionStorage.getItem(BEFORE);
      sessionStorage.setItem(BEFORE, name);
    } catch {
      // A browser that forbids it only loses that moment.
    }
    isKnown = true;
  }
  if (before) {
    const patience = new AbortController();
    setTimeout(() => patience.abort(), 500);
    await locks.request(LOCK + before, { signal: patience.signal }, () => {}).catch(() => {});
  }
  const { held } = await locks.query();
  return held.map((lock) => lock.name).filter((one) => one.startsWith(LOCK)).map((one) => one.slice(LOCK.length));
}
