// Which tabs of the app live: each holds a lock of its own for as long as its page does.

const LOCK = "chitieu-tab|";
const BEFORE = "chitieu.tab";
let isKnown = false;

const inASecond = () => new Promise((done) => setTimeout(done, 1000, []));

// Takes the lock of this page and gives the names of the pages that live. A page that was just closed, or that this tab
// showed before a reload, may take a moment to let go of its own.
export async function living(name, others) {
  const locks = navigator.locks;
  if (!locks) return [];
  if (!isKnown) {
    locks.request(LOCK + name, () => new Promise(() => {})).catch(() => {});
    try {
      others.push(sessionStorage.getItem(BEFORE) ?? name);
      sessionStorage.setItem(BEFORE, name);
    } catch {
      // A browser that forbids it only loses that moment.
    }
    isKnown = true;
  }
  const patience = new AbortController();
  setTimeout(() => patience.abort(), 800);
  const gone = (one) => locks.request(LOCK + one, { signal: patience.signal }, () => {}).catch(() => {});
  await Promise.race([Promise.all(others.filter((one) => one !== name).map(gone)), inASecond()]);
  // A browser that does not say which locks are held costs a moment, no start.
  const held = await Promise.race([locks.query().then((all) => all.held), inASecond()]).catch(() => []);
  return held.map((lock) => lock.name).filter((one) => one.startsWith(LOCK)).map((one) => one.slice(LOCK.length));
}
