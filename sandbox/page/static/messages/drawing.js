// Draws a long list of messages in parts, a few in each frame, so that the page answers in between.

const MAX_MILLISECONDS = 8;
const MAX_NODES = 500;

const nextFrame = (run) => (document.hidden ? setTimeout(run) : requestAnimationFrame(run));

/** Draws items one by one; `draw` returns an element or null, and `insert` is given those of one frame. */
export class DrawingQueue {
  constructor({ draw, insert, end }) {
    Object.assign(this, { draw, insert, end });
    this.waiting = [];
    this.scheduled = false;
  }

  /** Draw these from the next frame on; the ones that still wait are given up. */
  restart(items) {
    this.waiting = [];
    this.add(items);
  }

  /** Draw these too, after those that still wait. */
  add(items) {
    this.waiting.push(...items);
    if (!this.scheduled) this.schedule();
  }

  get busy() {
    return this.waiting.length > 0;
  }

  /** Draw a share now. */
  drawSome() {
    const begun = performance.now();
    const drawn = [];
    let nodes = 0;
    while (this.busy && nodes < MAX_NODES && performance.now() - begun < MAX_MILLISECONDS) {
      const element = this.draw(this.waiting.shift());
      if (!element) continue;
      drawn.push(element);
      nodes += element.querySelectorAll("*").length;
    }
    this.insert(drawn);
    if (!this.busy) this.end();
    else if (!this.scheduled) this.schedule();
  }

  schedule() {
    this.scheduled = true;
    nextFrame(() => {
      this.scheduled = false;
      if (this.busy) this.drawSome();
    });
  }
}
