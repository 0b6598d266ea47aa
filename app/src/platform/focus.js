// Why a field lost the focus. Browsers say that it did, never who did it: a person's act right before tells. And for whoever works
// with keys it is never lost: they would begin again at the top of the page.

let lastAct = -Infinity;
let actedOn = null;
let isLeaving = false;

function noteAct(event) {
  if (event.key && event.key !== "Tab") return;
  lastAct = event.timeStamp;
  // A key that moves on comes from the field itself.
  actedOn = event.key ? null : event.target;
}

for (const name of ["pointerdown", "mousedown", "keydown"]) addEventListener(name, noteAct, true);

// Takes the focus from whatever has it, as the person's own move: they go to another screen, and are at its beginning.
export function leaveField() {
  isLeaving = true;
  document.activeElement?.blur?.();
  isLeaving = false;
  way = [];
  document.getElementById("main")?.focus({ preventScroll: true });
}

// From what has the focus up to the page, each part with the one before it: where somebody with keys is. Nothing after a press of a
// mouse or a finger.
let way = [];

function noteWay(event) {
  const last = document.activeElement;
  if (event.type !== "pointerdown" && (!last || last === document.body)) return;
  way = [];
  if (event.type === "pointerdown") return;
  for (let at = last; at && at !== document.body; at = at.parentElement) way.push([at, at.previousElementSibling]);
}

for (const name of ["pointerdown", "keydown", "keyup"]) addEventListener(name, noteWay, true);

const REACHED = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary";

// Where what had the focus was taken off the page or can be pressed no more, the next thing in order has it. The app itself comes
// first: it may know better.
function keepPlace() {
  const [last] = way[0] ?? [];
  const now = document.activeElement;
  if (!last || (last.isConnected && !last.disabled) || (now !== document.body && now !== last)) return;
  const [at, before] = way.find((part) => part.some((one) => one?.isConnected)) ?? [];
  const place = at?.isConnected ? at : before;
  const all = [...(place?.closest("main")?.querySelectorAll(REACHED) ?? [])].filter((one) => one.checkVisibility?.() ?? true);
  const isNext = (one) => place.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
  (all.find(isNext) ?? all.at(-1))?.focus();
}

new MutationObserver(() => {
  const [last] = way[0] ?? [];
  if (last && (!last.isConnected || last.disabled)) requestAnimationFrame(keepPlace);
}).observe(document, { subtree: true, childList: true, attributeFilter: ["disabled"] });

// "moved": to another element or screen, by the person. "window": the window, which may come back. "away": neither,
// as when the program takes the focus, a keyboard on the screen is put away or the field is taken off the page.
export function whyLeft(event) {
  const field = event.target;
  if (isLeaving) return "moved";
  if (document.activeElement === field || !document.hasFocus()) return "window";
  return event.timeStamp - lastAct < 1000 && actedOn !== field ? "moved" : "away";
}
