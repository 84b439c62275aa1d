// The servers and channels of a narrow window: they slide over the room, and close on Escape or a tap beside them.

/** Opens and closes #places in a narrow window. */
export class Drawer {
  constructor(app) {
    this.app = app;
    this.element = document.getElementById("places");
    document.addEventListener("click", (event) => this.clickAnywhere(event));
    matchMedia("(max-width: 760px)").addEventListener("change", () => this.open && this.close());
  }

  get open() {
    return document.body.classList.contains("places-open");
  }

  toggle() {
    if (this.open) this.close();
    else this.show();
  }

  show() {
    this.mark(true);
    (this.element.querySelector("#channels [aria-current]") ?? this.element.querySelector("button")).focus();
  }

  /** Close it; the focus goes to what matches `next`. */
  close(next = ".places-toggle") {
    this.mark(false);
    document.querySelector(next)?.focus({ preventScroll: true });
  }

  mark(open) {
    document.body.classList.toggle("places-open", open);
    for (const part of document.querySelectorAll("#room > :not(#header)")) part.inert = open;
    this.app.state.tell("room");
  }

  clickAnywhere({ target }) {
    // What was clicked may be redrawn by now, and be nowhere.
    if (this.open && target.isConnected && !target.closest("#places, .places-toggle")) this.close();
  }
}
