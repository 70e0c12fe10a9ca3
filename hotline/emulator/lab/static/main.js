/* The phone lab: wires its parts, then follows the emulator. */

import * as clock from "./clock.js";
import { h, say } from "./dom.js";
import * as faults from "./faults.js";
import * as flow from "./flow.js";
import * as phones from "./phones.js";
import * as sound from "./sound.js";
import { follow, notes, on } from "./store.js";
import * as tour from "./tour.js";

const NOTICE = 8000;
const byId = (id) => document.getElementById(id);
let fading = 0;

/** Show what did not work, for a while. */
function complain(error) {
  const notice = byId("notice");
  say(notice, `That did not work: ${error.message}`);
  notice.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { notice.hidden = true; }, NOTICE);
}

function alarm(text) {
  const lost = byId("lost");
  lost.hidden = false;
  say(lost, text);
}

function tabs() {
  const all = [...document.querySelectorAll("[role=tab]")];
  const open = (chosen) => {
    for (const tab of all) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  for (const tab of all) {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = all[(all.indexOf(tab) + step + all.length) % all.length];
      open(next);
      next.focus();
    });
  }
}

/** Pages of the service, and who may sign in there. */
function links() {
  const place = byId("links");
  if (place.children.length || !notes.links.length) return;
  say(byId("brand"), `${notes.service} phone lab`);
  place.append(...notes.links.slice(0, 1).map(({ name, value }) => outside(name, value, "button primary")),
    h("details", { class: "sign-in" }, h("summary", { class: "button" }, "Pages and sign-in"),
      h("div", { class: "sheet" },
        h("ul", {}, notes.links.map(({ name, value }) => h("li", {}, outside(name, value)))),
        h("dl", {}, notes.sign_in.map(({ name, value }) => h("div", {}, h("dt", {}, name), h("dd", {}, h("code", {}, value))))),
        h("p", {}, "Password of all: ", h("code", {}, notes.password)))));
}

function outside(word, address, look = "") {
  return h("a", { class: look, href: address, target: "_blank", rel: "noopener noreferrer" }, word);
}

clock.start(complain);
sound.start();
flow.start();
faults.start(complain);
phones.start(complain);
tour.start();
tabs();
on("handsets", () => byId("connecting")?.remove());
on("entries", links);
on("lost", () => alarm("No contact with the telephones: the emulator was stopped, perhaps with Ctrl-C. As soon as it runs again, so does this page."));
follow().catch((error) => alarm(`This page has stopped: ${error.message} Reload it to go on.`));
