// Typed access to localStorage and sessionStorage. They hold no secrets except the access token of
// an impersonation, which is stored per tab, read-only, and valid for at most an hour.
const ME = "me";
const IMPERSONATION = "look";
const DRAFTS = "drafts";
const SIGN_IN = "sign-in";
const SIGN_OUT_IS_DUE = "sign-out-is-due";

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
    // Before storing, because an older value must not return if that fails.
    globalThis[area].removeItem(key);
    if (value !== null) globalThis[area].setItem(key, JSON.stringify(value));
  } catch {
    memory.set(area + key, value);
  }
}

/** The user who signed in last, so that the client can open offline. */
export const storedUser = {
  read: () => read("localStorage", ME),
  write: (me) => write("localStorage", ME, me),
};

/** Forget the user, and the cached profile pictures. */
export function forgetUser() {
  storedUser.write(null);
  Promise.resolve(globalThis.caches?.delete("pictures")).catch(() => {}); // storage can be blocked
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
