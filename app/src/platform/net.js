// Requests to our server. Bodies of some size are packed; what waits an answer in vain for a minute is given up.

const WORTH_PACKING = 1_000;
const PATIENCE = 60_000;

function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).blob();
}

// Status, text, and for how many seconds the server asks to be left alone. Throws where there is no answer.
export async function ask(method, path, body) {
  const headers = {};
  if (body !== undefined) {
    headers["content-type"] = "application/json";
    if (body.length > WORTH_PACKING && "CompressionStream" in self) {
      headers["content-encoding"] = "gzip";
      body = await packed(body);
    }
  }
  const answer = await fetch(path, { method, headers, body, signal: AbortSignal.timeout(PATIENCE) });
  return [answer.status, await answer.text(), Number(answer.headers.get("retry-after") ?? 0) || 0];
}
