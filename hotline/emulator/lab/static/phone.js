/* One telephone: its screen, keys and buttons, its messages, and what it does when it is called. */

import { act } from "./api.js";
import { Captions } from "./captions.js";
import { now, span, timeOfDay } from "./clock.js";
import { grouped, h, icon, say } from "./dom.js";
import { Habits, habitInWords } from "./habits.js";
import { Keypad } from "./keypad.js";
import { Messages } from "./messages.js";
import { hush, keyTone, listenTo } from "./sound.js";
import { handsets, lines, nameOf, take } from "./store.js";

const VIEWS = [["call", "receiver", "Phone"], ["texts", "message", "Messages"], ["habits", "habit", "When called"]];

/** The view of one telephone. `complain` is told of what did not work. */
export class Phone {
  constructor(number, complain) {
    this.number = number;
    this.complain = complain;
    this.view = "call";
    this.dialled = "";
    const { label } = handsets.get(number);
    this.label = JSON.stringify([label.name, label.kind]);
    this.owner = label.name || grouped(number);
    this.isDesk = label.kind === "caller";
    this.captions = new Captions(this.owner);
    this.messages = new Messages(number, this.owner, complain);
    this.habits = new Habits(number, this.owner, complain);
    this.keypad = new Keypad(this.owner, (key) => this.key(key));
    this.element = this.build(label);
    this.update();
  }

  /** Whether it was drawn for this owner. */
  isLabelled(label) {
    return this.label === JSON.stringify([label.name, label.kind]);
  }

  get handset() {
    return handsets.get(this.number);
  }

  build(label) {
    const id = `phone-${this.number.slice(1)}`;
    this.parts = {
      time: h("span", { class: "there" }),
      duty: h("span", { class: "duty" }),
      habit: h("span", { class: "habit" }),
      title: h("p", { class: "screen-title" }),
      note: h("p", { class: "screen-note" }),
      timer: h("span", { class: "timer" }),
      actions: h("div", { class: "actions" }),
      latest: h("button", { type: "button", class: "latest", hidden: true, onclick: () => this.open("texts") }),
      lines: h("div", { class: "lines", role: "group", "aria-label": "Speed dial" }),
      badge: h("span", { class: "count", hidden: true }),
      ear: h("span", { class: "ear", title: "You listen to this telephone" }, icon("ear"), h("span", { class: "unseen" }, "You listen to this telephone")),
    };
    this.parts.say = this.buildSay();
    this.tabs = h("div", { class: "dock", role: "group", "aria-label": `${this.owner}'s telephone` },
      VIEWS.map(([view, drawing, word]) => h("button", { type: "button", "data-view": view, onclick: () => this.open(view) },
        icon(drawing), h("span", {}, word), view === "texts" ? this.parts.badge : null)));
    const { parts } = this;
    this.panels = {
      call: h("div", { class: "view view-call" }, h("div", { class: "headline" }, parts.title, parts.timer), parts.note, parts.latest, this.captions.list),
      texts: h("div", { class: "view view-texts", hidden: true }, this.messages.element),
      habits: h("div", { class: "view view-habits", hidden: true }, this.habits.element),
    };
    const screen = h("div", { class: "screen" },
      h("div", { class: "screen-top" }, parts.time, parts.habit, parts.ear), Object.values(this.panels));
    const body = h("div", { class: "case" }, this.isDesk ? receiver() : h("span", { class: "speaker" }),
      h("div", { class: "face" }, screen, parts.actions, parts.say, this.keypad.element, parts.lines, this.tabs));
    return h("article", {
      class: `phone ${this.isDesk ? "desk" : "mobile"}`, id, "aria-labelledby": `${id}-owner`, "data-number": this.number,
      onkeydown: (event) => this.typed(event), onpointerdown: () => listenTo(this.number), onfocusin: () => listenTo(this.number),
    },
    h("header", { class: "owner" },
      h("h3", { id: `${id}-owner` }, this.owner),
      h("p", { class: "quiet" }, label.role || grouped(this.number)), parts.duty), body);
  }

  buildSay() {
    const box = h("input", { type: "text", "aria-label": `What ${this.owner} says`, placeholder: "Say something …", autocomplete: "off", maxlength: "500" });
    return h("form", { class: "say", hidden: true, onsubmit: (event) => {
      event.preventDefault();
      if (box.value.trim()) this.do("say", { text: box.value.trim() });
      box.value = "";
    } }, box, h("button", { class: "round-send", "aria-label": "Say it" }, icon("say")));
  }

  /** Show one of the views of the screen. */
  open(view) {
    this.view = view;
    for (const [name, panel] of Object.entries(this.panels)) panel.hidden = name !== view;
    this.update();
  }

  async do(action, body) {
    try {
      take(await act(this.number, action, body));
    } catch (error) {
      this.complain(error);
    }
  }

  dial(to) {
    this.dialled = "";
    this.open("call");
    this.do("dial", { to });
  }

  /** A key was pressed here: in a call it is heard, before one it is part of a number. */
  key(key) {
    keyTone(key);
    const { state } = this.handset;
    if (state === "talking" || state === "dialling") { // it may have been answered since we looked
      hush(this.number);
      this.dialled += key;
      this.do("press", { keys: key });
    } else if (state === "idle") {
      this.dialled = (this.dialled + key).slice(0, 15);
    }
    this.update();
  }

  /** Several keys, as somebody would type them from a card. */
  type(keys) {
    for (const key of keys) setTimeout(() => keyTone(key), 140 * keys.indexOf(key));
    hush(this.number);
    this.dialled += keys;
    this.do("press", { keys });
    this.update();
  }

  typed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (!/^[0-9*#]$/.test(event.key) || this.view !== "call") return;
    event.preventDefault();
    this.keypad.flash(event.key);
    this.key(event.key);
  }

  /** The number to call: what was typed, or the own line. */
  get wanted() {
    if (!this.dialled) return this.handset.label.dials || lines.keys().next().value || "";
    return [...lines.keys()].find((line) => line.slice(1).endsWith(this.dialled.replace(/^0+/, ""))) ?? `+${this.dialled.replace(/\D/g, "")}`;
  }

  /** Something new is heard: what was typed before has been understood. */
  heard() {
    if (this.state === "talking") this.dialled = "";
  }

  /** Bring what is shown up to date. */
  update() {
    const { handset, parts } = this;
    const { state, call, label } = handset;
    if (this.state !== state) this.enter(state);
    this.element.dataset.state = state;
    this.element.dataset.view = this.view;
    this.element.dataset.hold = String(Boolean(call?.is_waiting && !call.connected_with));
    say(parts.habit, habitInWords(handset.policy));
    say(parts.duty, this.duty(label));
    if (this.isDesk || state !== "idle" || this.dialled) say(parts.title, this.title(handset));
    say(parts.note, this.note(handset));
    this.messages.update(handset, this.view === "texts");
    this.habits.update(handset);
    const unread = this.messages.unread(handset);
    this.showLatest(handset);
    parts.badge.hidden = !unread;
    say(parts.badge, String(unread));
    for (const tab of this.tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.view === this.view));
    const isMachine = Boolean(call?.by_machine);
    const isResting = !this.isDesk && state === "idle" && !this.dialled;
    parts.say.hidden = state !== "talking" || this.view !== "call" || isMachine;
    this.keypad.element.hidden = this.view !== "call" || state === "ringing" || isResting || isMachine;
    this.showLines(state);
    this.tick();
  }

  /** What changes as time goes by. */
  tick() {
    const { handset, parts } = this;
    const zone = handset.label.time_zone;
    say(parts.time, timeOfDay(now(), zone || undefined, false));
    if (!this.isDesk && handset.state === "idle" && !this.dialled) say(parts.title, timeOfDay(now(), zone || undefined, false));
    say(parts.timer, handset.state === "talking" ? span(now() - Date.parse(handset.call.since)) : "");
  }

  enter(state) {
    const hadFocus = this.parts.actions.contains(document.activeElement);
    const wasTalking = this.state === "talking";
    this.state = state;
    if (state === "talking" || (wasTalking && state === "idle")) this.dialled = "";
    if (state === "idle") hush(this.number);
    if (state === "ringing" || state === "dialling") this.open("call");
    this.parts.actions.replaceChildren(...this.buttons(state));
    if (hadFocus) this.parts.actions.lastChild.focus({ preventScroll: true });
  }

  buttons(state) {
    const button = (word, action, drawing, kind) => h("button", {
      type: "button", class: `call-button ${kind}`, onclick: action, "aria-label": `${word}: ${this.owner}`,
    }, icon(drawing), h("span", {}, word));
    const hangUp = (word) => button(word, () => this.do("hangup"), "down", "red");
    if (state === "ringing") return [hangUp("Decline"), button("Answer", () => this.do("answer"), "receiver", "green")];
    if (state === "talking" || state === "dialling") return [hangUp("Hang up")];
    return [button("Call", () => this.dial(this.wanted), "receiver", this.isDesk ? "green" : "plain")];
  }

  showLines(state) {
    const isShown = state === "idle" && this.view === "call" && this.isDesk;
    this.parts.lines.hidden = !isShown;
    const now = JSON.stringify([...lines]);
    if (!isShown || this.linesShown === now) return;
    this.linesShown = now;
    this.parts.lines.replaceChildren(...[...lines].map(([number, name]) =>
      h("button", { type: "button", class: "chip", onclick: () => this.dial(number) }, name)));
  }

  /** The newest text, as on a lock screen; in a call only one that nobody has read. */
  showLatest({ state, inbox }) {
    const text = inbox.at(-1);
    const isNews = this.isDesk && state !== "ringing" && this.messages.unread(this.handset) > 0;
    this.parts.latest.hidden = !text || (state !== "idle" && !isNews);
    if (text) say(this.parts.latest, text.body);
  }

  duty(label) {
    if (!label.duty || (label.until && Date.parse(label.until) < now())) return "";
    return `On call: ${label.duty}`;
  }

  title({ state, call }) {
    if (state === "ringing") return `${nameOf(call.from)} calls`;
    if (state === "dialling") return `Calling ${nameOf(call.to)} …`;
    if (state !== "talking") return this.dialled || (this.isDesk ? grouped(this.wanted) : grouped(this.number));
    if (call.by_machine) return "The voicemail answers";
    if (call.connected_with) return `Connected with ${call.connected_with.split(", ").map(nameOf).join(", ")}`;
    return call.is_waiting ? "On hold" : nameOf(call.incoming ? call.from : call.to);
  }

  note({ state, call }) {
    if (state === "ringing") return grouped(call.from);
    if (state === "talking" && this.dialled && !call.connected_with) return this.dialled;
    if (state === "talking" && call.is_waiting && !call.connected_with) return "♪ waiting for an engineer";
    if (state === "idle" && this.dialled) return `Press Call: ${nameOf(this.wanted)}`;
    if (state === "idle") return this.isDesk ? `Press Call: ${nameOf(this.wanted)}` : grouped(this.number);
    return "";
  }
}

function receiver() {
  return h("span", { class: "receiver" }, icon("receiver-desk"));
}
