// What the page knows: places, people and messages, as one person sees them. Listeners are told of each kind of change.

const TYPING_LASTS = 10_000;

const byId = (messages) => new Map(messages.map((message) => [message.id, message]));

/** Whether a message is older than another, by their ids. */
export const isOlder = (one, other) => BigInt(one) < BigInt(other);

/** All that is known; `channelId` is the channel that is open. */
export class State {
  constructor() {
    this.everything = null;
    this.channelId = null;
    this.messages = new Map();
    this.more = new Map();
    this.unread = new Map();
    this.dismissed = new Set();
    this.typing = new Map();
    this.bot = null;
    this.connected = false;
    this.listeners = new Map();
  }

  /** Call `listener` after each change of a kind: places, room, messages, part, message, missed, gone, typing, bot. */
  on(kind, listener) {
    const known = this.listeners.get(kind) ?? [];
    this.listeners.set(kind, [...known, listener]);
  }

  tell(kind, subject) {
    for (const listener of this.listeners.get(kind) ?? []) listener(subject);
  }

  get me() {
    return this.everything.me;
  }

  get channels() {
    return [...this.everything.guilds.flatMap((guild) => guild.channels), ...this.everything.dms];
  }

  get channel() {
    return this.channels.find((channel) => channel.id === this.channelId) ?? null;
  }

  /** The server of the open channel, null in a direct message. */
  get guild() {
    return this.everything.guilds.find((guild) => guild.channels.some((each) => each.id === this.channelId)) ?? null;
  }

  /** The id of a channel's server, "@me" for a direct message. */
  serverOf(channelId) {
    return this.everything.guilds.find((guild) => guild.channels.some((each) => each.id === channelId))?.id ?? "@me";
  }

  /** Who can be mentioned in the open channel. */
  get members() {
    if (this.guild) return this.guild.members;
    const ids = [this.me, this.channel?.user].filter(Boolean);
    return ids.map((id) => ({ id, ...this.everything.users[id] }));
  }

  get shown() {
    return [...(this.messages.get(this.channelId)?.values() ?? [])].filter((each) => !this.dismissed.has(each.id));
  }

  userName(id) {
    return this.members.find((member) => member.id === id)?.name ?? this.everything.users[id]?.name ?? null;
  }

  channelName(id) {
    return this.channels.find((channel) => channel.id === id)?.name ?? null;
  }

  roleName(id) {
    return this.everything.guilds.flatMap((guild) => guild.roles).find((role) => role.id === id)?.name ?? null;
  }

  /** Load a snapshot of everything; a change of person discards the messages seen as the last one. */
  see(everything) {
    if (this.everything?.me !== everything.me) {
      this.messages.clear();
      this.unread.clear();
      this.dismissed.clear();
    }
    this.everything = everything;
    if (everything.bot) this.bot = everything.bot;
    if (!this.channel) this.channelId = this.channels[0]?.id ?? null;
    this.tell("places");
    this.tell("room");
    this.tell("bot");
  }

  /** Know a part of a channel's history, in place of what was known of it. */
  fill(channelId, { messages, more_before: before = false, more_after: after = false }) {
    this.messages.set(channelId, byId(messages));
    this.more.set(channelId, { before, after });
    this.unread.delete(channelId);
    this.tell("messages");
    this.tell("places");
  }

  /** Add the part before or after what is known of a channel. */
  extend(channelId, side, part) {
    const known = [...this.messages.get(channelId).values()];
    this.messages.set(channelId, byId(side === "before" ? [...part.messages, ...known] : [...known, ...part.messages]));
    this.more.set(channelId, { ...this.more.get(channelId), [side]: part[`more_${side}`] });
    if (channelId === this.channelId) this.tell("part", { side, messages: part.messages });
  }

  /** Forget what is beyond so many messages, at one side of what is known of the open channel; returns the ids. */
  trim(side, max) {
    const known = this.messages.get(this.channelId);
    const ids = side === "before" ? [...known.keys()] : [...known.keys()].reverse();
    const gone = ids.slice(0, Math.max(0, known.size - max));
    for (const id of gone) known.delete(id);
    if (gone.length) this.more.set(this.channelId, { ...this.more.get(this.channelId), [side]: true });
    return gone;
  }

  /** Whether a message is beside the part of its channel's history that is known: it is not shown yet. */
  isBeside(message) {
    const known = this.messages.get(message.channel);
    if (!known?.size || known.has(message.id)) return false;
    const { before, after } = this.more.get(message.channel);
    const [oldest] = known.keys();
    return (before && isOlder(message.id, oldest)) || (after && !isOlder(message.id, oldest));
  }

  put(message) {
    const known = this.messages.get(message.channel);
    const fresh = !known?.has(message.id);
    const beside = this.isBeside(message);
    if (!beside) known?.set(message.id, message);
    this.typing.get(message.channel)?.delete(message.author.id);
    if (message.channel === this.channelId) {
      if (!beside) this.tell("message", { message, fresh });
      else if (message.frames === 1) this.tell("missed", message);
      this.tell("typing");
    } else if (message.frames === 1 && !message.mine) {
      const before = this.unread.get(message.channel);
      this.unread.set(message.channel, message.mentions_me || before === "mention" ? "mention" : "unread");
      this.tell("places");
    }
  }

  take({ channel, id }) {
    this.messages.get(channel)?.delete(id);
    if (channel === this.channelId) this.tell("gone", id);
  }

  dismiss(id) {
    this.dismissed.add(id);
    this.tell("gone", id);
  }

  startTyping({ channel, user, name }) {
    if (user === this.me) return;
    const inChannel = this.typing.get(channel) ?? new Map();
    this.typing.set(channel, inChannel.set(user, { name, until: Date.now() + TYPING_LASTS }));
    this.tell("typing");
    setTimeout(() => this.tell("typing"), TYPING_LASTS + 50);
  }

  get typists() {
    const inChannel = this.typing.get(this.channelId) ?? new Map();
    return [...inChannel.values()].filter((each) => each.until > Date.now()).map((each) => each.name);
  }
}
