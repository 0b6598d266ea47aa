// Says that the app has stopped, with a report to copy. It is asked for in that moment alone (`boot.js`).

function element(name, properties, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

// Shows the report, in both languages. Nothing else of the page can be reached any more.
export function tell(report, { vi, en }) {
  // Nobody is left to ask whether the page may be left.
  addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
  const both = (key) => `${vi[key]} / ${en[key]}`;
  const words = element("pre", { textContent: report, tabIndex: 0 });
  const copy = element("button", { className: "button quiet small", textContent: both("copy") });
  copy.onclick = () => {
    getSelection().selectAllChildren(words);
    navigator.clipboard?.writeText(report);
  };
  const reload = element("button", { id: "trap-reload", className: "button", textContent: both("reload") });
  reload.onclick = () => location.reload();
  const box = element(
    "div",
    { className: "card" },
    element("h1", { id: "trap-title", textContent: vi.stopped }),
    element("p", { id: "trap-text", textContent: vi.kept }),
    element("p", { lang: "en", className: "muted", textContent: `${en.stopped} ${en.kept}` }),
    reload,
    element("details", {}, element("summary", { textContent: both("report") }), words, copy),
  );
  const dialog = element("div", { className: "trap" }, box);
  const attributes = { role: "alertdialog", "aria-modal": "true", "aria-labelledby": "trap-title", "aria-describedby": "trap-text" };
  for (const [name, value] of Object.entries(attributes)) dialog.setAttribute(name, value);
  for (const part of document.body.children) part.inert = true;
  document.body.append(dialog);
  reload.focus();
}
