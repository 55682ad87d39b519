// Views of the table and of the search that somebody saves under a name. They stay in this browser: an address and its
// name for each. The page that is shown may become a search while somebody types.
"use strict";

const saved = document.querySelector("[data-views]");
if (saved) {
  const key = () => `cosell.views.${location.pathname.endsWith("/search") ? "search." : ""}${saved.dataset.views}`;
  const list = saved.querySelector("ul");
  const form = saved.querySelector("form");
  // Which page it is, and whose data it is, are no part of a view.
  const OUTSIDE = ["account", "catalog", "NextToken", "Back", "Page"];

  const read = () => {
    try {
      return Object.entries(JSON.parse(localStorage.getItem(key())) ?? {}).filter(([, query]) => typeof query === "string");
    } catch {
      return [];
    }
  };
  const write = (views) => {
    localStorage.setItem(key(), JSON.stringify(Object.fromEntries(views)));
    show();
  };
  const asked = () => {
    const query = new URLSearchParams(location.search);
    for (const name of OUTSIDE) query.delete(name);
    return String(query);
  };
  const address = (query) => {
    const [account, catalog] = saved.dataset.views.split(".");
    return `${location.pathname}?${new URLSearchParams({ account, catalog })}${query && `&${query}`}`;
  };

  function show() {
    list.replaceChildren(
      ...read().map(([name, query]) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = address(query);
        link.textContent = name;
        if (query === asked()) link.setAttribute("aria-current", "page");
        const remove = document.createElement("button");
        remove.type = "button";
        remove.textContent = "×";
        remove.setAttribute("aria-label", `Remove view ${name}`);
        remove.addEventListener("click", () => write(read().filter(([other]) => other !== name)));
        item.append(link, remove);
        return item;
      }),
    );
    list.hidden = !list.children.length;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = form.elements.name.value.trim();
    if (!name) return;
    write([...read().filter(([other]) => other !== name), [name, asked()]]);
    form.reset();
  });
  document.addEventListener("found", show);
  saved.hidden = false;
  show();
}
