// What outlives a page without being a secret, except for a look through somebody's account: its
// token is kept for this tab alone, reads only, and dies within the hour.
const ME = "me";
const LOOK = "look";
const DRAFTS = "drafts";
const SIGN_IN = "sign-in";
const SIGN_OUT_IS_DUE = "sign-out-is-due";

function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

function write(storage, key, value) {
  if (value === null) storage.removeItem(key);
  else storage.setItem(key, JSON.stringify(value));
}

/** Remember who signed in last, so that the client opens without a network. */
export const keptMe = {
  read: () => read(localStorage, ME),
  write: (me) => write(localStorage, ME, me),
};

/** Forget who signed in last, and the pictures of the people that they saw. */
export function forgetMe() {
  keptMe.write(null);
  globalThis.caches?.delete("pictures");
}

/** Remember a look through somebody's account: `{access, expiresAt, by}`. */
export const keptLook = {
  read: () => read(sessionStorage, LOOK),
  write: (look) => write(sessionStorage, LOOK, look),
};

/** Remember when somebody signed in last: by that one sign-in is told from the next. */
export const keptSignIn = {
  read: () => read(localStorage, SIGN_IN),
  write: (time) => write(localStorage, SIGN_IN, time),
};

/** Remember which draft of a conversation this tab shows, by its row. */
export const keptRow = {
  read: (name) => read(sessionStorage, DRAFTS)?.[name],
  write: (name, row) => {
    write(sessionStorage, DRAFTS, { ...read(sessionStorage, DRAFTS), [name]: row ?? undefined });
  },
  clear: () => write(sessionStorage, DRAFTS, null),
};

/** Remember that somebody signed out while the server could not be told. */
export const dueSignOut = {
  read: () => read(localStorage, SIGN_OUT_IS_DUE) === true,
  write: (isDue) => write(localStorage, SIGN_OUT_IS_DUE, isDue || null),
};
