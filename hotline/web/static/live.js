// Keeps a page true: ticks the countdowns, fetches what changed, and says so when it cannot.
// Everything it shows was there before it loaded; without it the page reloads itself.
(() => {
  const contact = document.getElementById("contact");
  const announcer = document.getElementById("announcer");
  const speed = Number(contact.dataset.speed) || 1;
  const every = Number(contact.dataset.refreshSeconds) * 1000;
  const patience = 8000;
  const thresholds = [15, 10, 5, 2, 1, 0];
  let drawnAt = performance.now();
  let lastHeard = new Date();
  let busy = false;
  let wasTicking = new Map();

  const two = (number) => String(number).padStart(2, "0");

  function text(seconds) {
    const whole = seconds < 0 ? Math.floor(-seconds) : Math.ceil(seconds);
    const hours = Math.floor(whole / 3600);
    const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
    return (seconds < 0 ? "\u2212" : "") + (hours ? `${hours}:${rest}` : rest);
  }

  function fill(template, values) {
    return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  // Screen readers hear a clock at these many minutes, not every second.
  function announce(clock, seconds) {
    const name = clock.dataset.name;
    const before = wasTicking.get(name);
    wasTicking.set(name, seconds);
    if (before === undefined) return;
    const crossed = thresholds.find((minutes) => before > minutes * 60 && seconds <= minutes * 60);
    if (crossed === undefined) return;
    announcer.textContent = fill(crossed ? contact.dataset.left : contact.dataset.late, { name, minutes: crossed });
    if (crossed === 0) refresh();
  }

  function tick() {
    const gone = ((performance.now() - drawnAt) / 1000) * speed;
    for (const clock of document.querySelectorAll("#live [data-seconds]")) {
      const seconds = Number(clock.dataset.seconds) - gone;
      const shown = text(seconds);
      if (clock.textContent !== shown) clock.textContent = shown;
      announce(clock, seconds);
    }
  }

  function show(page) {
    const fresh = page.getElementById("live");
    if (!fresh) throw new Error("no such part");
    const old = document.getElementById("live");
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(document.adoptNode(fresh));
    drawnAt = performance.now();
    document.title = page.title;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    tick();
  }

  function lose() {
    contact.textContent = fill(contact.dataset.lost, { time: lastHeard.toLocaleTimeString() });
    contact.hidden = false;
  }

  async function refresh() {
    if (busy || document.hidden) return;
    const acting = document.activeElement?.closest?.("#live button:active");
    if (acting) return;
    busy = true;
    try {
      const response = await fetch(location.pathname, {
        headers: { "X-Refresh": "1" }, cache: "no-store", signal: AbortSignal.timeout(patience),
      });
      if (response.redirected) { location.reload(); return; }
      if (!response.ok) throw new Error(String(response.status));
      show(new DOMParser().parseFromString(await response.text(), "text/html"));
      lastHeard = new Date();
      contact.hidden = true;
    } catch {
      lose();
    } finally {
      busy = false;
    }
  }

  // A second tap while the first is under way is not sent. The server would not mind it either.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("[data-once]");
    if (!button) return;
    if (button.disabled) event.preventDefault();
    setTimeout(() => { button.disabled = true; });
  });
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-once]")) button.disabled = false;
  });
  document.addEventListener("visibilitychange", refresh);
  setInterval(tick, 250);
  setInterval(refresh, every);
  tick();
})();
