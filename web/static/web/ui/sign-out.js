import { session } from "../core/session.js";
import { outbox } from "../live/outbox.js";
import { confirm } from "./dialog.js";

/** Sign out, after a question if something that was written would be lost. */
export async function signOut() {
  const act = () => session.signOut();
  if (outbox.size === 0) return act();
  const count = outbox.size === 1 ? "One message has" : `${outbox.size} messages have`;
  await confirm({
    title: "Sign out with unsent messages?",
    text: `${count} not been sent yet. Signing out deletes what waits on this device.`,
    label: "Sign out and delete",
    isDangerous: true,
    act,
  });
}
