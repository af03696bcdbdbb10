import { session } from "../core/session.js";
import { outbox } from "../live/outbox.js";
import { toast } from "./toast.js";

/** Sign out, after a question if something that was written would be lost. */
export async function signOut() {
  if (outbox.size === 0) return session.signOut();
  // Seldom asked: a first load does without dialogs and forms.
  const dialogs = await import("./dialog.js").catch(() => null);
  if (!dialogs) return toast("Messages wait to be sent. Sign out when there is a network again.");
  const count = outbox.size === 1 ? "One message has" : `${outbox.size} messages have`;
  await dialogs.confirm({
    title: "Sign out with unsent messages?",
    text: `${count} not been sent yet. Signing out deletes what waits on this device.`,
    label: "Sign out and delete",
    isDangerous: true,
    act: () => session.signOut(),
  });
}
