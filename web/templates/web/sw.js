"use strict";
// The service worker: one script that imports nothing, as import maps do not reach into workers.
// {version, shell, files, icon, badge, isHashed}: with any change of a file, a new worker.
const BUILD = {{ worker|safe }};
const CACHE = `build-${BUILD.version}`;
const PICTURES = "pictures";
const MOST_PICTURES = 200;
// Who waits longer for a page than this gets the one that is kept.
const PATIENCE_MS = 3000;
const ANSWER_MS = 500;
// What the server shows itself.
const NOT_OURS = /^\/(?:api|admin|media|static|ws|healthz|sw\.js)(?:\/|$)/;
// What e-mailed links carry behind the "#", and how often mail programs may have encoded it.
const SECRETS = { join: ["code"], "reset-password": ["uid", "token"] };
const LAYERS = 4;

addEventListener("install", (event) => event.waitUntil(keepBuild()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("message", ({ data }) => {
  if (data?.type === "SKIP_WAITING") skipWaiting();
});

async function keepBuild() {
  const cache = await caches.open(CACHE);
  // A name with a hash may come from the browser's own cache, anything else only from the server.
  const mode = BUILD.isHashed ? "default" : "reload";
  const files = BUILD.files.map((url) => new Request(url, { cache: mode }));
  await cache.addAll([new Request(BUILD.shell, { cache: "reload" }), ...files]);
}

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("build-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

// Answers
// ------------------------------------------------------------------------------
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    const link = restoreLink(url.pathname + url.search);
    if (link) event.respondWith(Response.redirect(link));
    else if (!NOT_OURS.test(url.pathname)) event.respondWith(answerPage(request));
  } else if (BUILD.files.includes(url.pathname)) {
    event.respondWith(answerFile(request));
  } else if (url.pathname.startsWith("/media/")) {
    event.respondWith(answerPicture(event));
  }
});

/**
 * Return the path, with its "#", of an e-mailed link that a mail program has rewritten, else null.
 *
 * As users/links.py does, but before the secrets are sent anywhere, and also without a network.
 */
function restoreLink(path) {
  const [, page, rest] = /^\/(join|reset-password)\/?[#?]+(.*)$/.exec(decode(path)) ?? [];
  if (!page) return null;
  const sent = new URLSearchParams(rest.replace(/&amp;|[?#]/g, "&"));
  const secrets = SECRETS[page].map((name) => [name, sent.get(name) ?? ""]);
  const isWhole = secrets.every(([, value]) => /^[\w-]{1,200}$/.test(value));
  return isWhole ? `/${page}#${new URLSearchParams(secrets)}` : null;
}

function decode(path) {
  try {
    for (let layer = 0; layer < LAYERS; layer++) path = decodeURIComponent(path);
  } catch {
    // A "%" that stands for itself.
  }
  return path;
}

async function answerPage(request) {
  const kept = await caches.match(BUILD.shell, { cacheName: CACHE });
  return kept ? freshOr(kept, request) : fetch(request);
}

/** A name with a hash never changes its content; in development files change under their names. */
async function answerFile(request) {
  const kept = await caches.match(request, { cacheName: CACHE, ignoreVary: true });
  if (!kept || BUILD.isHashed) return kept ?? fetch(request);
  return freshOr(kept, request);
}

/** Answer from the server or, if that is slow, away or broken, with what is kept. */
async function freshOr(kept, request) {
  try {
    const response = await Promise.race([fetch(request), giveUp()]);
    return response.status < 500 ? response : kept;
  } catch {
    return kept;
  }
}

function giveUp() {
  return new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
}

/** A person's new picture has a new name, so a kept one is good for as long as it is asked for. */
async function answerPicture(event) {
  const cache = await caches.open(PICTURES);
  const kept = await cache.match(event.request);
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.status === 200) event.waitUntil(keepPicture(cache, event.request, response.clone()));
  return response;
}

async function keepPicture(cache, request, response) {
  await cache.put(request, response);
  const requests = await cache.keys();
  const surplus = requests.slice(0, Math.max(0, requests.length - MOST_PICTURES));
  await Promise.all(surplus.map((each) => cache.delete(each)));
}

// Notifications
// ------------------------------------------------------------------------------
addEventListener("push", (event) => {
  if (event.data) event.waitUntil(notify(event.data.json()));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});

/** Show what came, once for each conversation, unless somebody is looking at that conversation. */
async function notify({ title, body, conversation_id, unread_count }) {
  await showBadge(unread_count);
  const path = `/messages/${conversation_id}`;
  const windows = await listWindows();
  if (windows.some((each) => each.focused && each.path === path)) return;
  await registration.showNotification(title, {
    body,
    tag: `conversation-${conversation_id}`,
    renotify: true,
    icon: BUILD.icon,
    badge: BUILD.badge,
    data: { path },
  });
}

/** Browsers without badges on icons, or that do not allow them, show none. */
async function showBadge(count) {
  if (!Number.isInteger(count)) return;
  await navigator.setAppBadge?.(count).catch(() => {});
}

/** Bring the window to the front that shows the path, else any of the client, else a new one. */
async function open(path) {
  // The admin's pages and the API's do not answer, nor does a look through somebody's account.
  const windows = (await listWindows()).filter((each) => each.path !== null);
  const best = windows.find((each) => each.path === path) ?? windows[0];
  if (!best) return clients.openWindow(path);
  best.client.postMessage({ type: "open", path });
  return best.client.focus();
}

/** List the windows with the path that each shows. */
async function listWindows() {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  return Promise.all(
    windows.map(async (client) => ({
      client,
      focused: client.focused && client.visibilityState === "visible",
      path: await askForPath(client),
    })),
  );
}

/** Ask the page itself: a client's `url` stays that of when it was loaded. Null without an answer. */
function askForPath(client) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    client.postMessage({ type: "where" }, [port2]);
    setTimeout(resolve, ANSWER_MS, null);
  });
}
