// What makes the console quicker to use. Every page can be read, and every form sent, without it.
"use strict";

const parts = () => [...document.querySelectorAll("[data-live]")];
const sent = parts().map((part) => part.innerHTML); // as the server has written them
const search = document.querySelector("[data-search]");
const links = () => [...document.querySelectorAll("[data-row]")];
const isTyping = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

// `/` searches, j and k walk through the rows, n and p turn the page.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
  if (isTyping(event.target)) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "j" || event.key === "k") {
    walk(event.key === "j" ? 1 : -1);
  } else if (event.key === "n") {
    document.querySelector("a[data-next]")?.click();
  } else if (event.key === "p") {
    document.querySelector("a[data-previous]")?.click();
  }
});

function walk(step) {
  const rows = links();
  const index = rows.indexOf(document.activeElement);
  const next = index < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(index + step, 0), rows.length - 1);
  rows[next]?.focus();
}

// A click anywhere in a row opens it, as the link in it does, unless it ends the selection of a text.
document.addEventListener("click", (event) => {
  const row = event.target instanceof Element && event.target.closest("tr:has(a[data-row])");
  if (!row || event.target.closest("a, button, summary, label, input") || String(getSelection())) return;
  const { ctrlKey, metaKey, shiftKey } = event;
  row.querySelector("a[data-row]").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }));
});

// Enter in a field of several lines sends its form, as in every other field; Shift+Enter begins a line.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("form textarea[data-enter]")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// Copy buttons stand hidden in the page, because without JavaScript they could do nothing.
function showCopyButtons() {
  for (const button of document.querySelectorAll("button[data-copies]")) button.hidden = false;
}
showCopyButtons();
document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element && event.target.closest("button[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
});

// Where the menu scrolls, the page that is open is in sight.
document.querySelector(".bar nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// On wide screens the filters stand open beside the table.
const wide = matchMedia("(min-width: 89rem)");
const filters = document.querySelector("[data-filters]");
if (filters) filters.open = wide.matches;

// Menus close when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.scope[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Pictures as PNG, drawn by the browser from the same SVG that can be downloaded.
for (const button of document.querySelectorAll("button[data-png]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const image = new Image();
    image.src = button.dataset.png;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = button.dataset.name;
      link.click();
      URL.revokeObjectURL(link.href);
    }, "image/png");
  });
}

// Parts of a page that are kept up to date: the page is fetched anew, and whatever differs takes the place of the old.
// Nothing moves under a reader who has switched it off, is typing, or is looking elsewhere.
const liveSwitch = document.querySelector("[data-live-switch]");
if (liveSwitch && sent.length) {
  const EVERY_MS = 2000;
  const isLive = () => liveSwitch.getAttribute("aria-pressed") === "true";
  const isBusy = () => !isLive() || document.hidden || isTyping(document.activeElement);
  liveSwitch.hidden = false;
  liveSwitch.addEventListener("click", () => {
    liveSwitch.setAttribute("aria-pressed", String(!isLive()));
  });

  const renew = async () => {
    if (isBusy()) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const anew = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (isBusy()) return;
    anew.querySelectorAll("[data-live]").forEach((part, index) => {
      if (sent[index] !== part.innerHTML) replace(parts()[index], (sent[index] = part.innerHTML));
    });
  };
  setInterval(renew, EVERY_MS);
}

// What is open stays open, and what has the focus keeps it.
function replace(part, html) {
  const opened = [...part.querySelectorAll("details[id][open]")].map((one) => one.id);
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.innerHTML = html;
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  showCopyButtons();
}
