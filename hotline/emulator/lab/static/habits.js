/* What a telephone does when it is called or gets a text, and nobody sits in front of it. */

import { act } from "./api.js";
import { h } from "./dom.js";
import { take } from "./store.js";

const CALLS = [
  ["rings_out", "rings, until you answer"], ["answers", "is picked up by itself"], ["voicemail", "goes to voicemail"],
  ["busy", "is busy"], ["rejects", "is declined"], ["unreachable", "is switched off"],
];
const TEXTS = [
  ["delivered", "arrives, with a report"], ["silent", "is sent, without a report"], ["undelivered", "is not delivered"],
  ["failed", "fails"],
];
const SHORT = { answers: "picks up", voicemail: "voicemail", busy: "busy", rejects: "declines", unreachable: "off" };
const AFTER = { answers: 4, voicemail: 10, rejects: 2 };

/** The habit of a telephone in a word, nothing for one that just rings. */
export const habitInWords = (policy) => SHORT[policy.kind] ?? "";

/** What to tell the emulator so that a telephone of `owner` has a habit. */
export function habit(kind, owner) {
  const first = owner.split(" ")[0];
  return { kind, after: AFTER[kind] ?? 0, greeting: `This is ${first}. I cannot take your call, please leave a message.` };
}

/** Two choices for one telephone. `complain` is told of what did not work. */
export class Habits {
  constructor(number, owner, complain) {
    const choose = (body) => act(number, "policy", body).then(take, complain);
    this.calls = choice(`${number}-call`, "A call", CALLS, (kind) => choose(habit(kind, owner)));
    this.texts = choice(`${number}-text`, "A text message", TEXTS, (sms) => choose({ sms }));
    this.element = h("div", { class: "habits" }, this.calls.label, this.texts.label,
      h("p", { class: "quiet" }, "A voicemail never presses a key. That is why only a pressed 1 accepts."));
  }

  update(handset) {
    if (document.activeElement !== this.calls.select) this.calls.select.value = handset.policy.kind;
    if (document.activeElement !== this.texts.select) this.texts.select.value = handset.sms;
  }
}

function choice(id, word, options, chosen) {
  const select = h("select", { id, onchange: () => chosen(select.value) },
    options.map(([value, text]) => h("option", { value }, text)));
  return { select, label: h("div", { class: "choice" }, h("label", { for: id }, word), select) };
}
