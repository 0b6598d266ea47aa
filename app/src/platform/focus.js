// Why a field lost the focus. Browsers say that it did, never who did it.

let lastPress = -Infinity;
let pressedOn = null;
let isLeaving = false;

for (const name of ["pointerdown", "mousedown"]) {
  addEventListener(name, (event) => {
    lastPress = event.timeStamp;
    pressedOn = event.target;
  }, true);
}

// Takes the focus from whatever has it, as the person's own move: they go to another screen.
export function leaveField() {
  isLeaving = true;
  document.activeElement?.blur?.();
  isLeaving = false;
}

// "moved": to another element or screen, by the person. "window": the window, which may come back. "away": neither,
// as when a keyboard on the screen is put away or the field is taken off the page.
export function whyLeft(event) {
  const field = event.target;
  if (isLeaving || event.relatedTarget) return "moved";
  if (document.activeElement === field || !document.hasFocus()) return "window";
  const isPressed = event.timeStamp - lastPress < 1000 && pressedOn !== field;
  return isPressed ? "moved" : "away";
}
