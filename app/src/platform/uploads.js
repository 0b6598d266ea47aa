// Files that a person attaches: read when they are chosen, named by their content, sent in parts.

const PART_TIMEOUT_MS = 60_000;

// Name, size and bytes of each file chosen in an input, which is free again afterwards; no bytes of one that is too large.
export async function chosenFiles(input, most) {
  const files = [...input.files];
  // One that does not read is told of beside the others.
  const bytes = (file) => file.arrayBuffer().then((all) => new Uint8Array(all), () => null);
  const read = files.map(async (file) => [file.name, file.size, file.size <= most ? await bytes(file) : null]);
  input.value = "";
  return Promise.all(read);
}

// SHA-256 in hexadecimal digits.
export async function sha256(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Status and text of the answer to bytes that are put at a path.
export async function putBytes(path, body) {
  const headers = { "content-type": "application/octet-stream" };
  const answer = await fetch(path, { method: "PUT", headers, body, signal: AbortSignal.timeout(PART_TIMEOUT_MS) });
  return [answer.status, await answer.text()];
}
