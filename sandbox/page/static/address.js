// Addresses of channels and messages: Discord's links, and the page's own, which are after the # of its address. Pure.

const DISCORD = /^(?:(?:www|ptb|canary)\.)?discord(?:app)?\.com$/;
const PLACE = /^\/channels\/(@me|\d{1,20})\/(\d{1,20})(?:\/(\d{1,20}))?\/?(?:\?(.*))?$/;

/** Return what the text after # names: `server`, `channel`, and perhaps `message` and `person`; null if it names no channel. */
export function readFragment(fragment) {
  const found = PLACE.exec(fragment.replace(/^#/, ""));
  if (!found) return null;
  const [, server, channel, message = null, query = ""] = found;
  return { server, channel, message, person: new URLSearchParams(query).get("as") };
}

/** Return the text after # that names a place. */
export function writeFragment({ server, channel, message = null, person = null }) {
  return `#/channels/${server}/${channel}${message ? `/${message}` : ""}${person ? `?as=${person}` : ""}`;
}

/** Return the place that a link leads to, on Discord or on the page at `page`; null if it leads to none. */
export function readLink(link, page) {
  let url;
  try {
    url = new URL(link);
  } catch {
    return null;
  }
  if (url.protocol === "https:" && DISCORD.test(url.hostname)) return readFragment(url.pathname);
  const own = new URL(page);
  return url.origin === own.origin && url.pathname === own.pathname ? readFragment(url.hash) : null;
}

/** Return the link to a message that Discord's own client would copy. */
export function writeLink({ server, channel, message }) {
  return `https://discord.com/channels/${server}/${channel}/${message}`;
}
