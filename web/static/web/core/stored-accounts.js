import { deleteDB } from "idb";
import { quietly } from "./web-storage.js";
import { connect, isOurs, nameOf } from "./schema.js";

/** Delete everything that this device stores for a user. */
export async function deleteDatabase(userId) {
  await quietly(() => deleteDB(nameOf(userId)));
}

/** Delete what the server has sent to a user; what the user wrote and has not sent stays. */
export async function deleteReceived(userId) {
  try {
    const db = await connect(userId);
    await Promise.all([db.clear("threads"), db.delete("kv", "inbox")]);
    db.close();
  } catch {
    await deleteDatabase(userId);
  }
}

/**
 * Delete a user's data after a sign-out, and all but unsent texts after an end by the server.
 *
 * After a sign-out in another tab, that tab deletes them.
 */
export async function deleteAfter({ userId, reason }) {
  if (reason === "elsewhere") return;
  const isGone = reason === "signed-out" || reason === "deleted";
  await (isGone ? deleteDatabase(userId) : deleteReceived(userId));
}

/** Delete the data of everybody else who has used this browser. */
export async function deleteOthers(userId) {
  const found = (await quietly(() => indexedDB.databases())) ?? [];
  const due = found.filter(isOurs).map(({ name }) => name).filter((name) => name !== nameOf(userId));
  await Promise.all(due.map((name) => quietly(() => deleteDB(name))));
}
