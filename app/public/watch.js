
// While somebody works on the app: a new build reloads the page.
let build;
setInterval(async () => {
  try {
    const answer = await fetch("/version.json", { cache: "no-store" });
    const now = (await answer.json()).build;
    if (build && build !== now) location.reload();
    build = now;
  } catch {
    // The server is being restarted.
  }
}, 700);
