// A dialog of the page's own, with text fields: sent or cancelled, it gives the focus back.

import { limit } from "../composer/length.js";
import { h, icon } from "../dom.js";
import { Refused } from "../link.js";

/** Open it. `send` is given the texts by the fields' names; if it throws Refused, the dialog stays and says why. */
export function openDialog({ title, fields, action, send }) {
  const inputs = fields.map(drawInput);
  const problem = h("p", { class: "problem", role: "alert" });
  const close = () => dialog.close();
  const submit = async (event) => {
    event.preventDefault();
    try {
      await send(Object.fromEntries(inputs.map((input) => [input.name, input.value])));
      close();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.textContent = error.message;
    }
  };
  const parts = fields.map((field, place) => drawField(field, inputs[place]));
  const dialog = h(
    "dialog",
    { class: "modal", "aria-labelledby": "dialog-heading", on: { close: () => dialog.remove() } },
    h(
      "form",
      { on: { submit } },
      h("header", {}, h("h2", { id: "dialog-heading" }, title), h("button", { type: "button", "aria-label": "Close", on: { click: close } }, icon("close"))),
      parts,
      problem,
      h("footer", {}, h("button", { class: "button secondary", type: "button", on: { click: close } }, "Cancel"), h("button", { class: "button primary", type: "submit" }, action)),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  inputs[0].select(); // what it suggests is replaced by what is typed
}

function drawInput({ name, rows, value = "", hint }) {
  const shared = { id: `field-${name}`, name, value, required: true, "aria-describedby": hint ? `field-${name}-hint` : null };
  return rows ? h("textarea", { ...shared, rows }) : h("input", { ...shared, type: "text", autocomplete: "off" });
}

function drawField({ label, hint, max }, input) {
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, limit(input, { max }), hint && h("small", { id: `${input.id}-hint` }, hint));
}
