/* The text messages of a telephone, like any messenger: bubbles, replies to tap, a box to write in. */

import { act } from "./api.js";
import { timeOfDay } from "./clock.js";
import { h, icon, linked } from "./dom.js";
import { lines, nameOf, notes } from "./store.js";

const REPORTS = {
  delivered: "delivered", sent: "sent, no report", undelivered: "not delivered", failed: "failed", received: "sent",
};

/** The conversation of one telephone. `complain` is told of what did not work. */
export class Messages {
  constructor(number, owner, complain) {
    this.number = number;
    this.complain = complain;
    this.shown = "";
    this.sent = [];
    this.read = 0;
    this.list = h("ol", { class: "bubbles", "aria-label": `Text messages of ${owner}`, tabindex: "0" });
    this.quick = h("div", { class: "quick", role: "group", "aria-label": "Quick replies" });
    this.to = h("select", { "aria-label": "To" });
    this.box = h("input", {
      type: "text", maxlength: "1600", "aria-label": `Text message from ${owner}`, placeholder: "Text message",
      autocomplete: "off",
    });
    this.element = h("div", { class: "messages" }, this.list, this.quick,
      h("form", { class: "write", onsubmit: (event) => this.submit(event) }, this.to, this.box,
        h("button", { class: "round-send", "aria-label": "Send" }, icon("send"))));
  }

  /** How many arrived since somebody last looked. */
  unread(handset) {
    return Math.max(0, handset.inbox.length - this.read);
  }

  /** Show the texts of a telephone as they are now. */
  update(handset, isOpen) {
    if (isOpen) this.read = handset.inbox.length;
    const told = [...handset.inbox.map((text) => ({ ...text, mine: false })), ...this.sent];
    const now = JSON.stringify([told.map((text) => [text.sid, text.status]), lines.size, handset.label.time_zone]);
    if (now === this.shown) return;
    this.shown = now;
    told.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    this.list.replaceChildren(...told.map((text) => this.bubble(text, handset.label.time_zone || undefined)));
    if (!told.length) this.list.append(h("li", { class: "quiet no-texts" }, "No messages yet."));
    this.list.scrollTop = this.list.scrollHeight;
    this.showLines(handset.inbox.at(-1)?.from || handset.label.dials);
    this.to.hidden = lines.size < 2 || handset.inbox.length > 0;
    this.showReplies(handset.inbox);
  }

  /** Note a text that was sent from here, as the log tells it. */
  note(entry) {
    this.sent.push({ at: entry.at, body: entry.text, from: this.number, sid: entry.sid, status: "received", mine: true });
  }

  bubble(text, zone) {
    return h("li", { class: text.mine ? "bubble mine" : "bubble" },
      text.mine ? null : h("span", { class: "unseen" }, `From ${nameOf(text.from)}: `),
      h("span", { class: "body" }, linked(text.body)),
      text.gloss ? h("span", { class: "gloss" }, text.gloss.replace(/\s*https?:\S+/g, "")) : null,
      h("span", { class: "meta" }, `${timeOfDay(Date.parse(text.at), zone, false)} · ${REPORTS[text.status] ?? text.status}`));
  }

  showLines(preferred) {
    const chosen = this.to.value || preferred;
    this.to.replaceChildren(...[...lines].map(([number, name]) => h("option", { value: number }, name)));
    this.to.value = lines.has(chosen) ? chosen : lines.keys().next().value ?? "";
  }

  /** Replies that the latest messages ask for; those of a code that came first are the ones most wanted. */
  showReplies(inbox) {
    const found = new Set();
    for (const text of inbox.slice(-6).reverse()) {
      for (const { name, value } of notes.replies) {
        const match = new RegExp(name).exec(text.body);
        if (match) found.add(value.replace("$1", match[1] ?? ""));
      }
    }
    const chosen = [...found].sort((one, other) => other.includes(" ") - one.includes(" ")).slice(0, 4);
    this.quick.replaceChildren(...chosen.map((body) =>
      h("button", { type: "button", class: "chip", onclick: () => this.send(body, inbox.at(-1)?.from) }, body)));
    this.quick.hidden = !chosen.length;
  }

  async submit(event) {
    event.preventDefault();
    const body = this.box.value.trim();
    if (!body) return;
    if (await this.send(body)) this.box.value = "";
  }

  async send(body, to = this.to.value) {
    try {
      await act(this.number, "text", { to, body });
      return true;
    } catch (error) {
      this.complain(error);
      return false;
    }
  }
}
