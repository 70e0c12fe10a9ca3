/* Twelve keys, as on every telephone. */

import { h } from "./dom.js";

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", ""], ["#", ""],
];
const SPOKEN = { "*": "star", "#": "hash" };
const FLASH = 150;

/** A keypad that tells `press` which key it was. */
export class Keypad {
  constructor(owner, press) {
    this.keys = new Map(KEYS.map(([key, letters]) => [key, h("button", {
      type: "button", class: "key", "data-key": key, "aria-label": `Key ${SPOKEN[key] ?? key}`, onclick: () => press(key),
    }, h("span", { class: "digit" }, key), h("span", { class: "letters" }, letters))]));
    this.element = h("div", { class: "keypad", role: "group", "aria-label": `Keys of ${owner}` }, [...this.keys.values()]);
  }

  /** Show a key as pressed when it was typed elsewhere. */
  flash(key) {
    const button = this.keys.get(key);
    button.classList.add("is-down");
    setTimeout(() => button.classList.remove("is-down"), FLASH);
  }
}
