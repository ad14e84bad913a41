/** What a live page says of itself. */
export const FOLLOWS = "Live: follows what happens";
export const ENDED = "Ended: nothing changes any more";

/**
 * What a live page runs: it renews what has changed in place, so that scroll, focus, selection and what is unfolded stay, and says when nothing comes any
 * more. It is told by events of the address that its own script element names: `parts`, `trouble`, `end`, `gone`.
 */
export const LIVE_SCRIPT = `"use strict";
const { events, asOf } = document.currentScript.dataset;
const state = document.getElementById("live");
const said = document.getElementById("said");
let shownAt = asOf;
let hasEnded = false;

const show = (kind, text) => {
  if (state.textContent !== text) state.textContent = text;
  if (state.className !== kind) state.className = kind;
};
const time = (iso) => new Date(iso).toLocaleTimeString();
const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined);
const isLike = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

/** Makes the one node what the other is, and keeps it. */
function renew(node, other) {
  if (node.isEqualNode(other)) return;
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.nodeValue !== other.nodeValue) node.nodeValue = other.nodeValue;
    return;
  }
  // What is folded is the reader's to say.
  const isKept = (name) => node.nodeName === "DETAILS" && name === "open";
  for (const { name } of [...node.attributes]) {
    if (!other.hasAttribute(name) && !isKept(name)) node.removeAttribute(name);
  }
  for (const { name, value } of other.attributes) {
    if (node.getAttribute(name) !== value && !isKept(name)) node.setAttribute(name, value);
  }
  renewChildren(node, other);
}

function renewChildren(node, other) {
  const keyed = new Map();
  for (const child of node.children) if (keyOf(child) !== undefined) keyed.set(keyOf(child), child);
  let place = node.firstChild;
  for (const next of [...other.childNodes]) {
    const key = keyOf(next);
    const present = key === undefined ? place : keyed.get(key);
    if (present && isLike(present, next)) {
      if (present === place) place = place.nextSibling;
      else node.insertBefore(present, place);
      renew(present, next);
    } else node.insertBefore(next, place);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

const source = new EventSource(events);
source.addEventListener("parts", ({ data }) => {
  const { title, parts, news, at, note } = JSON.parse(data);
  for (const { id, markup } of parts) {
    const node = document.getElementById(id);
    const parsed = new DOMParser().parseFromString(markup, "text/html").body;
    if (node) renewChildren(node, parsed);
  }
  if (document.title !== title) document.title = title;
  shownAt = at;
  if (note) show("trouble", note);
  else show("follows", ${JSON.stringify(FOLLOWS)});
  if (news) said.textContent = news;
});
source.addEventListener("trouble", ({ data }) => {
  show("trouble", JSON.parse(data) + " Shown is how it was at " + time(shownAt) + ". It is tried again.");
});
source.addEventListener("end", () => {
  hasEnded = true;
  source.close();
  show("ended", ${JSON.stringify(ENDED)});
});
source.addEventListener("gone", () => {
  show("trouble", "The command that showed this has ended. Shown is how it was at " + time(shownAt) + ".");
});
source.onerror = () => {
  if (hasEnded || state.textContent.startsWith("The command")) return;
  show("trouble", "The connection is gone. Shown is how it was at " + time(shownAt) + ". It is tried again.");
};
`;
