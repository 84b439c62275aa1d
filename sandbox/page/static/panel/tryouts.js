// Behind the scenes, what there is to try: others who ask at once, a new server and its own chatbot, and an intent.

import { h, icon } from "../dom.js";
import { openNew } from "../threads/threads.js";

const NOTE_LASTS = 12_000;
const OFF = "Off: in servers, the bot reads only messages that mention it or reply to it. Text commands and /settings auto-reply need the rest.";
const ON = "On: the bot reads every message it can see. Try /settings auto-reply with a channel, or write !ask and a question.";
const CHANGING = "Switching it sets it in this Discord's developer portal and as MESSAGE_CONTENT_INTENT, and restarts the bot.";

/** `intent` and `element` are parts of the panel. */
export class TryOuts {
  constructor(app) {
    this.app = app;
    this.pending = false;
    this.notice = null;
    this.box = h("input", { type: "checkbox", id: "intent", "aria-describedby": "intent-note intent-changing", on: { change: () => this.switch() } });
    this.note = h("p", { id: "intent-note" }, OFF);
    const changing = h("p", { id: "intent-changing" }, CHANGING);
    this.intent = h("div", { class: "intent" }, h("div", { class: "switches" }, h("label", {}, this.box, "Message Content Intent")), this.note, changing);
    this.told = h("p", { class: "told", role: "status" });
    this.own = h("div", { class: "offer", hidden: true });
    app.state.on("places", () => this.drawOwn());
    this.element = h(
      "div",
      {},
      this.drawOffer("Three others ask", "Erin, Frank and Grace ask the bot in the open channel, all at once.", () => this.askTogether()),
      this.drawOffer("Invite the bot to a new server", "The bot joins a server of yours and welcomes it. You can do this several times.", () => this.foundServer()),
      this.told,
      this.own,
    );
  }

  /** Tell which values `/setup` accepts. */
  drawOwn() {
    const own = this.app.state.everything.own_chatbot;
    if (!own || this.own.firstChild) return;
    const copy = (name, value) => async () => {
      await navigator.clipboard.writeText(value).then(
        () => this.tell(`The ${name} was copied.`),
        () => this.tell("Couldn't copy that."),
      );
    };
    const rows = Object.entries(own.values).map(([name, value]) => [
      h("dt", {}, name),
      h("dd", {}, h("code", {}, value), h("button", { class: "button secondary", type: "button", "aria-label": `Copy the ${name}`, on: { click: copy(name, value) } }, "Copy")),
    ]);
    this.own.append(
      h("h4", {}, "Give a server its own chatbot"),
      h("p", {}, `As its owner, write /setup in the new server, choose ${own.provider} and enter these. Then ${own.name} answers there, and the host's chatbots everywhere else.`),
      h("dl", { class: "values" }, rows),
      h("p", {}, "Enter something else, or make the chat API fail below, to see what is said then. To try more: /settings limit, /usage and /settings fallback."),
    );
    this.own.hidden = false;
  }

  drawOffer(label, about, run) {
    return h("div", { class: "offer" }, h("button", { class: "button secondary", type: "button", on: { click: run } }, label), h("p", {}, about));
  }

  /** Show what the sandbox says, unless the visitor's own order is still being carried out. */
  draw({ message_content: on }) {
    if (!this.pending) this.box.checked = on;
    const text = on ? ON : OFF;
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  async switch() {
    const on = this.box.checked;
    this.pending = true;
    this.tell(`The bot restarts with the Message Content Intent ${on ? "on" : "off"}; answers in progress may finish first.`);
    await this.app.request("intent", { on });
    this.pending = false;
    this.tell(`The Message Content Intent is ${on ? "on" : "off"} now.`);
  }

  async askTogether() {
    const { channel } = this.app.state;
    const result = await this.app.request("ask-together", { channel: channel?.id ?? "" });
    if (!result) return;
    this.giveWay();
    const [first, ...rest] = result.names;
    this.tell(`${first}, ${rest.join(" and ")} ask in ${channel.name}. ${first} asks twice: the second question waits until the first is answered.`);
  }

  async foundServer() {
    const result = await this.app.request("found-server");
    if (!result) return;
    await openNew(result, this.app);
    this.giveWay();
    const { bot } = this.app.state;
    const then = bot?.state === "running" ? "It says hello here." : "It says hello here once it runs.";
    this.tell(`You own “${result.server}” now, and the bot was invited to it. ${then}`);
  }

  /** Where the panel covers the messages, close it. */
  giveWay() {
    if (!matchMedia("(min-width: 1100px)").matches) this.app.panel.hide();
  }

  /** Say what happened: in the panel, or above the message box if the panel is closed. */
  tell(text) {
    this.told.textContent = text;
    this.notice?.remove();
    if (this.app.panel.open) return;
    const close = () => note.remove();
    const note = h("p", { class: "notice told" }, text, h("button", { type: "button", "aria-label": "Dismiss", on: { click: close } }, icon("close")));
    document.getElementById("notices").append(note);
    this.notice = note;
    setTimeout(close, NOTE_LASTS);
  }
}
