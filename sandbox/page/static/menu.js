// A menu that opens below a button: arrows move, Enter chooses, Escape closes and returns to the button.

import { h } from "./dom.js";

/** Open a menu at a button; each item has a `label`, what to `run`, perhaps what it is `about`, and may be a `danger`. */
export function openMenu(button, items) {
  const close = (back = true) => {
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (back && button.isConnected) button.focus();
  };
  const outside = (event) => menu.contains(event.target) || close(false);
  const choose = (item) => {
    close();
    item.run();
  };
  const entries = items.map((item) =>
    h("button", { type: "button", role: "menuitem", tabindex: "-1", class: item.danger ? "danger" : null, on: { click: () => choose(item) } }, item.label, item.about && [" ", h("small", {}, item.about)]),
  );
  const keydown = (event) => {
    const place = entries.indexOf(document.activeElement);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (next !== undefined) entries[(next + entries.length) % entries.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const menu = h("div", { class: "popup", role: "menu", "aria-label": button.getAttribute("aria-label"), on: { keydown } }, entries);
  document.querySelector("main").append(menu);
  const place = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const top = place.bottom + height < innerHeight ? place.bottom + 4 : Math.max(8, place.top - height - 4);
  menu.style.top = `${top}px`;
  menu.style.left = `${Math.max(8, Math.min(place.right - width, innerWidth - width - 8))}px`;
  button.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  entries[0]?.focus();
}
