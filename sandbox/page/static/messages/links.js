// Links: those to channels and messages of this sandbox stay inside the page, all others open in a new tab.

import { readLink, writeFragment } from "../address.js";
import { h, safeAddress } from "../dom.js";

/** Return the address inside the page of a channel, at a `message` if there is one, as the same person sees it. */
export function hrefOf({ server, channel, message }, state) {
  return writeFragment({ server: server ?? state.serverOf(channel), channel, message, person: state.me });
}

/** Return a link's attributes; none if its address is not safe to follow. */
export function linkTo(address, state) {
  const place = placeOf(address, state);
  if (place) return { href: hrefOf(place, state) };
  const href = safeAddress(address);
  return href === null ? {} : { href, target: "_blank", rel: "noopener noreferrer" };
}

/** Make a link, or plain text if its address is not safe to follow. */
export function drawLink(address, state, ...children) {
  const attributes = linkTo(address, state);
  return h(attributes.href ? "a" : "span", attributes, ...children);
}

/** Make a link out of a bare address; one to a channel or a message shows the channel's name, as Discord does. */
export function drawAddress(address, state) {
  const place = placeOf(address, state);
  if (!place) return drawLink(address, state, address);
  const name = state.channelName(place.channel) ?? "unknown";
  const label = `${place.server === "@me" ? "@" : "#"}${name}${place.message ? " › message" : ""}`;
  return h("a", { class: "mention", href: hrefOf(place, state), title: address }, label);
}

/** Make a mention of a channel, which leads there. */
export function drawChannelMention(channel, state) {
  const name = state.channelName(channel);
  if (name === null) return h("span", { class: "mention" }, "#unknown");
  return h("a", { class: "mention", href: hrefOf({ channel }, state) }, `#${name}`);
}

function placeOf(address, state) {
  const place = readLink(address, location.href);
  const known = place && (place.server === "@me" || state.everything.servers.includes(place.server));
  return known ? place : null;
}
