import { session } from "../core/session.js";
import { outbox } from "../live/outbox.js";
import { loadLater, t } from "../text/translate.js";
import { loadStyles } from "./screens.js";
import { toast } from "./toast.js";

/** Sign out; ask first if unsent messages would be lost. */
export async function signOut() {
  if (outbox.size === 0) return session.signOut();
  // Rarely needed, so not part of the first load.
  const loading = Promise.all([import("./dialog.js"), loadStyles(), loadLater()]);
  const [dialogs] = await loading.catch(() => []);
  if (!dialogs) return toast(t("signOut.offline"));
  await dialogs.confirm({
    title: t("signOut.title"),
    text: t("signOut.text", { count: outbox.size }),
    label: t("signOut.confirm"),
    isDangerous: true,
    act: () => session.signOut(),
  });
}
