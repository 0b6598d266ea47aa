// Which tabs of the app live: each holds a lock of its own for as long as its page does.

const LOCK = "chitieu-tab|";
// By it other scripts of this page tell its drafts from those of other tabs.
const OWN = "chitieu.tab";
let isKnown = false;

const inASecond = () => new Promise((done) => setTimeout(done, 1000, []));

// Takes the lock of this page and gives the names of the pages that live. Those of the others, which have drafts, may
// have been closed or left just now and take a moment to let go of their own.
export async function living(name, others) {
  const locks = navigator.locks;
  if (!locks) return [];
  if (!isKnown) {
    locks.request(LOCK + name, () => new Promise(() => {})).catch(() => {});
    try {
      sessionStorage.setItem(OWN, name);
    } catch {
      // Where it is forbidden, this page counts as one without drafts when a new build comes.
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
