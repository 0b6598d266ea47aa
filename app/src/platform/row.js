// Writes what a row of a form says beside its field: how its figure stands, its mark, its other numbers, the word below it. All of
// it in one call, since a pasted form has hundreds of rows.
export function writeRow(row, said) {
  const [status, mark, ...texts] = said.split("\n");
  const { cells } = row;
  const figure = cells[2];
  figure.setAttribute("data-status", status);
  if (mark) figure.setAttribute("data-mark", mark);
  else figure.removeAttribute("data-mark");
  const word = row.nextElementSibling.lastElementChild.firstElementChild;
  texts.forEach((text, nth) => {
    const node = cells[3 + nth] ?? word;
    // Another text in the same node leaves the page's structure as it is. Before it may stand what a view leaves in an empty element.
    const shown = node.lastChild instanceof Text ? node.lastChild : node.appendChild(new Text());
    if (shown.data !== text) shown.data = text;
  });
}
