// A form that the bot opened (a modal): a dialog that keeps the focus, and is sent or cancelled.

import { h, icon } from "../dom.js";
import { Refused } from "../link.js";
import { menuChoices } from "../messages/rich.js";
import { drawText } from "../messages/text.js";

const ROW = 1, TEXT_INPUT = 4, TEXT = 10, LABEL = 18, CHECKBOX = 23;
const PARAGRAPH = 2;

/** Open the form of an interaction; `app.link` sends what is filled in. */
export function openForm(interaction, modal, app) {
  const fields = [];
  const parts = modal.components.map((top) => drawPart(top, fields, app));
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    const values = fields.map(([id, input]) => [id, input.type === "checkbox" ? input.checked : input.value]).filter(([, value], place) => value || fields[place][1].localName !== "select");
    try {
      await app.finish("submit", { interaction, fields: Object.fromEntries(values) });
      dialog.close();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.textContent = error.message;
    }
  };
  const cancel = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: "modal", "aria-labelledby": "form-title", on: { close: () => dialog.remove() } },
    h(
      "form",
      { on: { submit } },
      h("header", {}, h("h2", { id: "form-title" }, modal.title), h("button", { type: "button", "aria-label": "Close the form", on: { click: cancel } }, icon("close"))),
      parts,
      problem,
      h("footer", {}, h("button", { class: "button secondary", type: "button", on: { click: cancel } }, "Cancel"), h("button", { class: "button primary", type: "submit" }, "Submit")),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  (fields[0]?.[1] ?? dialog).focus();
}

function drawPart(top, fields, app) {
  if (top.type === TEXT) return drawText(top.content, app.state);
  const field = top.type === ROW ? top.components[0] : top.type === LABEL ? top.component : top;
  const id = `form-${fields.length}`;
  const input = drawInput(field, id, app);
  fields.push([field.custom_id, input]);
  const required = field.required === false ? null : h("span", { class: "required" }, "required");
  const about = top.description && h("small", { id: `${id}-about` }, top.description);
  return h("div", { class: "field" }, h("label", { for: id }, top.label ?? field.label ?? field.placeholder, required), about, input);
}

function drawInput(field, id, app) {
  const required = field.required !== false;
  if (field.type === CHECKBOX) return h("input", { id, type: "checkbox", checked: field.default });
  if (field.type !== TEXT_INPUT) {
    const choices = menuChoices(field, app.state).map(([value, label]) => h("option", { value }, label));
    return h("select", { id, required }, h("option", { value: "" }, field.placeholder ?? "Choose…"), choices);
  }
  const limits = { minlength: field.min_length, maxlength: field.max_length ?? 4000, placeholder: field.placeholder };
  const shared = { id, required, value: field.value ?? "", ...limits };
  return field.style === PARAGRAPH ? h("textarea", { ...shared, rows: "4" }) : h("input", { ...shared, type: "text" });
}
