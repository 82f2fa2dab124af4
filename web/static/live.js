// Keeps an open page up to date without reloading it: the server says over one event stream that
// something changed, the page's content is fetched again and merged into what is there, so that
// scroll positions, the focus, a selection and opened details stay as they are.
"use strict";
(() => {
  const refreshEveryMs = 15000;  // for ages such as "3 min ago", and when there is no event stream
  const refreshGapMsMin = 400;
  const refreshGapPerCost = 4;  // a page that takes long to make is asked for less often
  const retryMs = 2000;
  const pairsCompareMax = 4000000;  // more children than this on both sides are replaced, not compared
  document.documentElement.classList.add("js");
  const status = document.getElementById("live");
  let seen = document.getElementById("main").dataset.change;
  let source = null;
  let retryTimer = null;
  let fetching = false;
  let wanted = false;
  let lastFetch = 0;
  let lastCostMs = 0;
  let lastGood = new Date();
  let timer = null;

  function say(state, text) {
    if (status.dataset.state === state && status.textContent === text) return;
    status.dataset.state = state;
    status.textContent = text;
  }

  function syncAttributes(from, to) {
    for (const { name } of [...from.attributes]) {
      if (name === "open" && from.nodeName === "DETAILS") continue;
      if (!to.hasAttribute(name)) from.removeAttribute(name);
    }
    for (const { name, value } of to.attributes) {
      if (name === "open" && from.nodeName === "DETAILS") continue;
      if (from.getAttribute(name) !== value) from.setAttribute(name, value);
    }
  }

  // Children with equal keys are the same child in two versions of a page.
  function key(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return String(node.nodeType);
    return node.nodeName + (node.id ? "#" + node.id : "." + (node.getAttribute("class") || ""));
  }

  // Pairs of children that are in both lists in the same order, as many as possible: those stay
  // where they are, as a node that moves loses the focus and its scroll position.
  function stayingPairs(before, after) {
    const pairs = new Map();
    const a = before.map(key), b = after.map(key);
    let start = 0, endA = a.length, endB = b.length;
    for (; start < endA && start < endB && a[start] === b[start]; ++start) {
      pairs.set(after[start], before[start]);
    }
    for (; endA > start && endB > start && a[endA - 1] === b[endB - 1]; --endA, --endB) {
      pairs.set(after[endB - 1], before[endA - 1]);
    }
    const rows = endA - start, columns = endB - start;
    if (rows * columns === 0 || rows * columns > pairsCompareMax) return pairs;
    // longest[i][j]: how many pairs the rests of both lists from i and j on have.
    const width = columns + 1, longest = new Uint32Array((rows + 1) * width);
    for (let i = rows - 1; i >= 0; --i) {
      for (let j = columns - 1; j >= 0; --j) {
        longest[i * width + j] = a[start + i] === b[start + j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
      }
    }
    for (let i = 0, j = 0; i < rows && j < columns;) {
      if (a[start + i] === b[start + j]) pairs.set(after[start + j++], before[start + i++]);
      else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) ++i;
      else ++j;
    }
    return pairs;
  }

  // Makes `from` equal to `to`, touching only what differs.
  function merge(from, to) {
    if (from.isEqualNode(to)) return;
    if (from.nodeType !== Node.ELEMENT_NODE) {
      from.nodeValue = to.nodeValue;
      return;
    }
    syncAttributes(from, to);
    const before = [...from.childNodes], after = [...to.childNodes];
    const staying = stayingPairs(before, after);
    const kept = new Set(staying.values());
    const wanted = new Set(after.filter((node) => node.id && !staying.has(node)).map(key));
    const moving = new Map();
    for (const node of before) {
      if (kept.has(node)) continue;
      if (node.id && wanted.has(key(node))) moving.set(key(node), node);
      node.remove();
    }
    let place = from.firstChild;
    for (const next of after) {
      const known = staying.get(next);
      if (known) {
        place = known.nextSibling;
        merge(known, next);
        continue;
      }
      const moved = next.id ? moving.get(key(next)) : null;
      if (moved) merge(moved, next);
      from.insertBefore(moved || next, place);
    }
  }

  async function refresh() {
    if (fetching) {
      wanted = true;
      return;
    }
    fetching = true;
    wanted = false;
    lastFetch = Date.now();
    try {
      const address = new URL(location.href);
      address.searchParams.set("fragment", "1");
      address.hash = "";
      const response = await fetch(address, { cache: "no-cache", credentials: "same-origin" });
      if (response.status === 401) {
        say("lost", "Signed out: open the new address that the coordinator printed.");
        disconnect();
        return;
      }
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      const main = fresh.getElementById("main");
      if (!main) throw new Error("no content in the answer");
      merge(document.getElementById("main"), document.adoptNode(main));
      lastCostMs = Date.now() - lastFetch;
      document.title = main.dataset.title;
      connect();
      lastGood = new Date();
      const open = source && source.readyState === EventSource.OPEN;
      say(open ? "live" : "waiting", open ? "Live" : "Up to date");
    } catch (error) {
      say("lost", "No connection; this is from " + lastGood.toLocaleTimeString() + ". Trying again.");
      clearTimeout(retryTimer);
      retryTimer = setTimeout(refresh, retryMs);
    } finally {
      fetching = false;
      if (wanted) schedule();
    }
  }

  function schedule() {
    if (timer) return;
    const wait = Math.max(0, lastFetch + Math.max(refreshGapMsMin, refreshGapPerCost * lastCostMs) - Date.now());
    timer = setTimeout(() => {
      timer = null;
      refresh();
    }, wait);
  }

  function disconnect() {
    if (source) source.close();
    source = null;
    clearTimeout(retryTimer);
    retryTimer = null;
  }

  // A hidden page holds no stream: browsers allow only six connections to one server, and a seventh
  // tab would wait for ever.
  function connect() {
    if (source || document.hidden) return;
    source = new EventSource("/events?since=" + encodeURIComponent(seen));
    source.onopen = () => say("live", "Live");
    source.addEventListener("changed", (event) => {
      seen = event.data;
      schedule();
    });
    // Why it ended, the next fetch finds out; one that succeeds connects again.
    source.onerror = () => {
      disconnect();
      retryTimer = setTimeout(refresh, retryMs);
    };
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      disconnect();
    } else {
      schedule();
      connect();
    }
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const text = button.parentElement.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch (error) {
      button.textContent = "Select and copy by hand";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });

  setInterval(() => { if (!document.hidden) schedule(); }, refreshEveryMs);
  connect();
})();
