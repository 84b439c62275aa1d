// The connection to the sandbox: requests with their answers, events, and coming back after a break.

const FIRST_PAUSE = 300;
const MAX_PAUSE = 5000;

/** A request that the sandbox refused; the message is a sentence for the visitor. */
export class Refused extends Error {}

/** A request that got no answer because the sandbox is offline. */
export class Unanswered extends Refused {}

/** Half of a character (a lone surrogate) is no text: it is sent as U+FFFD, as by every browser's form. */
const wellFormed = (_name, value) => (typeof value === "string" ? value.toWellFormed() : value);

/** Keeps a WebSocket open. `onOpen` is called after each (re)connection, `onEvent` for each event, `onClose` after a break. */
export class Link {
  constructor({ onOpen, onEvent, onClose }) {
    Object.assign(this, { onOpen, onEvent, onClose });
    this.waiting = new Map();
    this.number = 0;
    this.pause = FIRST_PAUSE;
    this.open();
  }

  open() {
    const address = new URL("live", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => {
      this.pause = FIRST_PAUSE;
      this.onOpen();
    });
    this.socket.addEventListener("message", (message) => this.receive(JSON.parse(message.data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  /** Send a request and return its result; throws Refused. */
  ask(action, parameters = {}) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new Unanswered("That was not sent."));
    const id = (this.number += 1);
    this.socket.send(JSON.stringify({ ...parameters, id, do: action }, wellFormed));
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  receive(message) {
    if (message.event) {
      this.onEvent(message);
      return;
    }
    const asked = this.waiting.get(message.re);
    this.waiting.delete(message.re);
    if (!asked) return;
    if (message.refused) asked.reject(new Refused(message.refused));
    else asked.resolve(message.result);
  }

  lost() {
    this.onClose();
    for (const asked of this.waiting.values()) asked.reject(new Unanswered("The connection broke, so that may not have been sent."));
    this.waiting.clear();
    setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, MAX_PAUSE);
  }
}
