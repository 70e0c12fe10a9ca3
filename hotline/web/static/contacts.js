// While a test is under way, its results are looked at again every two seconds.
(() => {
  const every = 2000;

  async function look() {
    const panel = document.getElementById("trial");
    if (!panel || !panel.hasAttribute("data-under-way")) return;
    try {
      const answer = await fetch(location.pathname, { headers: { "X-Refresh": "1" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("trial");
      if (answer.ok && fresh) {
        const list = panel.querySelector(".results");
        const newer = fresh.querySelector(".results");
        if (list && newer && list.innerHTML !== newer.innerHTML) list.replaceChildren(...newer.childNodes);
        panel.toggleAttribute("data-under-way", fresh.hasAttribute("data-under-way"));
      }
    } catch {
      // Out of contact: the link "Look again" is still there, and so is the next turn.
    }
    setTimeout(look, every);
  }

  setTimeout(look, every);
})();
