// Reloads the page when new code is live, and shows why saved code is not.
//
// Versions are numbers: later code has a greater one. Problems have names.
(() => {
  const { version, problem: ownProblem } = document.currentScript.dataset;
  const loaded = Number(version);
  const isProblem = ownProblem !== undefined;
  const address = location.pathname + location.search;

  // What this tab remembers. A browser may forbid that.
  const remembered = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(`hotmod ${key}`));
    } catch {
      return null;
    }
  };
  const remember = (key, value) => {
    try {
      sessionStorage.setItem(`hotmod ${key}`, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  };
  const forget = (key) => {
    if (remembered(key) !== null) sessionStorage.removeItem(`hotmod ${key}`);
  };

  const boxes = {};

  const hide = (id) => {
    boxes[id]?.remove();
    delete boxes[id];
    forget(id);
  };

  // Adds a box that the user can close. It then stays closed, on later pages too, until there is
  // nothing or something else to say.
  const show = (id, name, style, children) => {
    if (boxes[id]?.dataset.name === name || remembered(id) === name) return;
    hide(id);
    const box = document.createElement("div");
    box.id = `hotmod-${id}`;
    box.dataset.name = name;
    const close = document.createElement("button");
    close.textContent = "Close";
    close.onclick = () => {
      remember(id, name);
      box.remove();
    };
    // Styles that are set by a script need no permission of a Content-Security-Policy.
    Object.assign(close.style, { position: "absolute", top: "0.5rem", right: "1.5rem" });
    Object.assign(box.style, { position: "fixed", zIndex: "2147483647" }, style);
    box.append(...children, close);
    document.documentElement.append(box);
    boxes[id] = box;
  };

  // The errors, above the whole page.
  const showErrors = (name) => {
    const frame = document.createElement("iframe");
    frame.src = "/.hotmod/problem";
    Object.assign(frame.style, { width: "100%", height: "100%", border: "0" });
    show("overlay", name, { inset: "0" }, [frame]);
  };

  // A few lines in a corner: the page stays usable.
  const showNotice = (name, title, lines) => {
    const heading = document.createElement("strong");
    heading.textContent = title;
    const text = document.createElement("div");
    text.textContent = lines.join("\n");
    Object.assign(text.style, { whiteSpace: "pre-wrap", marginTop: "0.5rem" });
    show("notice", name, {
      right: "1rem", bottom: "1rem", maxWidth: "30rem", maxHeight: "40vh", overflow: "auto",
      padding: "0.75rem 5rem 0.75rem 0.75rem", borderRadius: "0.5rem",
      background: "#16161d", color: "#dcdce4", font: "14px/1.4 system-ui, sans-serif",
    }, [heading, text]);
  };

  // A cache or a proxy may return the same old page each time. If that can't be noticed, because the
  // tab can't remember anything, the user has to reload the page.
  const TRIES = 3;

  const reload = (version) => {
    const [wanted, tries] = remembered(address) ?? [0, 0];
    const count = version > wanted ? 1 : tries + 1;
    const old = (reason) => showNotice(`old ${version}`, "This page is old: new code is live", [reason]);
    if (count > TRIES) {
      old("It was reloaded, but a cache, a service worker or a proxy returned the old page.");
    } else if (!remember(address, [Math.max(version, wanted), count])) {
      old("Reload it. It can't reload by itself, because the browser allows no sessionStorage.");
    } else {
      disconnect();
      location.reload();
    }
  };

  const take = (state, version, problem, reasons) => {
    if (state === "failed") {
      hide("notice");
      if (problem === ownProblem) hide("overlay");
      else showErrors(problem);
    } else if (state === "live" || state === "refused") {
      hide("overlay");
      if (version > loaded || (isProblem && version === loaded)) reload(version);
      else if (state === "refused") showNotice(problem, "Some saved code is not live", reasons);
      else hide("notice");
    }
  };

  // How long to wait before the next try to connect, in milliseconds. It grows until a try succeeds.
  const FIRST_WAIT = 250, NOTABLE_WAIT = 2000, LAST_WAIT = 30000;
  let events, timer, wait;

  const disconnect = () => {
    clearTimeout(timer);
    events?.close();
    events = undefined;
  };

  const listen = () => {
    events = new EventSource("/.hotmod/events");
    events.onmessage = ({ data }) => {
      wait = FIRST_WAIT;
      const [first, ...reasons] = data.split("\n");
      const [state, version, problem] = first.split(" ");
      take(state, Number(version), problem, reasons);
    };
    events.onerror = () => {
      disconnect();
      if (wait > NOTABLE_WAIT) {
        showNotice("lost", "No connection to the session", [
          "This page does not reload by itself until the session is running again and you come back to it.",
        ]);
      }
      if (wait > LAST_WAIT) return;
      timer = setTimeout(listen, wait);
      wait *= 1.5;
    };
  };

  // A browser opens few connections to a host, so only visible pages have one.
  const connect = () => {
    if (document.hidden) return disconnect();
    if (events) return;
    clearTimeout(timer);
    wait = FIRST_WAIT;
    listen();
  };

  if (!isProblem && loaded >= (remembered(address)?.[0] ?? 0)) forget(address);
  document.addEventListener("visibilitychange", connect);
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  addEventListener("focus", connect);
  connect();
})();
