/* What is said into an ear, word for word: one list a telephone, the latest call only. */

import { h } from "./dom.js";

const MOST = 60;
const MUSIC = /^\[(hold music|conference music|audio .*)\]$/;
const NAMES = new Intl.DisplayNames(["en"], { type: "language" });

/** How a sound that is no sentence is shown. */
export function heardAs(text) {
  if (MUSIC.test(text)) return "♪ quiet music";
  if (text === "[beep]") return "beep";
  return text;
}

/** A list of captions for one telephone. */
export class Captions {
  constructor(owner) {
    this.call = "";
    this.last = "";
    this.list = h("div", {
      class: "captions", role: "log", "aria-live": "polite", "aria-label": `What ${owner} hears`, tabindex: "0",
    });
    new ResizeObserver(() => this.toEnd()).observe(this.list);
  }

  /** Add what an entry of the log says; a new call begins on a clean sheet. `who` says it, if a person does. */
  add(entry, who) {
    if (entry.sid !== this.call) {
      this.list.replaceChildren();
      this.call = entry.sid;
      this.last = "";
    }
    const text = heardAs(entry.text);
    if (!text || (text === this.last && text.startsWith("♪"))) return;
    this.last = text;
    const language = entry.data.language ?? "";
    const isOdd = language && !language.startsWith("en");
    this.list.append(h("p", { class: who ? "caption from-person" : "caption" },
      who ? h("b", {}, `${who}: `) : null,
      h("span", { lang: language || null }, text),
      isOdd ? h("span", { class: "language" }, ` ${NAMES.of(language.split("-")[0])}`) : null,
      entry.gloss ? h("span", { class: "gloss" }, entry.gloss) : null));
    while (this.list.children.length > MOST) this.list.firstChild.remove();
    this.toEnd();
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
