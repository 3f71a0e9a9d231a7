// Reloads the page when new code is live, and shows why saved code is not.
(() => {
  const { version: loaded, problem } = document.currentScript.dataset;
  const isProblem = problem !== undefined;
  let events, overlay;

  const hide = () => {
    overlay?.remove();
    overlay = undefined;
  };

  const show = (version) => {
    if (overlay?.dataset.version === version) return;
    hide();
    overlay = document.createElement("div");
    overlay.id = "hotmod-overlay";
    overlay.dataset.version = version;
    // Styles that are set by a script need no permission of a Content-Security-Policy.
    Object.assign(overlay.style, { position: "fixed", inset: "0", zIndex: "2147483647" });
    const frame = document.createElement("iframe");
    frame.src = "/.hotmod/problem";
    Object.assign(frame.style, { width: "100%", height: "100%", border: "0" });
    const close = document.createElement("button");
    close.textContent = "Close";
    close.onclick = () => overlay.style.display = "none";
    Object.assign(close.style, { position: "absolute", top: "1rem", right: "2rem" });
    overlay.append(frame, close);
    document.documentElement.append(overlay);
  };

  const take = (state, version) => {
    const isBad = state === "failed" || state === "refused";
    if (state !== "live" && !isBad) return;
    if (isProblem || !isBad) {
      if (version !== loaded) location.reload();
      else hide();
    } else {
      show(version);
    }
  };

  const disconnect = () => {
    events?.close();
    events = undefined;
  };

  // A browser opens few connections to a host, so only visible pages have one.
  const connect = () => {
    if (events || document.hidden) return;
    events = new EventSource("/.hotmod/events");
    events.onmessage = ({ data }) => take(...data.split(" "));
    events.onerror = () => {
      // The browser connects again by itself, unless it got another answer.
      if (events?.readyState !== EventSource.CLOSED) return;
      disconnect();
      setTimeout(connect, 500);
    };
  };

  document.addEventListener("visibilitychange", () => document.hidden ? disconnect() : connect());
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  connect();
})();
