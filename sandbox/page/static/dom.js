// Creates elements. Texts always become text nodes, never markup.

/** Make an element. `on` holds listeners, `class` and all others are attributes; false, null and undefined leave one out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Make an element of a drawing. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

const PATHS = {
  hash: "M10 4 8 20M16 4l-2 16M5 9h15M4 15h15",
  thread: "M5 5h14v10H9l-4 4z",
  forum: "M4 4h13v8H9l-5 4zM20 9v11l-4-3H9",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-4 7.5",
  menu: "M4 7h16M4 12h16M4 17h16",
  panel: "M4 5h16v14H4zM14 5v14",
  reply: "M10 7 5 12l5 5M5 12h9a5 5 0 0 1 5 5v1",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  send: "M4 12 20 4l-5 16-3-7z",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 3",
  down: "M12 5v14M6 13l6 6 6-6",
};

/** Draw an icon; screen readers skip it, so its parent needs a label. */
export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}

/** Make a round picture for an account or a server: two letters, in a colour that stays the same for its id. */
export function avatar(id, name, extra = "") {
  const letters = name.split(/[\s-]+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
  let hue = 0;
  for (const digit of id) hue = (hue * 7 + digit.charCodeAt(0)) % 8;
  return h("span", { class: `avatar hue-${hue} ${extra}`, "aria-hidden": "true" }, letters || "?");
}

/** Return the address if a browser may follow it: to a website, never to a script or a file. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Change an element's text only if it differs, so that unchanged text is not announced or redrawn. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
