// The timeline by keyboard and by dragging. Without this script every piece is a link of its own.
(() => {
  document.documentElement.classList.add("has-script");
  for (const select of document.querySelectorAll("select[data-go]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  const rows = [...document.querySelectorAll("#roster .lane-final")]
    .map((lane) => [...lane.querySelectorAll(".cell")])
    .filter((cells) => cells.length);
  if (!rows.length) return;
  const said = document.getElementById("roster-said");
  let chosen = [];
  let anchor = null;

  // One stop for the Tab key; arrow keys move on from there.
  const all = rows.flat();
  for (const cell of all) cell.setAttribute("tabindex", "-1");
  all[0].setAttribute("tabindex", "0");
  const rowOf = (cell) => rows.find((cells) => cells.includes(cell));
  const middle = (cell) => {
    const box = cell.getBoundingClientRect();
    return box.left + box.width / 2;
  };

  function stop(cell) {
    for (const other of all) other.setAttribute("tabindex", other === cell ? "0" : "-1");
  }

  function choose(from, to) {
    const cells = rowOf(from);
    if (!cells.includes(to)) return;
    const [first, last] = [cells.indexOf(from), cells.indexOf(to)].sort((a, b) => a - b);
    for (const cell of chosen) cell.classList.remove("is-chosen");
    chosen = cells.slice(first, last + 1);
    for (const cell of chosen) cell.classList.add("is-chosen");
  }

  function forget() {
    for (const cell of chosen) cell.classList.remove("is-chosen");
    chosen = [];
    anchor = null;
  }

  function address() {
    const url = new URL(chosen[0].href.baseVal, location.href);
    url.searchParams.set("from", chosen[0].dataset.from);
    url.searchParams.set("to", chosen[chosen.length - 1].dataset.to);
    return url;
  }

  function step(cell, key) {
    const cells = rowOf(cell);
    const place = cells.indexOf(cell);
    if (key === "ArrowRight") return cells[place + 1] || null;
    if (key === "ArrowLeft") return cells[place - 1] || null;
    if (key === "Home") return cells[0];
    if (key === "End") return cells[cells.length - 1];
    const next = rows[rows.indexOf(cells) + (key === "ArrowDown" ? 1 : -1)];
    if (!next) return null;
    const x = middle(cell);
    return next.reduce((best, one) => (Math.abs(middle(one) - x) < Math.abs(middle(best) - x) ? one : best));
  }

  for (const cell of all) {
    cell.addEventListener("focus", () => stop(cell));
    cell.addEventListener("dragstart", (event) => event.preventDefault());
    cell.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && chosen.length > 1) {
        event.preventDefault();
        location.assign(address());
        return;
      }
      if (event.key === "Escape") return forget();
      if (!["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
      event.preventDefault();
      const next = step(cell, event.key);
      if (!next) return;
      if (event.shiftKey && rowOf(cell) === rowOf(next)) {
        anchor = anchor || cell;
        choose(anchor, next);
        if (said) said.textContent = `${chosen[0].getAttribute("aria-label")} – ${next.getAttribute("aria-label")}`;
      } else {
        forget();
      }
      next.focus();
    });
    cell.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      forget();
      anchor = cell;
    });
    cell.addEventListener("pointerenter", (event) => {
      if (anchor && event.buttons === 1) choose(anchor, cell);
    });
    cell.addEventListener("click", (event) => {
      if (chosen.length > 1) event.preventDefault();
    });
  }
  document.addEventListener("pointerup", () => {
    if (anchor && chosen.length > 1) location.assign(address());
    else anchor = null;
  });
})();
