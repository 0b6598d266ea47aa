// Why a field lost the focus. Browsers say that it did, never who did it: a person's act right before tells.

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

// Takes the focus from whatever has it, as the person's own move: they go to another screen.
export function leaveField() {
  isLeaving = true;
  document.activeElement?.blur?.();
  isLeaving = false;
}

// "moved": to another element or screen, by the person. "window": the window, which may come back. "away": neither,
// as when the program takes the focus, a keyboard on the screen is put away or the field is taken off the page.
export function whyLeft(event) {
  const field = event.target;
  if (isLeaving) return "moved";
  if (document.activeElement === field || !document.hasFocus()) return "window";
  return event.timeStamp - lastAct < 1000 && actedOn !== field ? "moved" : "away";
}
