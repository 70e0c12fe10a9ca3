/* All telephones: the customer who is played, those who may be rung, and whoever rings comes forward. */

import { act } from "./api.js";
import { heardAs } from "./captions.js";
import { grouped, h, icon, say } from "./dom.js";
import { habit } from "./habits.js";
import { Phone } from "./phone.js";
import { listeningTo, listenTo, onEar, ring, speak } from "./sound.js";
import { handsets, nameOf, on, partyOf, take } from "./store.js";

const byId = (id) => document.getElementById(id);
const phones = new Map();
const forward = new Set(); // telephones that something happened to: they stay in front
let chosen = "";
let complain = () => {};

const isCaller = (handset) => handset.label.kind === "caller";

function phone(number) {
  const { label } = handsets.get(number);
  const known = phones.get(number);
  if (known && known.isLabelled(label)) return known;
  phones.set(number, new Phone(number, complain));
  return phones.get(number);
}

function update() {
  const all = [...handsets.values()];
  for (const one of all) if (one.state !== "idle") forward.add(one.number);
  chosen ||= (all.find((one) => isCaller(one) && one.label.first) ?? all.find(isCaller))?.number ?? "";
  comeForward(all.filter((one) => isCaller(one) && one.state === "ringing"));
  showChoice(all.filter(isCaller));
  showCaller();
  showColleagues(all.filter((one) => !isCaller(one)));
  for (const one of phones.values()) one.update();
  showRinging(all.filter((one) => one.state === "ringing"));
  showAll(all.filter((one) => one.label.kind === "colleague"));
}

/** A customer who is called back is played next, unless the one who is played has something to do. */
function comeForward(ringing) {
  const played = handsets.get(chosen);
  if (ringing.length && played?.state === "idle") choose(ringing[0].number);
}

function choose(number) {
  chosen = number;
  listenTo(number);
}

function showChoice(callers) {
  const select = byId("caller");
  const known = JSON.stringify(callers.map((one) => [one.number, one.label]));
  if (select.dataset.known !== known) {
    select.dataset.known = known;
    const groups = Map.groupBy ? Map.groupBy(callers, (one) => one.label.group) : groupBy(callers);
    select.replaceChildren(...[...groups].map(([group, found]) =>
      h("optgroup", { label: group || "Others" }, found.map((one) =>
        h("option", { value: one.number }, one.label.name || grouped(one.number))))));
  }
  if (select.value !== chosen) select.value = chosen;
  byId("callers-title").closest(".callers").hidden = !callers.length;
}

function groupBy(callers) {
  const groups = new Map();
  for (const one of callers) groups.set(one.label.group, [...(groups.get(one.label.group) ?? []), one]);
  return groups;
}

function showCaller() {
  const place = byId("caller-place");
  if (!chosen || place.contains(phone(chosen).element)) return;
  place.replaceChildren(card(phone(chosen)), phone(chosen).element);
}

/** The contract card beside a caller's telephone: it is a made-up world, so its PIN may be seen. */
function card(owner) {
  const { label } = handsets.get(owner.number);
  if (!label.card.length) return "";
  return h("section", { class: "card", "aria-label": `Contract card of ${label.name}` },
    h("p", { class: "card-title" }, label.group || label.name), h("p", { class: "card-owner" }, `${label.name} · ${grouped(owner.number)}`),
    h("dl", {}, label.card.map((line) => h("div", {}, h("dt", {}, line.name), h("dd", {}, h("span", {}, line.value),
      line.keys ? h("button", {
        type: "button", class: "chip", "aria-label": `Type ${line.keys} as ${label.name}`, onclick: () => owner.type(line.keys),
      }, "Type it") : null)))));
}

function showColleagues(all) {
  const isInFront = (one) => one.label.first || forward.has(one.number);
  settle(byId("front"), all.filter(isInFront).sort(byUrgency));
  const folded = all.filter((one) => !isInFront(one));
  settle(byId("back"), folded);
  say(byId("fold-count"), String(folded.length));
}

const URGENCY = { ringing: 0, talking: 1, dialling: 1, idle: 2 };
const byUrgency = (one, other) => URGENCY[one.state] - URGENCY[other.state];

/** Put telephones into a place in order; the one that is being used stays where it is. */
function settle(place, wanted) {
  const elements = wanted.map((one) => phone(one.number).element);
  const isSame = elements.length === place.children.length && elements.every((one, index) => place.children[index] === one);
  if (isSame) return;
  const isUsed = place.contains(document.activeElement) && elements.length === place.children.length;
  if (!isUsed) place.replaceChildren(...elements);
}

function showRinging(all) {
  ring(all.length > 0);
  const bar = byId("ringbar");
  const hidden = all.filter((one) => !isInSight(phone(one.number).element));
  const shown = hidden.map((one) => one.number).join();
  if (bar.dataset.shown === shown) return;
  bar.dataset.shown = shown;
  bar.hidden = !shown;
  bar.replaceChildren(...hidden.map((one) => h("div", { class: "ringing-one" },
    h("span", { class: "bell" }, icon("receiver")), h("span", {}, `${nameOf(one.number)}'s telephone rings`),
    h("button", { type: "button", class: "button", onclick: () => show(one.number) }, "Show it"))));
  if (shown) say(byId("announcer"), `${hidden.map((one) => nameOf(one.number)).join(" and ")}: the telephone rings`);
}

function isInSight(element) {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && top > 0 && bottom < innerHeight + height / 3;
}

function show(number) {
  if (isCaller(handsets.get(number))) {
    choose(number);
    update();
  }
  const { element } = phone(number);
  element.closest("details")?.setAttribute("open", "");
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
  element.querySelector(".call-button.green")?.focus({ preventScroll: true });
}

function showAll(colleagues) {
  const kinds = new Set(colleagues.map((one) => one.policy.kind));
  for (const button of byId("all").children) {
    button.setAttribute("aria-pressed", String(kinds.size === 1 && kinds.has(button.dataset.kind)));
  }
}

function feed(entries, isFirst) {
  for (const entry of entries) {
    const isSpeech = entry.kind === "said" || entry.kind === "heard";
    const number = isSpeech ? entry.data.to || partyOf(entry) : partyOf(entry);
    if (!handsets.has(number)) continue;
    if (isSpeech) {
      phone(number).captions.add(entry, entry.kind === "heard" ? nameOf(entry.data.by) : "");
      phone(number).heard();
      if (!isFirst) speak(number, heardAs(entry.text) === entry.text ? entry.text : "", entry.data.language);
    }
    if (entry.kind === "spoken" && entry.data.by === number) phone(number).captions.add(entry, nameOf(number));
    if (entry.kind === "sms" && entry.data.status === "received") phone(number).messages.note(entry);
    if (entry.kind === "sms" && !isFirst) forward.add(number);
  }
}

function add(event) {
  event.preventDefault();
  const form = event.target;
  const { number, name, kind } = Object.fromEntries(new FormData(form));
  act(number, "label", { name, kind, first: true }).then((handset) => {
    if (kind === "caller") chosen = handset.number;
    take(handset);
    form.reset();
  }, complain);
}

/** Wire the telephones; `tell` shows what did not work. */
export function start(tell) {
  complain = tell;
  on("handsets", update);
  on("entries", feed);
  byId("caller").addEventListener("change", (event) => {
    choose(event.target.value);
    update();
  });
  byId("all").addEventListener("click", (event) => {
    const kind = event.target.closest("button")?.dataset.kind;
    if (!kind) return;
    for (const one of handsets.values()) {
      if (one.label.kind === "colleague") act(one.number, "policy", habit(kind, one.label.name)).then(take, complain);
    }
  });
  byId("add").addEventListener("submit", add);
  onEar((ear) => {
    for (const one of phones.values()) one.element.dataset.ear = String(one.number === ear);
  });
  on("handsets", () => {
    if (!listeningTo() && chosen) listenTo(chosen);
  });
  setInterval(() => phones.forEach((one) => one.tick()), 500);
}
