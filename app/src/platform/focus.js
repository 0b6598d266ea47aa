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

// From what was pressed with a key up to the page, each part with the one before it; and when.
let way = [];
let pressedAt = -Infinity;
// Milliseconds after which what goes away did not go because of the press.
const PRESSED = 3000;
const TEXT = "input:not([type=checkbox], [type=radio]), textarea";

function notePress({ key, timeStamp, type }) {
  way = [];
  const last = document.activeElement;
  if (type !== "keydown" || !last || last === document.body) return;
  // The others are typed, or move on by themselves.
  const isPress = key === "Escape" || (key === "Enter" && last.localName !== "textarea") || (key === " " && !last.matches(TEXT));
  if (!isPress) return;
  pressedAt = timeStamp;
  for (let at = last; at && at !== document.body; at = at.parentElement) way.push([at, at.previousElementSibling]);
}

for (const name of ["pointerdown", "keydown"]) addEventListener(name, notePress, true);

const REACHED = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary";

// Where what was pressed is off the page now, or can be pressed no more, the next thing in order has the focus; what was only busy has it
// again. The app itself comes first: it may know better.
function keepPlace() {
  const [last] = way[0] ?? [];
  const now = document.activeElement;
  const isLost = now === document.body || now === last;
  if (!last || !isLost || !document.hasFocus() || last.ariaBusy === "true") return;
  if (last.isConnected && !last.disabled) return last.focus({ preventScroll: true });
  if (performance.now() - pressedAt > PRESSED) return;
  const [at, before] = way.find((part) => part.some((one) => one?.isConnected)) ?? [];
  const place = at?.isConnected ? at : before;
  const all = [...(place?.closest("main")?.querySelectorAll(REACHED) ?? [])].filter((one) => one.checkVisibility?.() ?? true);
  // What lies in the part before is passed.
  const isInside = (one) => place === before && place.contains(one);
  const isNext = (one) => !isInside(one) && place.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
  (all.find(isNext) ?? all.at(-1))?.focus();
}

new MutationObserver(() => {
  const [last] = way[0] ?? [];
  if (last && document.activeElement === document.body) requestAnimationFrame(keepPlace);
  else if (last && (!last.isConnected || last.disabled)) requestAnimationFrame(keepPlace);
}).observe(document, { subtree: true, childList: true, attributeFilter: ["disabled"] });

// "moved": to another element or screen, by the person. "window": the window, which may come back. "away": neither,
// as when the program takes the focus, a keyboard on the screen is put away or the field is taken off the page.
export function whyLeft(event) {
  const field = event.target;
  if (isLeaving) return "moved";
  if (document.activeElement === field || !document.hasFocus()) return "window";
  return event.timeStamp - lastAct < 1000 && actedOn !== field ? "moved" : "away";
}
