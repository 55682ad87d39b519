// The search box: suggestions and results while somebody types. Without it, Enter searches.
"use strict";

const box = document.querySelector("[data-search]");
if (box) {
  const PAUSE_MS = 200;
  const list = document.getElementById("suggestions");
  const found = document.querySelector("[data-found]");
  const options = () => [...list.children];
  const active = () => options().find((one) => one.getAttribute("aria-selected") === "true");
  const address = (path, more) => {
    const members = new URLSearchParams(new FormData(box.form));
    for (const [name, value] of Object.entries(more)) members.set(name, value);
    return `${path}?${members}`;
  };

  // One request at a time, and behind it only the newest: whatever a search costs, keys do not pile up.
  const newest = (show) => {
    let isBusy = false;
    let next = null;
    return async (wanted) => {
      next = wanted;
      if (isBusy) return;
      isBusy = true;
      while (next !== null) {
        const asked = next;
        next = null;
        const answer = await fetch(asked).catch(() => null);
        const text = await answer?.text().catch(() => null);
        if (next === null && typeof text === "string") show(text, answer);
      }
      isBusy = false;
    };
  };

  const choose = (option) => {
    list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  };
  const open = (isOpen) => {
    list.hidden = !isOpen || options().length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    if (list.hidden) choose(null);
  };
  const take = (option) => {
    if (option.dataset.address) {
      location.assign(option.dataset.address);
    } else {
      box.value = option.dataset.fill;
      typed();
    }
  };

  const suggest = newest((text, answer) => {
    if (!answer.ok || document.activeElement !== box) return;
    list.innerHTML = text;
    choose(null);
    open(true);
  });
  const showFound = newest((text, answer) => {
    const anew = new DOMParser().parseFromString(text, "text/html");
    const part = anew.querySelector("[data-found]");
    if (!part || !found) return;
    found.className = part.className;
    found.innerHTML = part.innerHTML;
    document.title = anew.title;
    showCopyButtons();
    history[history.state?.typed ? "replaceState" : "pushState"]({ typed: true }, "", answer.url);
    shown = here();
    document.dispatchEvent(new Event("found"));
  });

  // What was typed takes the place of a page: back is to the page as it was.
  const here = () => location.pathname + location.search;
  let shown = here();
  addEventListener("popstate", () => {
    if (here() !== shown) location.reload();
  });

  let waiting = 0;
  const typed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      suggest(address(box.dataset.search, {}));
      if (found) showFound(address(box.form.getAttribute("action"), { typing: "1" }));
    }, PAUSE_MS);
  };
  box.addEventListener("input", typed);

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const rows = options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        suggest(address(box.dataset.search, {}));
        return;
      }
      const index = rows.indexOf(active()) + (event.key === "ArrowDown" ? 1 : -1);
      choose(rows[index === -2 ? rows.length - 1 : index]);
    } else if (event.key === "Enter" && active()) {
      event.preventDefault();
      take(active());
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      open(false);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element && event.target.closest("[role=option]");
    if (option) take(option);
  });
  // Over a page the list gives way; within one it stays, so that nothing moves under a click.
  box.addEventListener("blur", () => {
    if (!found) open(false);
  });
  box.form.addEventListener("submit", () => clearTimeout(waiting));
}
