// Writes what a row of a form says beside its field: how its figure stands, its mark, its other numbers, the word below it. All of
// it in one call, since a pasted form has hundreds of rows.

// Of each row: its figure's cell, the nodes of its texts, and what they say.
const rows = new WeakMap();

function begin(row) {
  const [, , figure, ...numbers] = row.cells;
  const word = row.nextElementSibling.lastElementChild.firstElementChild;
  // Before it may stand what a view leaves in an empty element.
  const text = (place) => place.lastChild instanceof Text ? place.lastChild : place.appendChild(new Text());
  const begun = { figure, nodes: [...numbers, word].map(text), said: [] };
  rows.set(row, begun);
  return begun;
}

export function writeRow(row, said) {
  const { figure, nodes, said: before } = rows.get(row) ?? begin(row);
  const now = said.split("\n");
  const write = (name, nth) => {
    if (now[nth] === before[nth]) return;
    if (now[nth]) figure.setAttribute(name, now[nth]);
    else figure.removeAttribute(name);
  };
  write("data-status", 0);
  write("data-mark", 1);
  // Another text in the same node leaves the page's structure as it is.
  nodes.forEach((node, nth) => {
    if (now[nth + 2] !== before[nth + 2]) node.data = now[nth + 2];
  });
  rows.get(row).said = now;
}
