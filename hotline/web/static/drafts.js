// What is typed into a long form stays in this browser until it is saved or discarded: through a lost
// connection, an ended session and a closed tab. A draft belongs to one person and one form, lives a
// week, and never holds a password or a PIN.
(() => {
  const week = 7 * 24 * 3600 * 1000;
  const own = "draft:";
  const never = /password|pin|secret|csrf|reviewed/i;

  const store = {
    read(key) {
      try {
        const found = JSON.parse(localStorage.getItem(own + key));
        return found && Date.now() - found.at < week ? found : null;
      } catch {
        return null;
      }
    },
    keep(key, fields) {
      // A browser that keeps nothing, or no more, still sends the form.
      try { localStorage.setItem(own + key, JSON.stringify({ at: Date.now(), fields })); } catch { /* full */ }
    },
    drop(key) {
      try { localStorage.removeItem(own + key); } catch { /* there is none */ }
    },
  };

  const typed = (form) => [...form.elements].filter((one) => one.name && one.type !== "password" && !never.test(one.name));
  // Boxes share a name: each is kept by name and value, as ticked or not.
  const isBox = (one) => one.type === "checkbox";
  const nameOf = (one) => (isBox(one) ? `${one.name}=${one.value}` : one.name);
  const valueOf = (one) => (isBox(one) ? one.checked : one.value);
  const values = (form) => Object.fromEntries(typed(form).map((one) => [nameOf(one), valueOf(one)]));
  const shown = (form) => typed(form).filter((one) => one.type !== "hidden").map((one) => [nameOf(one), valueOf(one)]);

  function when(at) {
    const zone = document.body.dataset.zone || "UTC";
    const language = document.documentElement.lang;
    const day = (instant) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(instant);
    const dated = day(at) === day(Date.now()) ? {} : { day: "numeric", month: "short" };
    const parts = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...dated };
    return new Intl.DateTimeFormat(language, parts).format(at);
  }

  function set(form, fields) {
    for (const one of typed(form)) {
      const name = nameOf(one);
      if (!(name in fields)) continue;
      if (isBox(one)) one.checked = fields[name];
      else one.value = fields[name];
    }
  }

  function restore(form, draft) {
    const first = values(form);
    set(form, draft.fields);
    const note = form.querySelector("[data-draft-note]");
    const text = note.querySelector("[data-draft-text]");
    text.textContent = text.dataset.today.replace("{time}", when(draft.at));
    note.hidden = false;
    note.querySelector("[data-draft-discard]").addEventListener("click", () => {
      store.drop(form.dataset.draft);
      set(form, first);
      note.hidden = true;
      shownFields(form)[0]?.focus();
    });
  }

  const shownFields = (form) => typed(form).filter((one) => one.type !== "hidden");

  const saved = document.querySelector("meta[name=hotline-saved]");
  if (saved) store.drop(saved.content);

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = form.dataset.draft;
    const draft = store.read(key);
    if (form.hasAttribute("data-draft-typed")) store.keep(key, values(form));
    else if (draft && shown(form).some(([name, value]) => name in draft.fields && draft.fields[name] !== value)) restore(form, draft);
    form.addEventListener("input", () => store.keep(key, values(form)));
    form.addEventListener("change", () => store.keep(key, values(form)));
    for (const link of document.querySelectorAll("[data-draft-drop]")) link.addEventListener("click", () => store.drop(key));
  }
})();
