// Presses on what is drawn again before the mouse's button is released: the browser drops them, so they are made good.

const PRESSED = "button, a[href]";

/** Tell a control from others: by its name, and by what it is in. */
function identify(control) {
  const name = control.dataset.key ?? control.getAttribute("aria-label") ?? control.textContent;
  return `${control.closest("[id]")?.id} ${name}`;
}

/** Click the control that took the place of the one that was pressed. Taps find it by themselves. */
export function keepClicks() {
  let pressed = null;
  const down = ({ target, button, pointerType }) => {
    const control = button === 0 && pointerType === "mouse" ? target.closest?.(PRESSED) : null;
    pressed = control && { control, identity: identify(control) };
  };
  const up = ({ clientX, clientY }) => {
    const before = pressed;
    pressed = null;
    if (!before || before.control.isConnected) return;
    const now = document.elementFromPoint(clientX, clientY)?.closest(PRESSED);
    if (now && identify(now) === before.identity) now.click();
  };
  document.addEventListener("pointerdown", down, true);
  document.addEventListener("pointerup", up, true);
}
