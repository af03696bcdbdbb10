"use strict";
// The service worker: a single script without imports, because import maps do not apply to workers.
// {version, shell, files, icon, badge, isHashed}. A change of any file creates a new worker.
const BUILD = {{ worker|safe }};
const CACHE = `build-${BUILD.version}`;
const PICTURES = "pictures";
const MAX_PICTURES = 200;
// Counted, so that a photo that is being loaded meanwhile is not cached.
let deletions = 0;
// The cached page is used after this time without a response.
const TIMEOUT_MS = 3000;
const ANSWER_MS = 500;
// Paths that the server handles itself.
const SERVER_PATHS = /^\/(?:api|admin|exports|media|static|unsubscribe|ws|healthz|sw\.js)(?:\/|$)/;
// The parameters after "#" in emailed links. Mail programs may have encoded them several times.
const SECRETS = { join: ["code"], "reset-password": ["uid", "token"] };
const LAYERS = 4;

addEventListener("install", (event) => event.waitUntil(cacheBuild()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => {
  const { data } = event;
  if (data?.type === "SKIP_WAITING") skipWaiting();
  if (data?.type === "LANGUAGE_CHANGED") refreshPage(event);
  if (data?.type === "FORGET_PHOTOS") event.waitUntil(forgetPhotos());
});

/** Fetch the offline page again, in the new language. */
function refreshPage(event) {
  const page = new Request(BUILD.shell, { cache: "reload" });
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(page)).catch(() => {}));
}

async function cacheBuild() {
  const cache = await caches.open(CACHE);
  // Only hashed files may come from the HTTP cache.
  const mode = BUILD.isHashed ? "default" : "reload";
  const files = BUILD.files.map((url) => new Request(url, { cache: mode }));
  await cache.addAll([new Request(BUILD.shell, { cache: "reload" }), ...files]);
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("build-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

// Responses
// ------------------------------------------------------------------------------
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    const link = restoreLink(url.pathname + url.search);
    if (link) event.respondWith(Response.redirect(link));
    else if (!SERVER_PATHS.test(url.pathname)) event.respondWith(respondWithPage(request));
  } else if (BUILD.files.includes(url.pathname)) {
    event.respondWith(respondWithFile(request));
  } else if (url.pathname.startsWith("/media/")) {
    event.respondWith(respondWithPicture(event));
  }
});

/**
 * Return the original path, with its "#", of a link that a mail program has rewritten, else null.
 *
 * users/links.py does the same, but this works offline and before secrets are sent to a server.
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
    // The path contains a literal "%".
  }
  return path;
}

async function respondWithPage(request) {
  const cached = await find(BUILD.shell);
  return cached ? freshOr(cached, request) : fetch(request);
}

/** Return hashed files from the cache; in development, files change under the same name. */
async function respondWithFile(request) {
  const cached = await find(request);
  if (!cached || BUILD.isHashed) return cached ?? fetch(request);
  return freshOr(cached, request);
}

/** Return the cached response, or undefined, also if the browser cannot read its storage. */
function find(request, options = {}) {
  return caches.match(request, { cacheName: CACHE, ignoreVary: true, ...options }).catch(() => undefined);
}

/** Return the server's response, or `cached` if the server is slow, unreachable or broken. */
async function freshOr(cached, request) {
  try {
    const response = await Promise.race([fetch(request), timeout()]);
    return response.status < 500 ? response : cached;
  } catch {
    return cached;
  }
}

function timeout() {
  return new Promise((_, reject) => setTimeout(reject, TIMEOUT_MS));
}

/**
 * Return a picture, from the cache if possible: a new picture has a new name.
 *
 * The browser's own cache is not used, because nothing can delete a photo from it.
 */
async function respondWithPicture(event) {
  const { request } = event;
  const cached = await find(request, { cacheName: PICTURES });
  if (cached) return cached;
  const before = deletions;
  const response = await fetch(request, { cache: "no-store" });
  // Without room on the device, the picture is fetched each time.
  if (response.status === 200 && before === deletions) {
    event.waitUntil(cachePicture(request, response.clone()).catch(() => {}));
  }
  return response;
}

/** Delete the photos of all messages: one was deleted, and the names of its photos may be unknown. */
async function forgetPhotos() {
  deletions += 1;
  const cache = await caches.open(PICTURES);
  const isPhoto = ({ url }) => new URL(url).pathname.startsWith("/media/photos/");
  const photos = (await cache.keys()).filter(isPhoto);
  await Promise.all(photos.map((each) => cache.delete(each)));
}

async function cachePicture(request, response) {
  const cache = await caches.open(PICTURES);
  await cache.put(request, response);
  const requests = await cache.keys();
  const surplus = requests.slice(0, Math.max(0, requests.length - MAX_PICTURES));
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

/** Show one notification per conversation, unless a focused window shows the conversation. */
async function notify({ title, body, conversation_id, unread_count, composed_at, ...more }) {
  await showBadge(unread_count);
  const deletedVersion = more.deleted_version ?? 0;
  await forgetThread(conversation_id, deletedVersion).catch(() => {});
  await closeRead(more.unread_conversations, composed_at);
  const path = `/messages/${conversation_id}`;
  const windows = await listWindows();
  if (windows.some((each) => each.focused && each.path === path)) return;
  await registration.showNotification(title, {
    body,
    tag: `conversation-${conversation_id}`,
    renotify: true,
    icon: BUILD.icon,
    badge: BUILD.badge,
    data: { path, composedAt: composed_at, deletedVersion },
  });
}

/** Delete the cached messages of a conversation from before its last deletion, and the photos. */
async function forgetThread(id, deletedVersion) {
  if (!deletedVersion) return;
  const databases = (await indexedDB.databases()).filter(({ name }) => name.startsWith("messaging-"));
  const isDeleted = await Promise.all(databases.map(({ name }) => deleteOlder(name, id, deletedVersion)));
  if (isDeleted.includes(true)) await forgetPhotos();
}

/** Delete a row of the store "threads" of a version before this one; resolve to whether there was one. */
async function deleteOlder(name, id, version) {
  const db = await settled(indexedDB.open(name));
  db.onversionchange = () => db.close();
  try {
    const threads = db.transaction("threads", "readwrite").objectStore("threads");
    const thread = await settled(threads.get(id));
    if (!(thread?.version < version)) return false;
    await settled(threads.delete(id));
    return true;
  } finally {
    db.close();
  }
}

/** Resolve to the result of a request to IndexedDB. */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Close the notifications of conversations without unread messages at `composedAt`, because there may be
 * no page that does so. Push messages can arrive late, so notifications that were composed later stay.
 */
async function closeRead(unread, composedAt) {
  if (!unread) return; // there are too many
  const paths = unread.map((id) => `/messages/${id}`);
  for (const shown of await registration.getNotifications()) {
    const { path, composedAt: earlier } = shown.data ?? {};
    if (earlier < composedAt && !paths.includes(path)) shown.close();
  }
}

/** Set the badge of the app icon, if supported and allowed. */
async function showBadge(count) {
  if (!Number.isInteger(count)) return;
  await navigator.setAppBadge?.(count).catch(() => {});
}

/** Focus the window that shows the path, else any window of the client, else open a new one. */
async function open(path) {
  // Windows of the admin, of the API and of impersonations have no path.
  const windows = (await listWindows()).filter((each) => each.path !== null);
  const best = windows.find((each) => each.path === path) ?? windows[0];
  if (!best) return clients.openWindow(path);
  best.client.postMessage({ type: "open", path });
  return best.client.focus();
}

/** Return all windows with the paths that they show. */
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

/** Ask a page for its current path, because `client.url` may be outdated; null if no response. */
function askForPath(client) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    client.postMessage({ type: "where" }, [port2]);
    setTimeout(resolve, ANSWER_MS, null);
  });
}
