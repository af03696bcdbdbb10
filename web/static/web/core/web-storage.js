// Storage that the browser may refuse: it is blocked together with cookies, or full.
//
// localStorage and sessionStorage hold no secrets except the access token of an impersonation, which is
// stored per tab, read-only, and valid for at most an hour.
const ME = "me";
const IMPERSONATION = "look";
const DRAFTS = "drafts";
const SIGN_IN = "sign-in";
const SIGN_OUT_IS_DUE = "sign-out-is-due";
const PROBE = "probe";

/** Return a feature of the browser, or undefined if the browser lacks or refuses it. */
export function feature(name, owner = globalThis) {
  try {
    return owner[name] ?? undefined;
  } catch {
    return undefined;
  }
}

/** Return the result of `work`, or undefined if the browser refuses it. */
export async function quietly(work) {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

// What the browser refuses to store, because its storage is blocked or full, by area and key.
const memory = new Map();

function read(area, key) {
  if (memory.has(area + key)) return memory.get(area + key);
  try {
    return JSON.parse(globalThis[area].getItem(key));
  } catch {
    return null;
  }
}

function write(area, key, value) {
  memory.delete(area + key);
  try {
    // In one step: a tab that opens meanwhile would miss a value that is removed and set again.
    if (value === null) globalThis[area].removeItem(key);
    else globalThis[area].setItem(key, JSON.stringify(value));
  } catch {
    remove(area, key); // the older value, which must not return
    memory.set(area + key, value);
  }
}

function remove(area, key) {
  try {
    globalThis[area].removeItem(key);
  } catch {
    // Blocked, so there is none.
  }
}

/** Return whether this tab would still have a session value after a reload. */
export function canStoreInTab() {
  write("sessionStorage", PROBE, true);
  const isStored = !memory.has("sessionStorage" + PROBE);
  write("sessionStorage", PROBE, null);
  return isStored;
}

/** Return whether the signed-in user would still be known after a reload. */
export const isUserStored = () => !memory.has("localStorage" + ME);

/** The user who signed in last, so that the client can open offline. */
export const storedUser = {
  read: () => read("localStorage", ME),
  write: (me) => write("localStorage", ME, me),
};

/** Forget the user, and the cached profile pictures. */
export function forgetUser() {
  storedUser.write(null);
  quietly(() => globalThis.caches?.delete("pictures"));
}

/** The impersonation of this tab: `{access, expiresAt, by}`. */
export const storedImpersonation = {
  read: () => read("sessionStorage", IMPERSONATION),
  write: (value) => write("sessionStorage", IMPERSONATION, value),
};

/** The time of the last sign-in, which identifies it. */
export const storedSignIn = {
  read: () => read("localStorage", SIGN_IN),
  write: (time) => write("localStorage", SIGN_IN, time),
};

/** The key of the draft that this tab shows, by conversation. */
export const storedDraft = {
  read: (name) => read("sessionStorage", DRAFTS)?.[name],
  write: (name, key) => {
    write("sessionStorage", DRAFTS, { ...read("sessionStorage", DRAFTS), [name]: key ?? undefined });
  },
  clear: () => write("sessionStorage", DRAFTS, null),
};

/** Whether the user signed out and the server has not confirmed it. */
export const pendingSignOut = {
  read: () => read("localStorage", SIGN_OUT_IS_DUE) === true,
  write: (isDue) => write("localStorage", SIGN_OUT_IS_DUE, isDue || null),
};
