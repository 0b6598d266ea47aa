// Files that a person attaches: read when they are chosen, named by their content, sent in parts.

const PART_TIMEOUT_MS = 60_000;

// Name, size and bytes of each file chosen in an input, which is free again afterwards; no bytes of one that is too large.
export async function chosenFiles(input, most) {
  const files = [...input.files];
  const all = files.map(async (file) => [file.name, file.size, file.size <= most ? new Uint8Array(await file.arrayBuffer()) : null]);
  const read = await Promise.all(all);
  input.value = "";
  return read;
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
