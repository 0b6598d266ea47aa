// Files to and from the person.

export function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// The text of the file chosen in an input, which is free again afterwards; nothing where it is too large.
export async function chosen(input, most) {
  const file = input.files[0];
  const text = file && file.size <= most ? await file.text() : undefined;
  input.value = "";
  return text;
}
