// A forum: its posts as a list in the place of messages, and a dialog for a new one.

import { h, icon } from "../dom.js";
import { drawPreview } from "../messages/preview.js";
import { openDialog } from "./dialog.js";
import { openNew } from "./threads.js";

const LONGEST_TITLE = 100, LONGEST_TEXT = 2000;

/** Draws #forum while a forum is open. */
export class Forum {
  constructor(app) {
    this.app = app;
    this.state = app.state;
    this.list = h("ul", { class: "posts" });
    this.topic = h("p", {});
    this.write = h("button", { class: "button primary", type: "button", on: { click: () => this.ask() } }, "New post");
    this.element = h("section", { id: "forum", "aria-label": "Posts", hidden: true }, h("header", {}, this.topic, this.write), this.list);
    document.getElementById("timeline").after(this.element);
    for (const kind of ["room", "places"]) this.state.on(kind, () => this.show());
  }

  get forum() {
    return this.state.channel?.forum ? this.state.channel : null;
  }

  async show() {
    const { forum } = this;
    this.element.hidden = !forum;
    document.body.classList.toggle("in-forum", Boolean(forum));
    if (!forum) return;
    this.topic.textContent = forum.topic;
    this.write.hidden = !forum.forum.may_post;
    const result = await this.app.request("posts", { channel: forum.id });
    if (result && forum.id === this.forum?.id) this.draw(result.posts);
  }

  draw(posts) {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const none = h("li", { class: "none" }, "No posts yet. Write the first one.");
    this.list.replaceChildren(...(posts.length ? posts.map((post) => this.drawPost(post)) : [none]));
    if (focused) this.list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  drawPost(post) {
    const { id, title, author, messages, archived } = post;
    const mark = this.state.unread.get(id);
    const count = messages === 1 ? "1 message" : `${messages} messages`;
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", "data-key": id, class: mark, on: { click: () => this.app.open(id) } },
        h("strong", {}, title),
        h("span", { class: "excerpt" }, h("b", {}, `${author}: `), drawPreview(post, this.state)),
        h("small", {}, icon("thread"), count, archived && " · closed", mark && " · unread"),
      ),
    );
  }

  ask() {
    const { forum } = this;
    const bot = this.state.members.find((member) => member.bot)?.name;
    const hint = bot && `Write @${bot} to ask the bot.`;
    const fields = [
      { name: "title", label: "Title", limit: LONGEST_TITLE },
      { name: "text", label: "Message", limit: LONGEST_TEXT, rows: 5, hint },
    ];
    const send = async ({ title, text }) => {
      const post = { channel: forum.id, title, text: this.app.composer.encode(text) };
      await openNew(await this.app.link.ask("write-post", post), this.app);
    };
    openDialog({ title: `New post in ${forum.name}`, fields, action: "Post", send });
  }
}
