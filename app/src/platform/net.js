// Requests to our server. Bodies of some size are packed; what waits for an answer in vain is given up.

const WORTH_PACKING = 1_000;
const PATIENCE = 60_000;
// What brings little is asked for again sooner.
const SHORT = 20_000;

function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).blob();
}

// When each request that has no answer yet was begun.
const unanswered = new Map();
const LONG = 3_000;

// Gives up what has waited for an answer for some seconds: somebody asks for another try.
export function giveUpSlow() {
  for (const [controller, begun] of unanswered) if (performance.now() - begun > LONG) controller.abort();
}

// Status, text, for how many seconds the server asks to be left alone, and its clock. Throws where there is no answer.
export async function ask(method, path, body) {
  // The shell may have asked before the app could.
  const early = method === "GET" && globalThis.chitieu?.early;
  const asked = early && early.get(path);
  if (asked) {
    early.delete(path);
    const answer = await asked.catch(() => null);
    if (answer) return answer;
  }
  const headers = {};
  if (body !== undefined) {
    headers["content-type"] = "application/json";
    if (body.length > WORTH_PACKING && "CompressionStream" in self) {
      headers["content-encoding"] = "gzip";
      body = await packed(body);
    }
  }
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), method === "POST" ? PATIENCE : SHORT);
  unanswered.set(controller, performance.now());
  try {
    const answer = await fetch(path, { method, headers, body, signal: controller.signal });
    const text = await answer.text();
    return [answer.status, text, Number(answer.headers.get("retry-after") ?? 0) || 0, Date.parse(answer.headers.get("date"))];
  } finally {
    clearTimeout(timer);
    unanswered.delete(controller);
  }
}
